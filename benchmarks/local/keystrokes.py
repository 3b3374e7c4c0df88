"""What each key makes a local model read again: 30 keys at three places of a file of 1,000 lines, Enter among them."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.local.serving import Relay, edited, settings
from coderoute_ls.domain import Position
from coderoute_ls.lsp_client.scripted_editor import Buffer, Editor

PLACES = (12, 500, 985)
"""Lines, near the start, in the middle and near the end."""
KEYS = 30
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


async def typed(relay: Relay, fim: str, work: Path, command: list[str] | None = None) -> dict[int, list[Key]]:
    """Line → what its keys cost, by llama.cpp's own counts. The first key of a place reads the file, and is left out."""
    found: dict[int, list[Key]] = {}
    async with edited(settings(relay, fim, more=PATIENT + ALONE), work / "home", work / "code", command) as editor:
        for place in PLACES:
            buffer = editor.open((work / "code" / f"at_{place}.py").as_uri(), source())
            _insert(editor, buffer, Position(place, 0), "    \n")
            cursor = Position(place, 4)
            keys: list[Key] = []
            for key in ["", *_keys()]:
                if key:
                    cursor = _insert(editor, buffer, cursor, key)
                since = len(relay.requests)
                await editor.inline(buffer, cursor, invoked=False).result
                asked = [request for request in relay.asked(since) if request.read is not None]
                keys += [Key(key, last.read or 0, (last.read or 0) + last.kept, last.first_s or 0.0) for last in asked[-1:]]
            editor.close(buffer)
            found[place] = keys[1:]
    return found


def _insert(editor: Editor, buffer: Buffer, at: Position, text: str) -> Position:
    """Type it; where the cursor is then."""
    place = buffer.position(at)
    editor.edit(buffer, {"range": {"start": place, "end": place}, "newText": text})
    lines = text.split("\n")
    return Position(at.line + len(lines) - 1, len(lines[-1]) if lines[1:] else at.character + len(text))


def _keys() -> Iterator[str]:
    at, inside = 0, "    "
    for _ in range(KEYS):
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
