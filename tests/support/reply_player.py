"""Plays a reply through the real server: the editor runs the action, the scripted model answers, the document is compared."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from coderoute_ls.domain import Span
from tests.support.capabilities import generic
from tests.support.editor import ScriptedEditor
from tests.support.provider import ScriptedProvider
from tests.support.reply_case import ReplyCase
from tests.support.session import session, vendor

Verdict = Literal["wanted", "refused", "wrong"]


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one case. ``told``: what the user was told."""

    verdict: Verdict
    text: str
    told: tuple[str, ...]
    outcome: str


async def play(case: ReplyCase, place: Path, *, live: bool) -> Played:
    """``live``: the answer is written while it streams, else as one edit at the end."""
    work = place / "work"
    file = work / case.name
    file.parent.mkdir(parents=True, exist_ok=True)
    text, span = case.source
    file.write_text(text, "utf-8")
    settings = {"edits": {"streaming": "live" if live else "final"}}
    async with (
        ScriptedProvider() as provider,
        session(place, vendor(provider), capabilities=generic(ours=True), settings=settings) as editor,
    ):
        buffer = editor.open(file.as_uri(), text, case.language)
        try:
            job = await _start(editor, case, buffer.uri, span)
        except Exception as error:  # the server refuses the action here
            return Played(_verdict(case, text, text, True), text, (str(error),), "not offered")
        target = buffer
        if case.action == "tests":
            uri = await editor.shown_document()
            target = editor.buffers.get(uri) or editor.open(uri, await editor.read(uri), case.language)
        before = target.text
        request = await provider.request()
        await request.start()
        for piece in case.pieces:
            await request.text(piece)
        await request.finish(case.header.get("finish", "stop"))
        finished = await editor.finished(job)
        told = (*finished.problems, *([finished.message] if finished.message else []), *editor.notices)
        editor.notices.clear()
        after = target.text
        return Played(_verdict(case, before, after, bool(told)), after, told, finished.outcome)


async def _start(editor: ScriptedEditor, case: ReplyCase, uri: str, span: Span) -> str:
    buffer = editor.buffers[uri]
    if case.action == "fix":
        diagnostic = {"range": buffer.range(span), "message": case.header.get("diag", "it is wrong"), "severity": 1}
        params = {"action": "fix", "uri": uri, "range": buffer.range(span), "diagnostics": [diagnostic]}
        return str((await editor.command("coderoute.run", params))["job"])
    return (await editor.run(case.action, buffer, span, case.header.get("instruction", "change it"))).job


def _verdict(case: ReplyCase, before: str, after: str, told: bool) -> Verdict:
    """``wanted``: one of the texts that are right. ``refused``: the old text, and somebody said why."""
    if any(after.rstrip("\n") == text.rstrip("\n") for text in case.wanted):
        return "wanted"
    if after == before and told:
        return "wanted" if case.refusal_is_fine else "refused"
    return "wrong"
