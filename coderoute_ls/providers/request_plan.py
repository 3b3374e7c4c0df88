"""One request that is to be sent: what to ask, in which dialect, how its answer is read."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coderoute_ls.domain import Offer, Prompt, StreamEvent
from coderoute_ls.errors import RequestRejected
from coderoute_ls.providers.answers.fence_and_stop_removal import AnswerShape
from coderoute_ls.providers.configured_vendors import Vendor, variables
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest, dialect
from coderoute_ls.providers.error_responses.request_adaptation import Adaptation
from coderoute_ls.providers.fill_in_middle_by_prompt import Unfenced, as_chat
from coderoute_ls.providers.fill_in_middle_templates import Healed, StopCut
from coderoute_ls.providers.json_access import as_text, is_object

if TYPE_CHECKING:
    from coderoute_ls.domain.conversation.events import ModelEvent

CHARS_PER_TOKEN, LEAST_ANSWER, AROUND = 3, 256, 64
"""For the room that a prompt leaves in a small window, in tokens; so many are around its messages in a model's template."""
KEY_SLOT, ACTION_SLOT = 0, 1
"""Of the child that serves a model file."""


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """What to ask, how, and what the user really wanted (the prompt before it became a conversation)."""

    how: Dialect
    ask: DialectRequest
    wanted: Prompt

    @property
    def url(self) -> str:
        return self.ask.vendor.url(self.how.name)

    def call(self, ask: DialectRequest, known: Adaptation) -> DialectCall:
        """The request as this endpoint takes it. Raises RequestRejected where the prompt lets nothing of it be lost."""
        call = self.how.encode(ask)
        if not self.wanted.text_only and self.wanted.fim is None:
            from coderoute_ls.providers.requests.pass_through import finished

            call = finished(ask, call, self.how.name, known.without)
        body = known.body(call.body)
        if ask.vendor.model_path:  # llama.cpp reads prompts in the order of slots: a keystroke's stands before an action's
            body = {**body, "id_slot": KEY_SLOT if self.wanted.fim is not None else ACTION_SLOT}
        return replace(call, body=body, raw=call.raw if body == call.body else None)

    def decoder(self) -> Decoder:
        """Who reads the answer; what is beside text only where the prompt asks for more than text."""
        vendor, prompt, offer = self.ask.vendor, self.wanted, self.ask.offer
        decoder = self.how.decoder(vendor)
        if self.how.beside and not prompt.text_only:
            from coderoute_ls.domain.conversation import family_of
            from coderoute_ls.providers.answers.tool_calls_and_reasoning.shared_reader import beside_text

            family = family_of(offer.model or offer.wire_id)
            format_ = self.how.format or self.how.name
            decoder.converse(beside_text(self.how.beside, vendor.id, family, format_, prompt.choices))
        return decoder

    def wrote(self, event: "ModelEvent") -> bool:
        """Whether this event beside text is already a part of the answer, which nobody else can go on with."""
        from coderoute_ls.domain.conversation import Loss, Note, UsageReport

        return not isinstance(event, Loss | Note | UsageReport)

    def shape(self) -> AnswerShape:
        fim, support = self.wanted.fim, self.ask.offer.fim
        if fim is None:
            return AnswerShape(None, StopCut(self.wanted.stop) if self.wanted.stop else None)
        if self.ask.prompt.fim is None:
            return AnswerShape(Unfenced(), StopCut(()))
        raw = self.ask.vendor.local and support is not None and support.template is not None
        stops = (*(support.stop if support else ()), *self.wanted.stop)
        return AnswerShape(None, StopCut(stops), Healed(fim.prefix) if raw else None)


def planned(vendor: Vendor, offer: Offer, prompt: Prompt) -> RequestPlan:
    """How this prompt is asked of this offer. Raises RequestRejected where the vendor cannot be asked."""
    if vendor.trouble:
        raise RequestRejected(vendor.trouble, provider=offer.provider)
    if not vendor.base_url:
        where = " and ".join(variables(offer.provider)) or f"providers.{offer.provider}.base_url in your config.toml"
        raise RequestRejected(f"{vendor.name} has no address yet: set {where}.", provider=offer.provider)
    fim = prompt.fim
    if fim is None or offer.fim is not None:
        how = dialect(offer.fim.dialect if fim is not None and offer.fim is not None else offer.dialect)
        asked = prompt
    else:
        how, asked = dialect(offer.dialect), as_chat(prompt, fim)
    if offer.local and offer.context:  # what does not fit its window is refused by some, and cuts the prompt at others
        room = max(LEAST_ANSWER, offer.context - AROUND - asked.chars // CHARS_PER_TOKEN)
        asked = replace(asked, max_tokens=min(asked.max_tokens, room))
    effort = offer.effort or ("none" if fim is not None and offer.capabilities.get("reasoning") else None)
    if effort is None and offer.capabilities.get("reasoning") is not False:
        effort = prompt.effort
    stream = offer.capabilities.get("streaming", True)
    return RequestPlan(how, DialectRequest(vendor, offer, asked, stream, effort), prompt)


class Ours:
    """Turns events of a vendor's into ours: a tool has the name that the prompt has for it, and one of free text gets its text
    back."""

    def __init__(self, call: DialectCall) -> None:
        self._names = call.tool_names
        self._free_text = call.free_text
        self._free: set[str] = set()
        """Ids of calls whose text is in a JSON object."""

    @property
    def same(self) -> bool:
        """Whether there is nothing to turn."""
        return not self._names and not self._free_text

    def of(self, event: StreamEvent) -> Iterator[StreamEvent]:
        """What is told of this event."""
        from coderoute_ls.domain.conversation import ToolCallEnd, ToolCallPiece, ToolCallStart

        match event:
            case ToolCallStart():
                free = event.name in self._free_text
                if free:
                    self._free.add(event.id)
                yield replace(event, name=self._names.get(event.name, event.name), custom=event.custom or free)
            case ToolCallPiece() if event.id in self._free:
                pass
            case ToolCallEnd() if event.id in self._free:
                text = _free_text(event.arguments)
                if text:
                    yield ToolCallPiece(event.id, text, event.choice)
                yield replace(event, arguments=text)
            case _:
                yield event


def _free_text(arguments: str) -> str:
    """The text in the arguments of a function that stands for a tool of free text; all of them where there is none."""
    import orjson

    try:
        said: object = orjson.loads(arguments)
    except orjson.JSONDecodeError:
        return arguments
    return as_text(said["input"]) if is_object(said) and isinstance(said.get("input"), str) else arguments
