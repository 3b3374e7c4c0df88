"""The first stage of the server: answers ``initialize`` from prepared capabilities, while the rest is still to be imported.

Standard library only. The message, and whatever was read behind it, go on to the full server, which handles it as always and
leaves out the answer (`Protocol.greeted`). A test holds that both say the same to every client; ``make generate`` writes
the prepared answer anew.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coderoute_ls.server.rpc.framing import framed, length_in

PREPARED = Path(__file__).with_name("initialize_result.json")
ENCODINGS = ("utf-8", "utf-16", "utf-32")
CHUNK = 64 * 1024
LARGEST_HEADER = 4 * 1024
LARGEST_BODY = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Greeting:
    """What was read from the editor so far, and the id of the request that is answered already (None: none is)."""

    received: bytes
    answered: int | str | None = None


def greet(read: Callable[[int], bytes], write: Callable[[bytes], object]) -> Greeting:
    """Read the first message and answer it if it is a sound ``initialize``; anything else is left to the full server."""
    received = b""
    while (body := _first_body(received)) is None:
        chunk = read(CHUNK)
        received += chunk
        if not chunk or (b"\r\n\r\n" not in received and len(received) > LARGEST_HEADER):
            return Greeting(received)
    try:
        message: Any = json.loads(body)
        if message["method"] != "initialize" or not isinstance(message["id"], int | str):
            return Greeting(received)
        answer = _answer(message["id"], message["params"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Greeting(received)
    write(framed(answer))
    return Greeting(received, message["id"])


def greet_stdio() -> Greeting:
    return greet(lambda size: os.read(0, size), lambda data: os.write(1, data))


def _answer(request: int | str, params: dict[str, Any]) -> bytes:
    result = json.loads(PREPARED.read_bytes())
    general: dict[str, list[str] | None] = params["capabilities"].get("general") or {}
    wished = general.get("positionEncodings") or []
    result["capabilities"]["positionEncoding"] = next((e for e in wished if e in ENCODINGS), "utf-16")
    return json.dumps({"id": request, "jsonrpc": "2.0", "result": result}, separators=(",", ":")).encode()


def _first_body(received: bytes) -> bytes | None:
    """The first message's body, once all of it is there; b"" for what is no LSP framing."""
    header, found, rest = received.partition(b"\r\n\r\n")
    if not found:
        return None
    for line in header.split(b"\r\n"):
        try:
            length = length_in(line)
        except ValueError:
            return b""
        if length is not None and 0 <= length <= LARGEST_BODY:
            return rest[:length] if len(rest) >= length else None
    return b""
