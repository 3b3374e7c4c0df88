"""Every text file under ``tests/scenarios/<action>/`` goes through the real stack; ``--update`` writes what came out."""

import asyncio
from pathlib import Path

import pytest

from coderoute_ls.cli._demo_code import language_of
from coderoute_ls.domain import Span
from coderoute_ls.lsp_client.json_rpc_peer import Json
from coderoute_ls.lsp_client.scripted_editor import Buffer, items_of
from coderoute_ls.server.rpc.messages.coderoute_messages import RunStarted
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
                result = await ask(editor, scenario, buffer, span)
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


async def ask(editor: ScriptedEditor, scenario: Scenario, buffer: Buffer, span: Span) -> str:
    match scenario.action:
        case "inline_completion":
            return accepted(buffer, span, items_of(await editor.inline(buffer, span.start).result))
        case "completion":
            return accepted(buffer, span, items_of(await editor.complete(buffer, span.start).result))
        case action:
            if scenario.diagnostic is None:
                started = await editor.run(action, buffer, span)
            else:
                started = await act_on(editor, action, buffer, span, scenario.diagnostic)
            if started is None:
                return "(not offered)\n"
            result = await outcome(editor, started.job, buffer)
            await editor.settle()
            return result


async def act_on(editor: ScriptedEditor, action: str, buffer: Buffer, span: Span, message: str) -> RunStarted | None:
    """Take the action that is offered for a diagnostic, as an editor's light bulb does; None when it is not offered."""
    diagnostic = {"range": buffer.range(span), "message": message, "severity": 1}
    offered = await editor.code_actions(buffer, span, diagnostics=[diagnostic])
    of_action = [a["command"]["arguments"] for a in offered if a["command"]["arguments"][0]["action"] == action]
    return RunStarted.read(await editor.command("coderoute.run", *of_action[0])) if of_action else None


async def outcome(editor: ScriptedEditor, job: str, buffer: Buffer) -> str:
    """What a job has made: a report, the text of the buffer, or another file under its name; and what it says about it."""
    await editor.until(lambda: bool(editor.shown) or job in editor.jobs)
    name = ""
    if editor.shown and editor.shown[0].startswith(buffer.uri.partition("/work/")[0] + "/work/"):
        uri = await editor.shown_document()
        buffer, name = editor.buffers.get(uri) or editor.open(uri, await editor.read(uri)), f"({uri})\n"
    finished = await editor.finished(job)
    if editor.shown:
        return await editor.read(await editor.shown_document())
    said = "; ".join([finished.message, *finished.problems]).removeprefix("; ")
    told = f"({finished.outcome}{said and ': '}{said})\n"
    return told if finished.outcome != "applied" else name + buffer.text + (told if said else "")


def accepted(buffer: Buffer, span: Span, items: list[Json]) -> str:
    """The buffer with the first item accepted, between « and »."""
    if not items:
        return NOTHING
    here = buffer.range(span)
    edit: Json = items[0].get("textEdit") or {"range": items[0].get("range") or here, "newText": items[0]["insertText"]}
    buffer.apply([{"range": edit["range"], "newText": f"«{edit['newText']}»"}])
    return buffer.text if buffer.text.endswith("\n") else buffer.text + "\n"
