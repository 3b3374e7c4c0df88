"""A notebook's cells are documents like others; folder, settings and ignore rules are those of their notebook."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from tests.support.capabilities import generic
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

CELL = "import os\n\ndef total(items):\n    result = 0\n    for item in items:\n        result += item\n    return result"
SHORT = "def total(items):\n    return sum(items)"


def cell_of(notebook: Path) -> str:
    return f"vscode-notebook-cell:{notebook.as_uri().removeprefix('file://')}#W0sZmlsZQ%3D%3D"


@pytest.mark.parametrize("streaming", ["final", "live"])
async def test_an_action_changes_the_cell_that_it_was_run_in(tmp_path: Path, streaming: str) -> None:
    settings = {"edits": {"streaming": streaming}}
    async with (
        ScriptedProvider() as provider,
        session(tmp_path, vendor(provider), capabilities=generic(ours=True), settings=settings) as editor,
    ):
        cell = editor.open(cell_of(tmp_path / "work" / "a b.ipynb"), CELL, "python")
        started = await editor.run("refactor", cell, Span(Position(3, 4), Position(3, 4)))
        request = await provider.request()
        await request.answer(f"```python\n{SHORT}\n```\n")
        assert (await editor.finished(started.job)).outcome == "applied"
        assert cell.text == f"import os\n\n{SHORT}"


async def test_no_cell_of_an_ignored_notebook_is_sent(tmp_path: Path) -> None:
    settings = {"context": {"ignore": ["private/**"]}}
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), settings=settings) as editor:
        cell = editor.open(cell_of(tmp_path / "work" / "private" / "a.ipynb"), CELL, "python")
        with pytest.raises(Refused, match="ignored or secret"):
            await editor.run("refactor", cell, Span(Position(3, 4), Position(3, 4)))


async def test_the_tests_of_a_cell_go_into_a_file_of_the_language(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        cell = editor.open(cell_of(tmp_path / "work" / "sums.ipynb"), CELL, "python")
        started = await editor.run("tests", cell, Span(Position(3, 4), Position(3, 4)))
        uri = await editor.shown_document()
        assert uri == (tmp_path / "work" / "tests" / "test_sums.py").as_uri()
        editor.open(uri, await editor.read(uri))
        request = await provider.request()
        await request.answer("```python\ndef test_total():\n    assert total([1]) == 1\n```\n")
        assert (await editor.finished(started.job)).outcome == "applied"
