"""The handed ghost-text cases, from the editor's message to the document after accepting."""

from pathlib import Path

import pytest

from tests.support.ghost_player import play
from tests.support.reply_case import ghost_cases, read
from tests.support.shared import ROOT, shared_data

FILES = ghost_cases(ROOT / "cases" / "edit")


@pytest.mark.parametrize("path", FILES or [None], ids=lambda path: f"{path.parent.name}/{path.stem}" if path else "absent")
async def test_what_is_shown_is_what_is_wanted(path: Path | None, tmp_path: Path) -> None:
    if path is None:
        shared_data("cases", "edit")
        raise AssertionError("there are no ghost-text cases")
    shown = await play(read(path), tmp_path)
    assert shown.verdict == "wanted", shown
