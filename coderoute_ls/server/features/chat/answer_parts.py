"""From the events of a model's answer to the parts that an editor's chat is told, and what vendors sign is kept."""

from dataclasses import dataclass, field

from coderoute_ls.domain import Delta, StreamEvent
from coderoute_ls.domain.conversation import ReasoningPart, ReasoningToken, TokenEvent, ToolCallEnd, ToolCallStart
from coderoute_ls.server.features.chat.chat_prompt import SignedCalls
from coderoute_ls.server.rpc.messages.chat_messages import ChatPart


@dataclass(slots=True)
class AnswerParts:
    """Of one answer."""

    signed: SignedCalls
    _names: dict[str, str] = field(default_factory=dict[str, str])
    _tokens: dict[str, ReasoningToken] = field(default_factory=dict[str, ReasoningToken])
    _thoughts: list[ReasoningPart] = field(default_factory=list[ReasoningPart])
    """Signed ones that no call has taken yet: they go back in front of the first call after them."""
    _reasoning: str = ""

    def part(self, event: StreamEvent) -> ChatPart | None:
        """What the editor is told of it; None where it has no word for that."""
        match event:
            case Delta():
                self._reasoning += event.reasoning
                return ChatPart(kind="text", text=event.text) if event.text else None
            case ToolCallStart():
                self._names[event.id] = event.name
            case TokenEvent() if event.call:
                self._tokens[event.call] = event.token
            case TokenEvent() if not event.text:
                self._thoughts.append(ReasoningPart(self._reasoning, event.token))
                self._reasoning = ""
            case ToolCallEnd():
                return ChatPart(kind="call", id=event.id, name=self._names[event.id], arguments=event.arguments)
            case _:
                pass
        return None

    def end(self) -> None:
        """The answer is whole: a call's signature may have come after it."""
        for call in self._names:
            self.signed.remember(call, tuple(self._thoughts), self._tokens.get(call))
            self._thoughts.clear()
