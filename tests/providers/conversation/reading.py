"""Reads an answer's bytes as a client would, and puts its events together again."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from coderoute_ls.domain import Delta, Finish, StreamEvent
from coderoute_ls.domain.conversation import ModelEvent, ToolCallEnd, ToolCallPiece, ToolCallStart
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.providers.answers.answer_reader import AnswerReader
from coderoute_ls.providers.answers.tool_calls_and_reasoning.shared_reader import beside_text
from coderoute_ls.providers.dialect import dialect


def read(name: str, pieces: Iterable[bytes], *, vendor: str = "test", family: str = "m-1", choices: int = 1) -> list[StreamEvent]:
    """All events of a body that comes in these pieces, the `Finish` last."""
    how = dialect(name)
    decoder = how.decoder(Vendor(vendor, "Test vendor", name, "http://127.0.0.1"))
    decoder.converse(beside_text(how.beside, vendor, family, name, choices))
    reader = AnswerReader(decoder, how.framing, 1_000_000)
    events: list[StreamEvent] = []
    for piece in pieces:
        events += reader.feed(piece)
    events += reader.close()
    return [*events, reader.finish()]


@dataclass
class Told:
    """What a stream told, put together."""

    text: str = ""
    reasoning: str = ""
    names: dict[str, str] = field(default_factory=dict[str, str])
    pieces: dict[str, str] = field(default_factory=dict[str, str])
    ended: dict[str, str] = field(default_factory=dict[str, str])
    others: list[ModelEvent] = field(default_factory=list[ModelEvent])
    finishes: list[Finish] = field(default_factory=list[Finish])

    @property
    def finish(self) -> Finish:
        """The only one."""
        (finish,) = self.finishes
        return finish

    @property
    def calls(self) -> list[tuple[str, object]]:
        """Name and arguments of each complete call, in the order in which they opened."""
        return [(name, _value(self.ended[id_])) for id_, name in self.names.items() if id_ in self.ended]


def told(events: Iterable[StreamEvent], choice: int = 0) -> Told:
    """The events of one answer together. A call opens before its pieces, ends once, and ends as its pieces say."""
    heard = Told()
    for event in events:
        assert not heard.finishes, f"after the end: {event}"
        match event:
            case Delta():
                if event.choice == choice:
                    heard.text += event.text
                    heard.reasoning += event.reasoning
            case Finish():
                heard.finishes.append(event)
            case ToolCallStart():
                if event.choice == choice:
                    assert event.id and event.id not in heard.names
                    heard.names[event.id] = event.name
                    heard.pieces[event.id] = ""
            case ToolCallPiece():
                if event.choice == choice:
                    assert event.id not in heard.ended
                    heard.pieces[event.id] += event.arguments
            case ToolCallEnd():
                if event.choice == choice:
                    assert event.id not in heard.ended and heard.pieces[event.id] in ("", event.arguments)
                    heard.ended[event.id] = event.arguments
            case _:
                heard.others.append(event)
    return heard


def _value(arguments: str) -> object:
    try:
        return orjson.loads(arguments) if arguments else {}
    except orjson.JSONDecodeError:
        return arguments
