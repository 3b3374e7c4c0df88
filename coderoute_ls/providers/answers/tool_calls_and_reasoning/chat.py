"""Chat completions: tool calls in fragments of every kind, refusals, ``reasoning_details``, citations, several answers at
once."""

from collections.abc import Hashable, Iterator

from coderoute_ls.domain import Delta, StreamEvent
from coderoute_ls.domain.conversation import Citation, Refusal
from coderoute_ls.providers.answers.tool_calls_and_reasoning.shared_reader import BesideText, arguments_text, json_text
from coderoute_ls.providers.answers.tool_calls_and_reasoning.tool_calls import ToolCalls
from coderoute_ls.providers.json_access import Json, as_list, as_object, as_text, is_list, is_object
from coderoute_ls.providers.openai_wire import ENDINGS, spoken

_GOOD = frozenset({"stop", "tool_calls"})


class _Choice:
    """One answer of a stream."""

    def __init__(self, reader: "ChatBeside", index: int) -> None:
        self.reader = reader
        self.index = index
        self.calls = ToolCalls(index)
        self.details: list[Json] = []
        self.said: list[str] = []
        """Text so far, for a server that repeats it."""
        self.ended = False
        self._at: dict[int, Hashable] = {}
        """The call that is open under the vendor's index."""
        self._home: dict[Hashable, int] = {}
        """The index that a call opened under: the same id under another one is another call."""
        self._made = 0

    def take(self, choice: Json) -> Iterator[StreamEvent]:
        delta = as_object(choice.get("delta"))
        message = as_object(choice.get("message"))
        text, reasoning, refusal = spoken(delta)
        if not text and message:
            whole, aloud, refusal = spoken(message)
            said = "".join(self.said)
            text = whole[len(said) :] if whole.startswith(said) else "" if delta else whole
            reasoning = reasoning or ("" if self.said else aloud)
        text = text or as_text(choice.get("text"))
        source = delta if delta.get("tool_calls") or delta.get("function_call") or not message else message
        self.details += [each for each in as_list(source.get("reasoning_details")) if is_object(each)]
        if reasoning:
            yield Delta("", reasoning, self.index)
        if text or source.get("tool_calls") or choice.get("finish_reason"):
            yield from self._flush()
        if text:
            self.said.append(text)
            yield Delta(text, "", self.index)
        if refusal:
            yield Refusal(refusal, self.index)
        yield from self._called(source)
        for each in map(as_object, as_list(source.get("annotations"))):
            yield _citation(each, self.index)
        if word := as_text(choice.get("finish_reason")):
            yield from self._end(word)

    def _called(self, source: Json) -> Iterator[StreamEvent]:
        for item in map(as_object, as_list(source.get("tool_calls"))):
            custom = as_object(item.get("custom"))
            function = as_object(item.get("function")) or custom
            name, wire_id = as_text(function.get("name")), as_text(item.get("id"))
            arguments = arguments_text(function.get("input") if custom else function.get("arguments"))
            key = self._key(item, wire_id, name)
            yield from self.calls.grow(key, wire_id, name, arguments, custom=bool(custom))
        if is_object(old := source.get("function_call")):
            yield from self.calls.grow("function_call", "", as_text(old.get("name")), arguments_text(old.get("arguments")))

    def _key(self, item: Json, wire_id: str, name: str) -> Hashable:
        """Which call a fragment belongs to. A known id says so; else the index, unless a new id and name come under it: then a
        second call opens there. Without both, a name opens a call, and anything else continues the last one."""
        calls, index = self.calls, item.get("index")
        found = calls.by_wire_id(wire_id)
        if found is not None and (not isinstance(index, int) or self._home.get(found) == index):
            return found
        if isinstance(index, int):
            key = self._at.get(index)
            if key is None or not calls.begun(key) or (wire_id and name and calls.wire_id_of(key)):
                key = self._at[index] = self._fresh()
                self._home[key] = index
            return key
        last = calls.sole()
        again = name and last is not None and (calls.has_arguments(last) or name != calls.name_of(last))
        return self._fresh() if last is None or wire_id or again else last

    def _fresh(self) -> Hashable:
        self._made += 1
        return self._made

    def _flush(self) -> Iterator[StreamEvent]:
        """The reasoning is over: what OpenRouter wants back of it."""
        if self.details:
            yield self.reader.token("details", json_text(_joined(self.details)), choice=self.index)
            self.details = []

    def _end(self, word: str) -> Iterator[StreamEvent]:
        reason = ENDINGS.get(word.lower(), "other")
        if reason in _GOOD:
            yield from self.calls.end_all()
        else:
            yield from self.calls.open_all()
        if self.index and not self.ended:
            self.reader.others[self.index] = "tool_calls" if reason == "stop" and self.calls.any else reason
        self.ended = True


class ChatBeside(BesideText):
    """Keeps the answers apart by their index. Where only one was asked for, its index does not matter."""

    def __init__(self, vendor: str, family: str, format_: str, choices: int = 1) -> None:
        super().__init__(vendor, family, format_, choices)
        self._choices: dict[int, _Choice] = {}
        self._wire_index: dict[object, int] = {}
        self._only: _Choice | None = None
        """The only answer that was asked for, once it began."""

    def plain(self, data: Json) -> Delta | None:
        """The piece of text that an event is, where it is nothing else: nearly every event of nearly every vendor."""
        choices = data.get("choices")
        if self._only is None or not is_list(choices) or len(choices) != 1 or not is_object(choice := choices[0]):
            return None
        delta = choice.get("delta")
        if self._wire_index.get(choice.get("index") or 0) != 0:
            return None
        if not is_object(delta) or len(delta) != 1 or choice.get("finish_reason") or choice.get("error") or self._only.details:
            return None
        text = delta.get("content")
        if not text or not isinstance(text, str):
            return None
        self._only.said.append(text)
        return Delta(text)

    def event(self, name: str, data: Json) -> list[StreamEvent]:
        del name
        events: list[StreamEvent] = []
        for choice in as_list(data.get("choices")):
            if is_object(choice) and (index := self.index(choice)) is not None:
                state = self._choices.get(index)
                if state is None:
                    state = self._choices[index] = _Choice(self, index)
                    state.calls.seed = as_text(data.get("id"))
                    if index == 0:
                        self.calls = state.calls
                        self._only = state if self.choices == 1 else None
                events += state.take(choice)
        return events

    def whole(self, body: Json) -> list[StreamEvent]:
        return self.event("", body)

    @property
    def all_ended(self) -> bool:
        """Whether every answer that was asked for has told its end."""
        return len(self._choices) >= self.choices and all(choice.ended for choice in self._choices.values())

    def index(self, choice: Json) -> int | None:
        """Our index of a choice; None for one that was not asked for."""
        wire = choice.get("index") or 0
        if wire not in self._wire_index:
            self._wire_index[wire] = wire if self.choices > 1 and isinstance(wire, int) else len(self._wire_index)
        index = self._wire_index[wire]
        return index if index < self.choices else None


def _joined(details: list[Json]) -> list[Json]:
    """Pieces of one detail as one: those in a row with the same type and index. Text grows, everything else is the last word."""
    whole: list[Json] = []
    for piece in details:
        last = whole[-1] if whole else None
        same = last is not None and (last.get("type"), last.get("index")) == (piece.get("type"), piece.get("index"))
        if last is None or not same or "data" in piece or "data" in last:
            whole.append(dict(piece))
            continue
        for name, value in piece.items():
            if name in ("text", "summary") and isinstance(value, str):
                last[name] = as_text(last.get(name)) + value
            elif value is not None or name not in last:
                last[name] = value
    return whole


def _citation(annotation: Json, choice: int) -> Citation:
    about = as_object(annotation.get("url_citation")) or annotation
    start, end = about.get("start_index"), about.get("end_index")
    return Citation(
        as_text(about.get("url")),
        as_text(about.get("title")),
        as_text(about.get("content")),
        start if isinstance(start, int) else None,
        end if isinstance(end, int) else None,
        annotation,
        choice,
    )


READER = ChatBeside
