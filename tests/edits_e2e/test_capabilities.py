"""Every action on files in six languages, through what six real editors said they can do: the right surface, or none and why."""

import re
from pathlib import Path

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Json
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.server.language_server import Connection
from tests.actions.samples import SAMPLES, Sample
from tests.support.capabilities import RECORDED, recorded
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.session import joined, session, vendor

REWRITES = ("refactor", "edit", "fix")
REPORTS = ("explain", "explain_error")
COMMENTS = {"python": '"""Adds up."""', "go": "// Total adds up.", "rust": "/// Adds up."}
COMMENT = "/** Adds up. */"


@pytest.fixture(params=RECORDED)
def capabilities(request: pytest.FixtureRequest) -> Json:
    return recorded(request.param)


def improved(lines: list[str]) -> list[str]:
    """What the model makes of code: one statement written shorter."""
    return [re.sub(r"t = t \+", "t +=", line) for line in lines]


def answer_to(action: str, sample: Sample) -> str:
    lines = sample.text.splitlines()
    if action == "document":
        return COMMENTS.get(sample.language, COMMENT)
    first, last = (sample.statement, sample.statement) if action == "fix" else sample.function
    return "\n".join(improved(lines[first : last + 1]))


def expected(action: str, sample: Sample) -> str:
    lines = sample.text.splitlines()
    if action == "document":
        (at, _) = sample.comment
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        lines[at] = indent + COMMENTS.get(sample.language, COMMENT)
    else:
        lines = improved(lines)
    return "\n".join(lines) + "\n"


def wire(buffer: Buffer, sample: Sample) -> Json:
    """The linter's complaint, as the editor has it."""
    (found,) = sample.target(diagnosed=True).diagnostics
    return {
        "range": buffer.range(found.span),
        "message": found.message,
        "source": found.source,
        "code": found.code,
        "severity": 2,
    }


async def offered(editor: ScriptedEditor, buffer: Buffer, sample: Sample) -> dict[str, Json]:
    """Action → the command to run it, as the lightbulb shows it at the statement."""
    place = sample.target().span
    actions = await editor.code_actions(buffer, place, diagnostics=[wire(buffer, sample)])
    for action in actions:
        assert re.search(r"\(scripted, ≈ \$\S+\)$", action["title"]), "the title names model and price"
    commands = [a if isinstance(a["command"], str) else a["command"] for a in actions]
    return {command["arguments"][0]["action"]: command for command in commands}


async def test_every_action_in_every_language_arrives_or_is_not_offered(tmp_path: Path, capabilities: Json) -> None:
    async with ScriptedProvider() as provider, joined(tmp_path, vendor(provider), capabilities=capabilities) as (editor, server):
        work = tmp_path / "work"
        edits = bool(editor.can("workspace.applyEdit"))
        for sample in SAMPLES.values():
            uri = (work / sample.path).as_uri()
            buffer = editor.open(uri, sample.text, sample.language)
            commands = await offered(editor, buffer, sample)
            assert set(REPORTS) <= set(commands)
            assert all((action in commands) == edits for action in (*REWRITES, "document"))
            for action in (*REWRITES, "document") if edits else ():
                (run,) = commands[action]["arguments"]
                await editor.command("coderoute.run", run | ({"instruction": "write it shorter"} if action == "edit" else {}))
                await (await provider.request()).answer(f"Sure:\n\n```\n{answer_to(action, sample)}\n```\nDone.")
                await editor.until(lambda buffer=buffer, sample=sample, action=action: buffer.text == expected(action, sample))
                await idle(editor, server)
                editor.edit(buffer, {"range": buffer.range(_whole(buffer)), "newText": sample.text})
            for action in REPORTS:
                await editor.command("coderoute.run", *commands[action]["arguments"])
                await (await provider.request()).answer("It adds up [lines](command:x).")
                report = await _report(editor)
                assert "It adds up [lines]&#40;`command:x`)." in report
        assert editor.refused == []


async def idle(editor: ScriptedEditor, server: Connection) -> None:
    """Return when no job runs any more; not every editor is told."""
    while len(server.session.jobs):
        await editor.settle()


async def _report(editor: ScriptedEditor) -> str:
    if not editor.can("window.showDocument.support"):
        return await editor.read(Path((await editor.notice()).partition(" is in ")[2]).as_uri())
    uri = await editor.shown_document()
    await editor.settle()
    return await editor.read(uri)


def _whole(buffer: Buffer) -> Span:
    last = len(buffer.lines) - 1
    return Span(Position(0, 0), Position(last, len(buffer.lines[last])))


async def test_tests_are_offered_where_files_can_be_made_and_opened(tmp_path: Path, capabilities: Json) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), capabilities=capabilities) as editor:
        needed = ("workspace.applyEdit", "workspace.workspaceEdit.documentChanges", "window.showDocument.support")
        able = all(editor.can(path) for path in needed)
        for sample in SAMPLES.values():
            file = tmp_path / "work" / sample.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(sample.text)
            buffer = editor.open(file.as_uri(), sample.text, sample.language)
            commands = await offered(editor, buffer, sample)
            assert ("tests" in commands) == able
            if not able:
                with pytest.raises(Exception, match=r"does not (take edits|create and open files)"):
                    await editor.run("tests", buffer, sample.target().span)
                continue
            await editor.command("coderoute.run", *commands["tests"]["arguments"])
            if sample.language == "rust":
                home = buffer
            else:
                uri = await editor.shown_document()
                home = editor.open(uri, await editor.read(uri), sample.language)
            test = "# one" if sample.language == "python" else "// one"
            await (await provider.request()).answer(f"```\n{test}\n```")
            await editor.until(lambda home=home, test=test: home.text.endswith(f"{test}\n"))
            await editor.settle()
            assert (home is buffer) or buffer.text == sample.text
