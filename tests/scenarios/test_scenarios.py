"""Every text file under ``tests/scenarios/<action>/`` goes through the real stack; ``--update`` writes what came out."""

import asyncio
from pathlib import Path

import pytest

from coderoute_ls.cli._demo_code import language_of
from coderoute_ls.domain import Span
from coderoute_ls.lsp_client.editor import Buffer, items_of
from coderoute_ls.lsp_client.peer import Json
from tests.support.capabilities import generic, without_inline_completion
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.scenario import Scenario, read, scenarios
from tests.support.session import PATIENT, session, vendor

HERE = Path(__file__).parent
NOTHING = "(nothing)\n"


@pytest.mark.parametrize("path", scenarios(HERE), ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_scenario(path: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    scenario = read(path)
    result = await play(scenario, tmp_path)
    if pytestconfig.getoption("--update"):
        scenario.update(result)
    else:
        assert result == scenario.expected, scenario.prose


async def play(scenario: Scenario, place: Path) -> str:
    """What comes out: the buffer after accepting or running, with « » around accepted ghost text; or the explanation."""
    work = place / "work"
    for name, text in scenario.files.items():
        file = work / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    name, text, span = scenario.source
    async with ScriptedProvider() as provider:
        alone = scenario.chunks is None
        capabilities = without_inline_completion() if scenario.action == "completion" else generic()
        async with session(place, "" if alone else vendor(provider), capabilities=capabilities, timing=PATIENT) as editor:
            if alone:
                await editor.learned(work)
            buffer = editor.open((work / name).as_uri(), text, language_of(Path(name)))
            answering = asyncio.create_task(say(provider, scenario.chunks or []))
            try:
                result = await ask(editor, scenario.action, buffer, span)
                said = [editor.notices.pop(0) for _ in tuple(editor.notices)]
                return (result + "".join(f"(said: {text})\n" for text in said)).replace(work.as_uri(), "file:///work")
            finally:
                answering.cancel()


async def say(provider: ScriptedProvider, chunks: list[str]) -> None:
    """Answer every request with the scenario's chunks."""
    while True:
        request = await provider.request()
        await request.start()
        for chunk in chunks:
            await request.text(chunk)
        await request.finish()


async def ask(editor: ScriptedEditor, action: str, buffer: Buffer, span: Span) -> str:
    match action:
        case "inline_completion":
            return accepted(buffer, span, items_of(await editor.inline(buffer, span.start).result))
        case "completion":
            return accepted(buffer, span, items_of(await editor.complete(buffer, span.start).result))
        case _:
            started = await editor.run(action, buffer, span)
            finished = await editor.finished(started.job)
            if editor.shown:
                return await editor.read(await editor.shown_document())
            told = f"({finished.outcome}{finished.message and ': '}{finished.message})\n"
            return told if finished.outcome != "applied" else buffer.text + (told if finished.message else "")


def accepted(buffer: Buffer, span: Span, items: list[Json]) -> str:
    """The buffer with the first item accepted, between « and »."""
    if not items:
        return NOTHING
    here = buffer.range(span)
    edit: Json = items[0].get("textEdit") or {"range": items[0].get("range") or here, "newText": items[0]["insertText"]}
    buffer.apply([{"range": edit["range"], "newText": f"«{edit['newText']}»"}])
    return buffer.text if buffer.text.endswith("\n") else buffer.text + "\n"
