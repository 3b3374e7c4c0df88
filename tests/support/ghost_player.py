"""Plays a reply as ghost text through the real server: an editor asks while its user types, the scripted model answers."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.capabilities import generic
from tests.support.provider import ScriptedProvider
from tests.support.reply_case import ReplyCase
from tests.support.session import session, vendor

AT_ONCE = "\n[inline]\ndebounce_ms = 0\n"
NOTHING = "(nothing)"
"""The wanted text of a case that should show nothing."""

Verdict = Literal["wanted", "nothing", "wrong"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of one case: the whole document after accepting, and the ghost text itself ("" when none was shown)."""

    verdict: Verdict
    document: str
    text: str


async def play(case: ReplyCase, place: Path) -> Shown:
    """Ask once as an editor does after a key, let the model give the reply in its pieces, and accept what is shown."""
    file = place / "work" / case.name
    file.parent.mkdir(parents=True, exist_ok=True)
    text, span = case.source
    file.write_text(text, "utf-8")
    async with (
        ScriptedProvider() as provider,
        session(place, vendor(provider) + AT_ONCE, capabilities=generic()) as editor,
    ):
        buffer = editor.open(file.as_uri(), text, case.language)
        asked = editor.inline(buffer, span.start, invoked=False)
        speaking = asyncio.create_task(_speak(provider, case))
        items = items_of(await asked.result)
        speaking.cancel()
        await asyncio.wait({speaking})
        shown = str(items[0]["insertText"]) if items else ""
        if items:
            editor.edit(buffer, {"range": items[0]["range"], "newText": shown})
        return Shown(verdict(case, buffer.text, bool(items)), buffer.text, shown)


async def _speak(provider: ScriptedProvider, case: ReplyCase) -> None:
    request = await provider.request()
    try:
        await request.start()
        for piece in case.pieces:
            await request.text(piece)
        await request.finish(case.header.get("finish", "stop"))
    except ConnectionResetError:
        await request.closed()


def verdict(case: ReplyCase, document: str, shown: bool) -> Verdict:
    """``nothing``: no ghost text where some was wanted, which does no harm."""
    if not shown and any(text.strip() == NOTHING for text in case.wanted):
        return "wanted"
    if any(document.rstrip("\n") == text.rstrip("\n") for text in case.wanted):
        return "wanted"
    return "wrong" if shown else "nothing"
