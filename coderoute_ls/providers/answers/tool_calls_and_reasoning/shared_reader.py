"""What all readers of the things beside text share: the calls, the tokens' scope, and what a call does to the end."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from importlib import import_module

import orjson

from coderoute_ls.domain import Delta, FinishReason, StreamEvent
from coderoute_ls.domain.conversation import OpaqueEvent, ReasoningToken, TokenEvent
from coderoute_ls.providers.answers.tool_calls_and_reasoning.tool_calls import ToolCalls
from coderoute_ls.providers.json_access import Json


class BesideText(ABC):
    """Reads one answer beside its decoder, which keeps the books: model, usage, how it ended.

    ``vendor`` and ``family`` are the scope of the tokens in it; ``format`` names the dialect for items that we do not know;
    ``choices`` is how many answers were asked for.
    """

    def __init__(self, vendor: str, family: str, format_: str, choices: int = 1) -> None:
        self.vendor = vendor
        self.family = family
        self.format = format_
        self.choices = choices
        self.calls = ToolCalls()
        self.others: dict[int, FinishReason] = {}
        """How the answers beside number 0 ended."""

    @abstractmethod
    def event(self, name: str, data: Json) -> list[StreamEvent]:
        """All that one event tells, text and reasoning too, in order."""

    @abstractmethod
    def whole(self, body: Json) -> list[StreamEvent]:
        """All that the body of a whole answer tells, in order."""

    def plain(self, data: Json) -> Delta | None:
        """The piece of text that an event is, where it can be nothing else."""
        del data

    def index(self, choice: Json) -> int | None:
        """Our index of an answer, one of several; None for one that was not asked for."""
        del choice
        return 0

    @property
    def all_ended(self) -> bool:
        """Whether every answer that was asked for has told its end."""
        return True

    def reason(self, reason: FinishReason) -> FinishReason:
        """How the answer really ended: many vendors say ``stop`` where the model waits for its tools."""
        return "tool_calls" if reason == "stop" and self.calls.any else reason

    def token(self, kind: str, value: str, *, call: str = "", text: bool = False, choice: int = 0) -> TokenEvent:
        """A token of this answer."""
        assert kind in ("signature", "redacted", "item", "thought_signature", "details")
        return TokenEvent(ReasoningToken(self.vendor, self.family, kind, value), call, text, choice)

    def unknown(self, item: object) -> OpaqueEvent:
        """An item that we do not know."""
        return OpaqueEvent(self.format, json_text(item))


def json_text(value: object) -> str:
    """The JSON text of a parsed value: compact, its keys in their order."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # half a character, a number beyond 64 bits
        import json

        return json.dumps(value, separators=(",", ":"))


def arguments_text(value: object) -> str:
    """A call's arguments as JSON text: some vendors send the object itself, or nothing."""
    return value if isinstance(value, str) else "" if value is None else json_text(value)


def beside_text(module: str, vendor: str, family: str, format_: str, choices: int = 1) -> BesideText:
    """The reader in this module: a file of this folder with ``READER``."""
    return import_module(f"{__package__}.{module}").READER(vendor, family, format_, choices)


def gathered(events: Iterable[StreamEvent] | None) -> list[StreamEvent]:
    """The events as a list; none where there are none."""
    return list(events) if events is not None else []
