"""One end of a JSON-RPC connection in LSP framing, without pygls: the base of the scripted editor."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from coderoute_ls.server.rpc.framing import framed, length_in

Json = dict[str, Any]
"""A JSON object as it came off the wire."""
Id = int | str


class Refused(Exception):
    """The other end answered a request with an error."""

    def __init__(self, method: str, error: Json) -> None:
        super().__init__(f"{method} was refused: {error['message']} ({error['code']})")
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data: object = error.get("data")


class Answer:
    """A request on its way: await ``result``; ``id`` is what `Peer.cancel` wants."""

    def __init__(self, request_id: int, method: str) -> None:
        self.id = request_id
        self.method = method
        self.result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()


class Peer:
    """Sends and receives messages on two streams.

    ``on_request(id, method, params)`` must lead to one `answer` or `refuse`, now or later; ``on_notification(method, params)``
    hears the rest; ``on_message()`` is called after each message was handled, and once when the other end has hung up.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_request: Callable[[Id, str, Json], None],
        on_notification: Callable[[str, Json], None],
        on_message: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._on_request = on_request
        self._on_notification = on_notification
        self._on_message = on_message
        self._waiting: dict[int, Answer] = {}
        self._last_id = 0
        self.strays: list[Json] = []
        """Answers to what was never asked."""
        self.failure: BaseException | None = None
        """What ended the reading; `ConnectionError` when the other end hung up."""
        self.reading = asyncio.create_task(self._read(), name="editor reads")

    def send(self, method: str, params: object) -> Answer:
        """Send a request without waiting for its answer."""
        self._last_id += 1
        answer = self._waiting[self._last_id] = Answer(self._last_id, method)
        self._write({"id": answer.id, "method": method, "params": params})
        return answer

    async def request(self, method: str, params: object) -> Any:
        """Send a request and return its result. Raises `Refused`, or ConnectionError when the other end hangs up."""
        return await self.send(method, params).result

    def notify(self, method: str, params: object) -> None:
        self._write({"method": method, "params": params})

    def cancel(self, answer: Answer) -> None:
        self.notify("$/cancelRequest", {"id": answer.id})

    def answer(self, request_id: Id, result: object) -> None:
        self._write({"id": request_id, "result": result})

    def refuse(self, request_id: Id, code: int, message: str) -> None:
        self._write({"id": request_id, "error": {"code": code, "message": message}})

    async def close(self) -> None:
        """Hang up after the other end has, so that its last message is heard."""
        await self.reading
        self.hang_up()

    def hang_up(self) -> None:
        self._writer.close()

    def _write(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        self._writer.write(framed(body))

    async def _read(self) -> None:
        try:
            while True:
                self._handle(await self._message())
                self._on_message()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.failure = ConnectionError("the server has ended the connection")
        except Exception as error:
            self.failure = error
        for answer in self._waiting.values():
            if not answer.result.done():
                answer.result.set_exception(self.failure)
        self._on_message()

    async def _message(self) -> Json:
        header = await self._reader.readuntil(b"\r\n\r\n")
        length = next(length for line in header.split(b"\r\n") if (length := length_in(line)) is not None)
        return json.loads(await self._reader.readexactly(length))

    def _handle(self, message: Json) -> None:
        if "method" in message and "id" in message:
            self._on_request(message["id"], message["method"], message.get("params") or {})
        elif "method" in message:
            self._on_notification(message["method"], message.get("params") or {})
        elif (answer := self._waiting.pop(message.get("id", 0), None)) is None:
            self.strays.append(message)
        elif answer.result.done():
            pass
        elif "error" in message:
            answer.result.set_exception(Refused(answer.method, message["error"]))
        else:
            answer.result.set_result(message["result"])
