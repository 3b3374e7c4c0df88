"""A refactor streams into the buffer as versioned edits and never eats what the user typed."""

from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.rpc.messages.coderoute_messages import RunStarted
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider, ScriptedRequest
from tests.support.session import Model, session, vendor

HEAD, TAIL = "import math\n\n", "\nprint(math.pi)\n"
OLD = "".join(f"def number_{n}(x):\n    return x + {n}\n" for n in range(100))
"""200 lines."""
NEW = "".join(f"def number_{n}(x: int) -> int:\n    return x + {n}\n" for n in range(100))
PIECES = [NEW[start : start + 168] for start in range(0, len(NEW), 168)]
URI = "file:///work/numbers.py"


async def start(editor: ScriptedEditor, provider: ScriptedProvider) -> tuple[Buffer, RunStarted, ScriptedRequest]:
    """Open the file, select the 200 lines, run the refactor, and take the request it makes."""
    buffer = editor.open(URI, HEAD + OLD + TAIL)
    started = await editor.run("refactor", buffer, Span(Position(2, 0), Position(202, 0)))
    request = await provider.request()
    await request.start()
    return buffer, started, request


async def stream(editor: ScriptedEditor, request: ScriptedRequest, pieces: list[str]) -> None:
    """Send each piece once the one before it has become an edit."""
    for piece in pieces:
        before = len(editor.edits)
        await request.text(piece)
        await editor.until(lambda before=before: len(editor.edits) > before)


async def test_a_200_line_refactor_arrives_as_many_versioned_edits_and_ends_as_the_answer(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer, started, request = await start(editor, provider)
        await stream(editor, request, PIECES)
        await request.finish()
        finished = await editor.finished(started.job)
        assert finished.outcome == "applied"
        assert buffer.text == HEAD + NEW + TAIL
        assert len(editor.edits) >= 20
        versions = [change["textDocument"]["version"] for edit in editor.edits for change in edit["documentChanges"]]
        assert versions == sorted(versions)
        assert None not in versions
        assert editor.refused == []
        editor.undo()
        assert buffer.text == HEAD + OLD + TAIL


async def test_lines_that_stay_the_same_are_never_touched(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        _, started, request = await start(editor, provider)
        await stream(editor, request, PIECES)
        await request.finish()
        await editor.finished(started.job)
        written = [edit["newText"] for e in editor.edits for change in e["documentChanges"] for edit in change["edits"]]
        assert not any("return x + 50" in text for text in written)


async def test_typing_elsewhere_meanwhile_keeps_both(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer, started, request = await start(editor, provider)
        half = len(PIECES) // 2
        await stream(editor, request, PIECES[:half])
        editor.type(buffer, Position(0, 0), "# typed above\n")
        editor.type(buffer, Position(len(buffer.lines) - 1, 0), "# typed below\n")
        await stream(editor, request, PIECES[half:])
        await request.finish()
        assert (await editor.finished(started.job)).outcome == "applied"
        assert buffer.text == "# typed above\n" + HEAD + NEW + TAIL + "# typed below\n"


async def test_typing_while_an_edit_is_on_its_way_keeps_both(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer, started, request = await start(editor, provider)
        await stream(editor, request, PIECES[:3])
        editor.hold_edits()
        await request.text(PIECES[3])
        await editor.until(lambda: editor.held == 1)
        editor.type(buffer, Position(0, 0), "# typed above\n")
        editor.release_edits()
        await stream(editor, request, PIECES[4:])
        await request.finish()
        assert (await editor.finished(started.job)).outcome == "applied"
        assert len(editor.refused) == 1
        assert buffer.text == "# typed above\n" + HEAD + NEW + TAIL


async def test_typing_inside_takes_the_answer_back_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer, started, request = await start(editor, provider)
        await stream(editor, request, PIECES[:5])
        editor.type(buffer, Position(4, 0), "# mine\n")
        await request.closed()
        assert (await editor.finished(started.job)).outcome == "stopped"
        assert "typed inside" in await editor.notice()
        old = OLD.splitlines(keepends=True)
        assert buffer.text == "".join((HEAD, *old[:2], "# mine\n", *old[2:], TAIL))


@pytest.mark.parametrize("on_cancel", ["revert", "keep"])
async def test_cancel_ends_the_connection_and_leaves_what_the_setting_says(tmp_path: Path, on_cancel: str) -> None:
    settings = {"edits": {"onCancel": on_cancel}}
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), settings=settings) as editor:
        buffer, started, request = await start(editor, provider)
        await stream(editor, request, PIECES[:5])
        text = buffer.text
        editor.press_cancel(started.token)
        await request.closed()
        assert (await editor.finished(started.job)).outcome == "cancelled"
        assert buffer.text == (text if on_cancel == "keep" else HEAD + OLD + TAIL)


async def test_cancel_before_the_first_token_ends_the_connection(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer = editor.open(URI, HEAD + OLD + TAIL)
        started = await editor.run("refactor", buffer, Span(Position(2, 0), Position(202, 0)))
        request = await provider.request()
        editor.press_cancel(started.token)
        await request.closed()
        assert (await editor.finished(started.job)).outcome == "cancelled"
        assert buffer.text == HEAD + OLD + TAIL
        assert editor.edits == []


async def test_a_connection_lost_after_visible_text_leaves_no_half_answer(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider)) as editor:
        buffer, started, request = await start(editor, provider)
        await stream(editor, request, PIECES[:5])
        await request.abort()
        assert (await editor.finished(started.job)).outcome == "failed"
        assert "lost" in await editor.notice()
        assert buffer.text == HEAD + OLD + TAIL


async def test_after_a_lost_connection_the_next_offer_starts_afresh(tmp_path: Path) -> None:
    models = (Model("first", 0.9, 1.0), Model("second", 0.9, 1.2))
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider, models)) as editor:
        buffer, started, request = await start(editor, provider)
        assert request.model == "first"
        await stream(editor, request, PIECES[:5])
        await request.abort()
        again = await provider.request()
        assert again.model == "second"
        await again.answer(NEW)
        assert (await editor.finished(started.job)).outcome == "applied"
        assert buffer.text == HEAD + NEW + TAIL
