"""`ProviderClient`: one question to one offer over the right dialect, as a stream of our own events."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import orjson

from coderoute_ls.domain import TIMING, Delta, Finish, Offer, Prompt, StreamEvent, Timing
from coderoute_ls.domain.local_server_table import FIRST_BYTE_S
from coderoute_ls.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    ModelNotFound,
    ProviderError,
    ProviderUnavailable,
    RequestRejected,
)
from coderoute_ls.providers.answers.answer_reader import AnswerReader
from coderoute_ls.providers.answers.body_end import until_over
from coderoute_ls.providers.configured_vendors import Vendor
from coderoute_ls.providers.connections.team_gateway import TeamCalls
from coderoute_ls.providers.connections.transport import READ_S, Answer, Transport, origin, read_at_most
from coderoute_ls.providers.credentials import key_header
from coderoute_ls.providers.dialect import Decoder, DialectCall
from coderoute_ls.providers.error_responses.failed_answer import failure_of
from coderoute_ls.providers.error_responses.learned_adaptations import Adaptations
from coderoute_ls.providers.json_access import Json, as_object
from coderoute_ls.providers.key_redaction import without
from coderoute_ls.providers.local_model.cold_loads import SMALLEST_HOLE, SMALLEST_TALK, ColdLoads, Serve
from coderoute_ls.providers.local_model.local_news import LocalNews
from coderoute_ls.providers.local_model.piecewise_reading import PiecewiseReading
from coderoute_ls.providers.request_plan import ACTION_SLOT, Ours, RequestPlan, planned
from coderoute_ls.providers.request_signing import Signer

Credential = Callable[[str], str | None]
"""The key of a vendor by its id, or None."""
WIRE_BYTES_PER_CHAR = 64
"""Most bytes on the wire per character allowed: bounds a stream that sends frames without ever saying anything."""
GRACE_S = 0.01
"""Seconds to wait for the end of a body after its end sign, so that the connection is free for the next request."""

MOST_ADAPTATIONS = 6
"""Of one request, before its refusal is told."""
MOST_READ = 16 << 20
"""Bytes of what a child of ours says of a prompt: its tokens."""


@dataclass(slots=True)
class ProviderClient:
    """All vendors behind one door; implements `domain.Upstream`."""

    vendors: Mapping[str, Vendor]
    credential: Credential
    transport: Transport = field(default_factory=Transport)
    now: Callable[[], float] = time.time
    serve: Serve | None = None
    """Needed where a vendor is a model file."""
    signer: Signer = field(default_factory=Signer)
    timing: Timing = TIMING
    adaptations: Adaptations = field(default_factory=Adaptations)
    loads: ColdLoads = field(default_factory=ColdLoads)
    local_news: LocalNews = field(default_factory=LocalNews)
    piecewise: PiecewiseReading = field(default_factory=PiecewiseReading)
    team: TeamCalls = field(default_factory=TeamCalls)
    _ending: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    """Bodies that are read to their end."""

    async def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        """Ask one offer. Yields `Delta`s, then one `Finish`; raises `ProviderError`, with ``after_text`` set once text was
        yielded. Closing the generator closes the connection at once.
        """
        said = False
        if prompt.dispatch is not None:
            prompt.dispatch.left = False
        try:
            async with self._reached(offer, prompt) as (vendor, waited_s):
                plan = planned(vendor, offer, prompt)
                shape = plan.shape()
                async with aclosing(self._attempts(plan)) as events:
                    async for event in events:
                        if isinstance(event, Finish):
                            if rest := shape.close():
                                yield Delta(rest)
                            yield replace(event, waited_s=waited_s) if waited_s else event
                        elif not isinstance(event, Delta):
                            said = said or plan.wrote(event)
                            yield event
                        elif shape.plain or event.choice:
                            said = said or bool(event.text)
                            yield event
                        else:
                            text = shape.feed(event.text)
                            said = said or bool(text)
                            if text or event.reasoning:
                                yield Delta(text, event.reasoning)
                            if shape.over and said:
                                yield Finish("stop", wire_reason="cut here", waited_s=waited_s)
                                return
        except ProviderError as error:
            error.provider = offer.provider
            error.after_text = said
            self.team.broke(error)
            if offer.local and isinstance(error, ConnectionFailed | ModelNotFound):
                self.loads.cold(offer.provider)
                self.local_news.failed(offer)
            raise

    def prepare(self, offer: Offer) -> None:
        """Open the connection ahead of a likely request. Returns at once."""
        if (vendor := self.vendors.get(offer.provider)) is not None and vendor.base_url:
            self.transport.prepare(vendor.url(offer.dialect))

    async def ended(self) -> None:
        """Return when no answer's body is being read to its end any more."""
        await asyncio.gather(*self._ending)

    async def stop_reading(self) -> None:
        """Read no body any further. The connections stay open: the owner of the transport closes it."""
        for task in self._ending:
            task.cancel()
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def close(self) -> None:
        """Stop reading, and close all connections."""
        await self.stop_reading()
        await self.transport.close()

    @asynccontextmanager
    async def _reached(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[tuple[Vendor, float], None]:
        """The offer's vendor at its address, and the seconds that it took to be there: its model may have to be loaded. A hole is
        filled for somebody who types, and does not wait for that."""
        vendor = self.vendors.get(offer.provider)
        if vendor is None:
            raise RequestRejected(
                f"The provider {offer.provider!r} is not known, or disabled in the settings.", provider=offer.provider
            )
        began, patient = time.monotonic(), prompt.fim is None
        if not vendor.model_path or self.serve is None:
            waited = 0.0
            if vendor.loads_models and vendor.base_url:
                plan = planned(vendor, offer, SMALLEST_TALK if patient else SMALLEST_HOLE)
                await self.loads.ready((vendor.id, offer.wire_id), lambda: self._drained(plan), patient=patient)
                waited = time.monotonic() - began
            yield vendor, waited
            return
        async with self.serve(vendor.id, patient=patient) as (address, key):
            at = replace(
                vendor,
                base_url=f"{address}/v1",
                endpoints={},
                headers={**vendor.headers, "authorization": f"Bearer {key}"},
            )
            yield at, time.monotonic() - began

    async def _drained(self, plan: RequestPlan) -> None:
        """Ask, and read the answer to its end."""
        async with aclosing(self._attempts(plan)) as events:
            async for _ in events:
                pass

    async def _attempts(self, plan: RequestPlan) -> AsyncGenerator[StreamEvent, None]:
        """Send; when the vendor says what it does not take, remember that and send again as it does."""
        place = f"{plan.ask.offer.id} {origin(plan.url)} {plan.how.name}"
        known = self.adaptations.of(place, self.now())
        for left in reversed(range(MOST_ADAPTATIONS)):
            ask = replace(plan.ask, prompt=known.prompt(plan.ask.prompt), stream=plan.ask.stream and not known.unstreamed)
            call = plan.call(ask, known)
            begun = False
            try:
                async with aclosing(self._once(replace(plan, ask=ask), call)) as events:
                    async for event in events:
                        if not begun:
                            for loss in call.losses:
                                yield loss
                        begun = True
                        yield event
                return
            except RequestRejected as error:
                more = None if begun or not left else known.learned(error, ask.prompt, call.body, streamed=ask.stream)
                if more is None:
                    raise
                known = more
                if known.lasting:
                    self.adaptations.put(place, known, self.now())

    async def _once(self, plan: RequestPlan, call: DialectCall) -> AsyncGenerator[StreamEvent, None]:
        vendor = plan.ask.vendor
        url = vendor.request_url(plan.how.name, call.path, plan.ask.offer.wire_id)
        body = orjson.dumps(call.body) if call.raw is None else call.raw
        wait_s, dispatch = vendor.timeout_s or READ_S, plan.wanted.dispatch
        headers = await self._headers(plan, call, url, body)
        if vendor.model_path and plan.wanted.fim is None:
            await self._read_in_pieces(vendor, headers, call.body)
        sent = self.transport.send(vendor, url, headers, post=body, wait_s=wait_s, dispatch=dispatch)
        async with AsyncExitStack() as held:
            answer = await held.enter_async_context(sent)
            if dispatch is not None:
                dispatch.left = True
            self.team.answered(vendor, answer.headers)
            if answer.status != 200:
                raise await failure_of(vendor, answer, self.credential(vendor.id), model=plan.ask.offer.wire_id, now=self.now)
            decoder = plan.decoder()
            reader = AnswerReader(decoder, plan.how.framing, plan.ask.prompt.max_tokens)
            ours = Ours(call)
            same = ours.same
            left = reader.limit * WIRE_BYTES_PER_CHAR
            pieces = await held.enter_async_context(aclosing(aiter(answer)))
            try:
                async with aclosing(until_over(pieces, decoder, self.timing.usage)) as needed:
                    async for piece in needed:
                        left -= len(piece)
                        if left < 0:
                            raise reader.too_large()
                        events = reader.feed(piece)
                        if vendor.local:
                            self._heard(plan, decoder)
                        for event in events:
                            if same or isinstance(event, Delta):
                                yield event
                                continue
                            for told in ours.of(event):
                                yield told
                for event in reader.close():
                    for told in (event,) if same else ours.of(event):
                        yield told
            except ProviderError as error:
                error.usage = decoder.usage
                if key := self.credential(vendor.id):
                    error.user_message = without(error.user_message, [key])
                raise
            rest = await self._read_rest(answer, pieces, held)
            yield reader.finish()
            if rest is not None:
                await asyncio.wait({rest}, timeout=GRACE_S)

    async def _read_in_pieces(self, vendor: Vendor, headers: dict[str, str], talk: Json) -> None:
        address = origin(vendor.base_url)

        async def ask(path: str, body: Json) -> Json:
            sent = self.transport.send(vendor, address + path, headers, post=orjson.dumps(body), wait_s=FIRST_BYTE_S)
            async with sent as answer:
                said = await read_at_most(answer, MOST_READ)
                with suppress(ValueError):  # no JSON
                    if answer.status == 200:
                        return as_object(orjson.loads(said))
                raise ProviderUnavailable("llama.cpp does not know this request.", status=answer.status)

        await self.piecewise.read(address, ask, talk, ACTION_SLOT)

    def _heard(self, plan: RequestPlan, decoder: Decoder) -> None:
        """What a server of the user's own says beside its answer."""
        offer, dispatch = plan.ask.offer, plan.wanted.dispatch
        self.loads.answered((offer.provider, offer.wire_id))
        self.local_news.answered(offer, decoder.model)
        if dispatch is not None:
            dispatch.read = decoder.read

    async def _read_rest(self, answer: Answer, pieces: AsyncIterator[bytes], held: AsyncExitStack) -> asyncio.Task[None] | None:
        """Read what follows the end sign, so that the connection serves again. What is yet to come is waited for aside."""
        if answer.arrived:
            with suppress(ConnectionFailed, ProviderUnavailable):
                _ = [piece async for piece in pieces]
            return None
        held = held.pop_all()

        async def read() -> None:
            async with held:
                with suppress(TimeoutError, ConnectionFailed, ProviderUnavailable):
                    async with asyncio.timeout(self.timing.last_bytes):
                        _ = [piece async for piece in pieces]

        self._ending.add(task := asyncio.create_task(read()))
        task.add_done_callback(self._ending.discard)
        return task

    async def _headers(self, plan: RequestPlan, call: DialectCall, url: str, body: bytes) -> dict[str, str]:
        vendor = plan.ask.vendor
        headers = {
            "content-type": "application/json",
            "accept": "text/event-stream" if plan.ask.stream else "application/json",
            "accept-encoding": "identity",
            "user-agent": "coderoute-ls",
            **vendor.headers,
            **call.headers,
            **await self.team.headers(vendor, plan.wanted.purpose),
        }
        key = self.credential(vendor.id)
        if key:
            headers |= key_header(vendor, plan.how.auth, key)
        elif vendor.signs:
            headers |= await self.signer.headers(vendor, url, body)
        elif vendor.key_name:
            raise AuthenticationFailed(
                f"{vendor.name} needs a key: set {vendor.key_name}, or store one with `coderoute-ls keys set {vendor.id}`.",
                provider=vendor.id,
            )
        return headers
