"""What each key makes a local model read again: 30 keys at three places of a file of 1,000 lines, Enter among them."""

import asyncio
import json
import statistics
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.local.serving import Relay, edited, settings
from coderoute_ls.actions.fill_in_middle import hole
from coderoute_ls.domain import Brief, Document, Offer, Position, Span, Target
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.lsp_client.scripted_editor import Buffer, Editor
from coderoute_ls.providers.dialect import DialectRequest
from coderoute_ls.providers.dialects.llamacpp_infill import encode
from coderoute_ls.text import split_lines

CHARS = 8_192
"""Of a prompt, as the server allows by default."""
_OFFER = Offer("llamacpp/m", "m", "llamacpp", "m", "openai-chat", local=True)
PLACES = (12, 500, 985)
"""Lines, near the start, in the middle and near the end."""
KEYS, KEYS_BEFORE = 30, 2
"""Fewer before: each reads a quarter of its prompt again, which takes minutes on a small machine."""
TYPED = "total = first(rows) \nif total is None:\n    return 0\n"
"""What is typed again and again, a character a key."""
PATIENT = "[inline]\nprefetch = false\ndebounce_ms = 0\nsoft_deadline_ms = 60000\nhard_deadline_ms = 60000\nmax_tokens = 8\n"
ALONE = "[embedded]\nenable = false\n[context]\nother_files = false\n"


@dataclass(frozen=True, slots=True)
class Key:
    """One key, and what the model read for it."""

    typed: str
    read: int
    whole: int
    """Tokens of its prompt."""
    first_s: float


def source(lines: int = 1_000) -> str:
    """A file of so many lines, no two of which are alike."""
    names = ("rows", "users", "orders", "prices", "labels", "groups", "routes")
    parts = [
        f"def {name}_{number}(values, limit={number}):\n"
        f"    found = [value for value in values if value > {number}]\n"
        f"    if len(found) > limit:\n"
        f"        return found[:limit]\n"
        f"    return {name}_{max(0, number - 1)}(found)\n\n"
        for number in range(lines // 6)
        for name in (names[number % len(names)],)
    ]
    return "".join(parts) + "\n" * (lines - 6 * len(parts))


async def typed(relay: Relay, fim: str, work: Path) -> dict[int, list[Key]]:
    """Line → what its keys cost, by llama.cpp's own counts. The first key of a place reads the file, and is left out."""
    found: dict[int, list[Key]] = {}
    async with edited(settings(relay, fim, more=PATIENT + ALONE), work / "home", work / "code", relay.server) as editor:
        for place in PLACES:
            buffer = editor.open((work / "code" / f"at_{place}.py").as_uri(), source())
            insert(editor, buffer, Position(place, 0), "    \n")
            cursor = Position(place, 4)
            keys: list[Key] = []
            for key in ["", *_keys()]:
                if key:
                    cursor = insert(editor, buffer, cursor, key)
                since = len(relay.requests)
                await editor.inline(buffer, cursor, invoked=False).result
                asked = [request for request in relay.asked(since) if request.read is not None]
                keys += [Key(key, last.read or 0, (last.read or 0) + last.kept, last.first_s or 0.0) for last in asked[-1:]]
            editor.close(buffer)
            found[place] = keys[1:]
    return found


async def typed_before(relay: Relay) -> dict[int, list[Key]]:
    """The same keys as they were asked for until November 2026, at llama.cpp's ``/infill``: the whole prefix, then the suffix.
    Asked without our server, which took so slow a model for one that is never in time, and asked it no more."""
    found: dict[int, list[Key]] = {}
    for place in PLACES:
        lines = split_lines(source())
        head, tail = "".join(lines[:place]) + "    ", "\n" + "".join(lines[place:])
        keys: list[Key] = []
        for key in ["", *_keys(KEYS_BEFORE)]:
            head += key
            document = Document(f"file:///code/at_{place}.py", "python", 1, split_lines(head + tail))
            above = split_lines(head)
            cursor = Position(len(above) - 1, len(above[-1]))
            asked = DialectRequest(VENDORS["llamacpp"], _OFFER, replace(hole(_brief(document, cursor)), max_tokens=8))
            since = len(relay.requests)
            await asyncio.to_thread(_post, relay.port, encode(asked).body)
            last = relay.requests[since:][-1]
            keys.append(Key(key, last.read or 0, (last.read or 0) + last.kept, last.first_s or 0.0))
        found[place] = keys[1:]
    return found


def _brief(document: Document, cursor: Position) -> Brief:
    here = Span(cursor, cursor)
    return Brief(Target(document, here, folder="/code"), here, (), CHARS)


def _post(port: int, body: dict[str, object]) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/infill", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=300) as answer:
        answer.read()


def insert(editor: Editor, buffer: Buffer, at: Position, text: str) -> Position:
    """Type it; where the cursor is then."""
    place = buffer.position(at)
    editor.edit(buffer, {"range": {"start": place, "end": place}, "newText": text})
    lines = text.split("\n")
    return Position(at.line + len(lines) - 1, len(lines[-1]) if lines[1:] else at.character + len(text))


def _keys(count: int = KEYS) -> Iterator[str]:
    at, inside = 0, "    "
    for _ in range(count):
        key = TYPED[at % len(TYPED)]
        at += 1
        if key == "\n":
            while TYPED[at % len(TYPED)] == " ":
                at += 1
            yield "\n" + inside
        else:
            yield key


def summary(keys: list[Key]) -> dict[str, float]:
    """Median and worst of what was read, all keys and the ones after Enter, and the share of the prompt."""
    if not keys:
        return {}
    after = [key.read for key in keys if "\n" in key.typed]
    return {
        "keys": len(keys),
        "prompt": statistics.median(key.whole for key in keys),
        "read_p50": statistics.median(key.read for key in keys),
        "read_worst": max(key.read for key in keys),
        "after_enter_p50": statistics.median(after) if after else 0,
        "first_token_p50_s": statistics.median(key.first_s for key in keys),
    }
