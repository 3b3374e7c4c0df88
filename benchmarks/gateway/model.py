"""A vendor on loopback that speaks chat completions and answers at once; ``max_tokens`` is how many pieces it streams.

``python -m benchmarks.gateway.model`` prints its port, then the time at which each cut connection closed, in nanoseconds.
"""

import asyncio
import json
import time
from typing import Any

from benchmarks.loopback import Model as Reading

_STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def _event(delta: dict[str, Any], finish: str | None = None, usage: bool = False) -> bytes:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    more = {"usage": {"prompt_tokens": 1000, "completion_tokens": 5, "total_tokens": 1005}} if usage else {}
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: %b\n\n" % json.dumps({**head, "choices": choices, **more}).encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


ROUND = 50
"""Pieces in one write: as much as the network would bring at once."""
PIECES = [_event({"content": f" token{number}"}) for number in range(ROUND)]
"""No two alike in a row: LiteLLM takes a hundred of them for a model that has lost its way."""
HEAD = _event({"role": "assistant", "content": "Well,"})
TAIL = _event({}, "stop", usage=True) + b"data: [DONE]\n\n"
_WHOLE = json.dumps(
    {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Well, token"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 5, "total_tokens": 1005},
    }
).encode()


class Vendor(Reading):
    """What is last in the conversation says how it goes: ``hang``, ``fail``, ``busy``, ``cut``, ``long``; else it answers."""

    _hung = False

    def answer(self, head: bytes) -> None:
        if not head.startswith(b"POST"):
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            return
        asked = json.loads(self.body)
        said = asked["messages"][-1]["content"]
        word = said if isinstance(said, str) else said[-1].get("text", "")
        match word:
            case "fail":
                self._refuse(500, "The engine died.")
            case "busy":
                self._refuse(429, "Slow down.")
            case "long":
                self._refuse(400, "This model's maximum context length is 128000 tokens.")
            case "cut":
                self.transport.write(_STREAM + _chunk(HEAD))
                self.transport.close()
            case "hang":
                self._hung = True
                self.transport.write(_STREAM + _chunk(HEAD + PIECES[0]))
            case _ if asked.get("stream"):
                self._stream(int(asked.get("max_tokens") or asked.get("max_completion_tokens") or 2))
            case _:
                self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ")
                self.transport.write(b"%d\r\n\r\n%b" % (len(_WHOLE), _WHOLE))

    def _refuse(self, status: int, message: str) -> None:
        body = json.dumps({"error": {"message": message, "type": "error", "code": status}}).encode()
        head = f"HTTP/1.1 {status} No\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)

    def _stream(self, pieces: int) -> None:
        rounds, rest = divmod(pieces, ROUND)
        written = _chunk(b"".join(PIECES)) * rounds + (_chunk(b"".join(PIECES[:rest])) if rest else b"")
        self.transport.write(_STREAM + _chunk(HEAD) + written + _chunk(TAIL) + b"0\r\n\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        if self._hung:
            print(time.perf_counter_ns(), flush=True)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Vendor, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
