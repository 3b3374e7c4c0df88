"""One request over HTTP from its first byte to its last: admitted, read, answered, and given up when the caller hangs up."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import orjson

from coderoute_ls.domain import Finish, StreamEvent
from coderoute_ls.domain.conversation import Loss, UsageReport
from coderoute_ls.engine.conversation.routed_answer import RoutedAnswer
from coderoute_ls.errors import CoderouteError
from coderoute_ls.gateway.caller_error import CallerError, caller_error
from coderoute_ls.gateway.faces.face import Face, FaceRequest, Json, WhoAnswers
from coderoute_ls.gateway.gateway import LOSS_HEADER, Gateway
from coderoute_ls.gateway.http.request_body import Disconnected, Receive, check_once, read_body

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = dict[str, str]
T = TypeVar("T")


def headers_of(scope: Scope) -> Headers:
    """By name in lower case; of a name that comes twice the first, as the token's check must see what the face sees."""
    found: Headers = {}
    for name, value in cast("list[tuple[bytes, bytes]]", scope["headers"]):
        found.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return found


FAILED = CallerError(500, "upstream", "The gateway failed; its log says why.")


def check_method(scope: Scope, method: str) -> None:
    """Raise `CallerError` for any other method."""
    if scope["method"] != method:
        raise CallerError(405, "invalid_request", f"This address takes {method} alone.", headers={"allow": method})


async def respond(send: Send, status: int, body: Json, headers: Headers | None = None) -> None:
    """One JSON answer."""
    await respond_bytes(send, status, orjson.dumps(body), {"content-type": "application/json", **(headers or {})})


async def respond_bytes(send: Send, status: int, content: bytes, headers: Headers) -> None:
    """One answer of a type that ``headers`` say."""
    await _begin(send, status, {**headers, "content-length": str(len(content))})
    await send({"type": "http.response.body", "body": content})


async def _begin(send: Send, status: int, headers: Headers) -> None:
    raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})


@dataclass(frozen=True)
class FaceEndpoint:
    """The ASGI application of one face."""

    gateway: Gateway
    face: Face

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        try:
            gateway = await self.gateway.admitted(headers, self.face.format)
            check_method(scope, "POST")
            async with gateway.slot():
                body = await read_body(receive, headers, gateway.bounds)
                request = await _computed(len(body), lambda: self._decoded(body, headers))
                answering = replace(self, gateway=gateway)
                await self._until_hung_up(answering.answer(request, headers, send, len(body)), receive)
        except CallerError as error:
            await respond(send, error.status, self.face.error(error), dict(error.headers))
        except Disconnected:
            pass
        except Exception:  # the caller gets an answer whatever happens, and the reason is logged
            log.exception("A request to %s failed", scope["path"])
            await respond(send, FAILED.status, self.face.error(FAILED))

    def _decoded(self, body: bytes, headers: Headers) -> FaceRequest:
        request = self.face.decode(body, headers)
        if headers.get(LOSS_HEADER) == "preserve":
            check_once(body)
        return request

    @staticmethod
    async def _until_hung_up(answering: Awaitable[None], receive: Receive) -> None:
        """Answer, and stop at once when the caller is gone: the vendor's connection closes with it."""
        work = asyncio.ensure_future(answering)
        gone = asyncio.ensure_future(_hung_up(receive))
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, gone):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await gone
            with suppress(asyncio.CancelledError):
                await work

    async def answer(self, request: FaceRequest, headers: Headers, send: Send, size: int) -> None:
        """Answer one request of a caller that was admitted."""
        call = self.gateway.call(request, headers)
        request = replace(request, prompt=call.prompt)
        answer = RoutedAnswer(self.gateway.engine, self.gateway.sessions, call)
        exchange = _Streamed(self, request, answer, send) if request.stream else _Whole(self, request, answer, send)
        if found := await _computed(size, lambda: self.gateway.secrets(call)):
            exchange.told["x-coderoute-secrets"] = ", ".join(found)
        if call.notes:
            exchange.told["x-coderoute-notes"] = "; ".join(call.notes)
        try:
            async with aclosing(answer.events()) as events:
                async for event in events:
                    await exchange.event(event)
        except CoderouteError as error:
            await exchange.failed(caller_error(error))
        except CallerError as error:
            await exchange.failed(error)
        except Exception:
            log.exception("An answer failed")
            await exchange.failed(FAILED)


async def _computed(size: int, work: Callable[[], T]) -> T:
    """What ``work`` returns. In a thread where the request is large (``size``, bytes), so that others need not wait; a change
    of thread costs more than a small one does.
    """
    return await asyncio.to_thread(work) if size > _LARGE else work()


_LARGE = 64 * 1024
"""About half a millisecond of decoding."""


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _header_of(losses: list[Loss]) -> str:
    """Code and place of each, the same one once. A place may hold a tool's name from the caller: only plain signs are kept."""
    said = dict.fromkeys(f"{loss.code} {loss.path}" for loss in losses if loss.severity != "info")
    return _ODD_IN_A_HEADER.sub("?", "; ".join(said))[:_LONGEST_HEADER]


_ODD_IN_A_HEADER = re.compile(r"[^ -~]")
_LONGEST_HEADER = 2_000


class _Exchange:
    """What both ways of answering share."""

    def __init__(self, endpoint: FaceEndpoint, request: FaceRequest, answer: RoutedAnswer, send: Send) -> None:
        self._face = endpoint.face
        self._gateway = endpoint.gateway
        self._request = request
        self._answer = answer
        self._send = send
        self._ended = False
        """Its caller has all of it."""
        self.told: Headers = {}
        """Headers that are known before anybody answers."""
        self._losses: list[Loss] = []
        """What the model could not be asked for; all of it comes before the answer."""
        self._who = WhoAnswers(created=int(endpoint.gateway.engine.clock.now()))

    def _learn_who(self) -> Headers:
        """Headers that say who answers, and by which decision."""
        answer, who = self._answer, self._who
        assert answer.chosen is not None
        who.id, who.model = answer.id, answer.chosen.offer.id
        told = {**self._gateway.told, **self.told, "x-coderoute-model": answer.chosen.offer.id, "x-coderoute-decision": answer.id}
        if answer.unmet:
            told["x-coderoute-floor-unmet"] = _ODD_IN_A_HEADER.sub("?", answer.unmet)[:_LONGEST_HEADER]
        if any(loss.severity != "info" for loss in self._losses):
            told["x-coderoute-losses"] = _header_of(self._losses)
        if answer.record is not None:
            who.cost_usd = round(answer.record.cost_usd, 9)  # as exact as the ledger
            told["x-coderoute-cost"] = f"{who.cost_usd:.9f}"
        return told

    async def event(self, event: StreamEvent) -> None:
        raise NotImplementedError

    async def failed(self, error: CallerError) -> None:
        """Nothing was sent yet: the status says it. What fails behind the end of an answer is no concern of the caller's."""
        if not self._ended:
            raise error


class _Whole(_Exchange):
    def __init__(self, endpoint: FaceEndpoint, request: FaceRequest, answer: RoutedAnswer, send: Send) -> None:
        super().__init__(endpoint, request, answer, send)
        self._events: list[StreamEvent] = []

    async def event(self, event: StreamEvent) -> None:
        if isinstance(event, Finish):
            await self._end(event)
        elif isinstance(event, Loss):
            self._losses.append(event)
        else:
            self._events.append(event)

    async def _end(self, finish: Finish) -> None:
        headers = self._learn_who()
        if finish.reason in ("error", "incomplete"):
            raise CallerError(502, "upstream", finish.problem, headers=headers)
        answer = self._face.whole(self._request, self._who, self._events, finish)
        self._ended = True
        await respond(self._send, 200, answer, headers)


class _Streamed(_Exchange):
    """The status goes out with the first event: until then another model can still be asked."""

    def __init__(self, endpoint: FaceEndpoint, request: FaceRequest, answer: RoutedAnswer, send: Send) -> None:
        super().__init__(endpoint, request, answer, send)
        self._writer = endpoint.face.writer(request, self._who)
        self._begun = False

    async def _begin(self) -> bytes:
        """Send the head once; what the format says before its first event."""
        if self._begun:
            return b""
        self._begun = True
        headers = {"content-type": "text/event-stream", "cache-control": "no-store", **self._learn_who()}
        await _begin(self._send, 200, headers)
        return self._writer.start()

    async def _write(self, data: bytes, *, more: bool = True) -> None:
        if data or not more:
            await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def event(self, event: StreamEvent) -> None:
        if isinstance(event, Finish):
            await self._end(event)
        elif isinstance(event, Loss):
            self._losses.append(event)
        elif isinstance(event, UsageReport) and not self._begun:
            self._writer.event(event)  # counted before anything is said: the head of the answer may tell it
        else:
            await self._write(await self._begin() + self._writer.event(event))

    async def _end(self, finish: Finish) -> None:
        begun = await self._begin()
        self._learn_who()
        last = begun + self._writer.finish(finish)
        self._ended = True
        await self._write(last, more=False)

    async def failed(self, error: CallerError) -> None:
        if not self._begun:
            raise error
        if self._ended:
            return
        await self._write(self._writer.failed(error), more=False)
