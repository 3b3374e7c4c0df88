"""One request that is to be sent: what to ask, in which dialect, how its answer is read."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coderoute_ls.domain import Prompt, StreamEvent
from coderoute_ls.providers.answers.answer_shape import AnswerShape
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest
from coderoute_ls.providers.fill_in_middle import StopCut
from coderoute_ls.providers.fill_in_middle_by_prompt import Unfenced

if TYPE_CHECKING:
    from coderoute_ls.domain.conversation.events import ModelEvent


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """What to ask, how, and what the user really wanted (the prompt before it became a conversation)."""

    how: Dialect
    ask: DialectRequest
    wanted: Prompt

    @property
    def url(self) -> str:
        return self.ask.vendor.url(self.how.name)

    def decoder(self) -> Decoder:
        """Who reads the answer; what is beside text only where the prompt asks for more than text."""
        vendor, prompt, offer = self.ask.vendor, self.wanted, self.ask.offer
        decoder = self.how.decoder(vendor)
        if self.how.beside and not prompt.text_only:
            from coderoute_ls.domain.conversation import family_of
            from coderoute_ls.providers.answers.beside_text.reader import beside_text

            family = family_of(offer.model or offer.wire_id)
            decoder.converse(beside_text(self.how.beside, vendor.id, family, self.how.name, prompt.choices))
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
        return AnswerShape(None, StopCut((*(support.stop if support else ()), *self.wanted.stop)))


def ours(event: StreamEvent, call: DialectCall) -> StreamEvent:
    """The event with the tool's name that the prompt has for it, where the vendor was told another one."""
    if not call.tool_names:
        return event
    from coderoute_ls.domain.conversation import ToolCallStart

    if isinstance(event, ToolCallStart) and event.name in call.tool_names:
        return replace(event, name=call.tool_names[event.name])
    return event
