"""All events of one answer put together, for callers that do not stream."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from coderoute_ls.domain import Delta, StreamEvent
from coderoute_ls.domain.conversation import (
    Citation,
    ReasoningToken,
    Refusal,
    TokenEvent,
    ToolCall,
    ToolCallEnd,
    ToolCallStart,
)


@dataclass(slots=True)
class CollectedAnswer:
    """One choice of an answer."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    tokens: list[ReasoningToken] = field(default_factory=list[ReasoningToken])
    """In order; those of a call stand at the call."""
    calls: dict[str, ToolCall] = field(default_factory=dict[str, ToolCall])
    """By id, in the order in which they ended. A call without an end is none."""
    citations: list[Citation] = field(default_factory=list[Citation])


def collected(events: Iterable[StreamEvent], choice: int = 0) -> CollectedAnswer:
    """The answer of this index."""
    answer = CollectedAnswer()
    started: dict[str, ToolCallStart] = {}
    tokens: dict[str, ReasoningToken] = {}
    for event in events:
        match event:
            case Delta(choice=at) if at == choice:
                answer.text += event.text
                answer.reasoning += event.reasoning
            case Refusal(choice=at) if at == choice:
                answer.refusal += event.text
            case ToolCallStart(choice=at) if at == choice:
                started[event.id] = event
            case ToolCallEnd(choice=at) if at == choice:
                begun = started[event.id]
                answer.calls[event.id] = ToolCall(event.id, begun.name, event.arguments, custom=begun.custom)
            case TokenEvent(choice=at) if at == choice:
                if event.call:
                    tokens[event.call] = event.token
                else:
                    answer.tokens.append(event.token)
            case Citation(choice=at) if at == choice:
                answer.citations.append(event)
            case _:
                pass
    for call in tuple(answer.calls.values()):
        if token := tokens.get(call.id):
            answer.calls[call.id] = ToolCall(call.id, call.name, call.arguments, token, call.custom)
    return answer
