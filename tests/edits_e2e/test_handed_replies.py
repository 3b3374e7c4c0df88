"""Replies of real models' kinds, through the real server, live and at the end: silently wrong is none of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.reply_case import ReplyCase, read, reply_cases
from tests.support.reply_player import Played, play
from tests.support.shared import ROOT, shared_data

FOLDER = ROOT / "cases" / "edit"
KINDS = sorted({path.parent.name for path in reply_cases(FOLDER)}) if FOLDER.exists() else ["absent"]
FEW = Path(__file__).parents[1] / "edits" / "answer" / "cases"


async def played(cases: list[ReplyCase], place: Path, *, live: bool) -> dict[str, Played]:
    return {case.label: await play(case, place / case.path.stem, live=live) for case in cases}


@pytest.mark.parametrize("live", [False, True], ids=["final", "live"])
@pytest.mark.parametrize("kind", KINDS)
async def test_each_handed_reply_ends_as_wanted_or_is_refused(tmp_path: Path, kind: str, *, live: bool) -> None:
    folder = shared_data("cases", "edit")
    cases = [read(path) for path in reply_cases(folder) if path.parent.name == kind]
    ended = await played(cases, tmp_path, live=live)
    assert {label: one for label, one in ended.items() if one.verdict == "wrong"} == {}
    assert sum(one.verdict == "wanted" for one in ended.values()) >= 0.95 * len(ended)


def few() -> Iterator[Path]:
    """One of the project's own cases of each kind."""
    seen: set[str] = set()
    for path in reply_cases(FEW):
        if path.parent.name not in seen:
            seen.add(path.parent.name)
            yield path


@pytest.mark.parametrize("live", [False, True], ids=["final", "live"])
@pytest.mark.parametrize("path", list(few()), ids=lambda path: path.parent.name)
async def test_a_reply_of_each_kind_goes_through_the_whole_server(tmp_path: Path, path: Path, *, live: bool) -> None:
    assert (await play(read(path), tmp_path, live=live)).verdict == "wanted"
