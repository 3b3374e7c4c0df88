"""Responses: output items that open, grow and close; encrypted reasoning; calls of functions and of tools that take plain
text."""

from collections.abc import Iterator

from coderoute_ls.domain import Delta, StreamEvent
from coderoute_ls.domain.conversation import Citation, Refusal
from coderoute_ls.providers.answers.tool_calls_and_reasoning.shared_reader import BesideText, arguments_text, json_text
from coderoute_ls.providers.json_access import Json, as_list, as_object, as_text

_REASONING = frozenset({"response.reasoning_summary_text.delta", "response.reasoning_text.delta"})
_CALLS = {"function_call": "arguments", "custom_tool_call": "input"}
_GROWS = {"response.function_call_arguments.delta": False, "response.custom_tool_call_input.delta": True}
_GROWN = {"response.function_call_arguments.done": "arguments", "response.custom_tool_call_input.done": "input"}
_FINAL = frozenset({"response.completed", "response.incomplete"})


class ResponsesBeside(BesideText):
    """Items are known by their place in the output. What a server did not stream is read from the item's end, or from the last
    event."""

    def __init__(self, vendor: str, family: str, format_: str, choices: int = 1) -> None:
        super().__init__(vendor, family, format_, choices)
        self._said: dict[object, str] = {}
        """Text so far, by item and part, and by item alone: the parts are not numbered everywhere as they are in the item."""
        self._done: set[object] = set()
        """Items that were read to their end."""
        self._by_id: dict[str, object] = {}
        self._paragraph: dict[object, object] = {}
        """Which paragraph of its thoughts an item has come to."""

    def event(self, name: str, data: Json) -> list[StreamEvent]:
        return list(self._event(as_text(data.get("type")) or name, data))

    def _event(self, kind: str, data: Json) -> Iterator[StreamEvent]:
        place = self._place(data)
        part = data.get("content_index")
        if kind == "response.output_text.delta":
            yield from self._text(place, part, as_text(data.get("delta")))
        elif kind == "response.output_text.done":
            said, text = self._said.get((place, part), ""), as_text(data.get("text"))
            if text.startswith(said):
                yield from self._text(place, part, text[len(said) :])
        elif kind in _REASONING:
            paragraph = data.get("summary_index")
            if self._paragraph.setdefault(place, paragraph) != paragraph:
                self._paragraph[place] = paragraph
                yield Delta("", "\n\n")
            yield Delta("", as_text(data.get("delta")))
        elif kind == "response.refusal.delta":
            self._said[(place, "refusal")] = "said"
            yield Refusal(as_text(data.get("delta")))
        elif kind == "response.output_text.annotation.added":
            yield citation(as_object(data.get("annotation")))
        elif kind in _GROWS:
            yield from self.calls.grow(place, "", "", as_text(data.get("delta")), custom=_GROWS[kind])
        elif kind in _GROWN:
            yield from self.calls.end(place, as_text(data.get(_GROWN[kind])) if _GROWN[kind] in data else None)
        elif kind == "response.output_item.added":
            yield from self._added(place, as_object(data.get("item")))
        elif kind == "response.output_item.done":
            yield from self._item(place, as_object(data.get("item")), complete=True)
        elif kind in _FINAL:
            yield from self._output(as_object(data.get("response")), complete=kind == "response.completed")
        elif kind == "response.created":
            self.calls.seed = as_text(as_object(data.get("response")).get("id"))

    def whole(self, body: Json) -> list[StreamEvent]:
        self.calls.seed = as_text(body.get("id"))
        return list(self._output(body, complete=as_text(body.get("status")) in ("completed", "")))

    def _place(self, data: Json) -> object:
        """The item's place, where a server gives one, else the place of its id."""
        wire = as_text(data.get("item_id")) or as_text(as_object(data.get("item")).get("id"))
        if isinstance(place := data.get("output_index"), int):
            self._by_id.setdefault(wire, place)
            return place
        return self._by_id.setdefault(wire, wire)

    def _text(self, place: object, part: object, text: str) -> Iterator[StreamEvent]:
        for key in ((place, part), place):
            self._said[key] = self._said.get(key, "") + text
        if text:
            yield Delta(text)

    def _added(self, place: object, item: Json) -> Iterator[StreamEvent]:
        kind = as_text(item.get("type"))
        if kind in _CALLS:
            name, arguments = as_text(item.get("name")), arguments_text(item.get(_CALLS[kind]))
            yield from self.calls.grow(place, as_text(item.get("call_id")), name, "", custom=kind == "custom_tool_call")
            yield from self.calls.opened(place)
            if arguments:
                yield from self.calls.grow(place, "", "", arguments)

    def _item(self, place: object, item: Json, *, complete: bool) -> Iterator[StreamEvent]:
        """An item at its end: what of it was not told yet."""
        if place in self._done:
            return
        self._done.add(place)
        kind = as_text(item.get("type"))
        if kind in _CALLS:
            if place in self.calls.ended_keys:
                return
            if not self.calls.begun(place):
                yield from self._added(place, {**item, _CALLS[kind]: ""})
            if complete and as_text(item.get("status")) in ("completed", ""):
                yield from self.calls.end(place, arguments_text(item.get(_CALLS[kind])))
        elif kind == "message":
            yield from self._message(place, [as_object(part) for part in as_list(item.get("content"))])
        elif kind == "reasoning":
            if place not in self._paragraph:
                texts = [as_text(each.get("text")) for each in map(as_object, as_list(item.get("summary")))]
                texts += [as_text(each.get("text")) for each in map(as_object, as_list(item.get("content")))]
                if text := "\n\n".join(filter(None, texts)):
                    yield Delta("", text)
            if item.get("encrypted_content"):
                yield self.token("item", json_text(item))
        elif kind:
            yield self.unknown(item)

    def _message(self, place: object, parts: list[Json]) -> Iterator[StreamEvent]:
        """A message at its end: the text that was not streamed, the notes on it, a refusal."""
        said = self._said.get(place, "")
        text = "".join(as_text(part.get("text")) for part in parts if part.get("type") == "output_text")
        if text.startswith(said):
            yield from self._text(place, None, text[len(said) :])
        for part in parts:
            if part.get("type") == "refusal" and (place, "refusal") not in self._said:
                yield Refusal(as_text(part.get("refusal")))
            if not said:
                yield from (citation(each) for each in map(as_object, as_list(part.get("annotations"))))

    def _output(self, response: Json, *, complete: bool) -> Iterator[StreamEvent]:
        """What the whole output tells that no event did. Its places and ids may be others than those of the events."""
        streamed = {"message": bool(self._said), "reasoning": bool(self._paragraph)}
        for place, item in enumerate(map(as_object, as_list(response.get("output")))):
            kind, wire = as_text(item.get("type")), as_text(item.get("id"))
            if streamed.get(kind) or (wire and self._by_id.get(wire) in self._done):
                continue
            known = self.calls.known(as_text(item.get("call_id")))
            at = known if known is not None else self._by_id.get(wire, ("output", place))
            if kind in _CALLS and known is not None and not self.calls.begun(known):
                continue
            yield from self._item(at, item, complete=complete)
        if complete:
            yield from self.calls.end_all()


def citation(annotation: Json) -> Citation:
    """An annotation of a text."""
    start, end = annotation.get("start_index"), annotation.get("end_index")
    return Citation(
        as_text(annotation.get("url")),
        as_text(annotation.get("title")) or as_text(annotation.get("filename")),
        "",
        start if isinstance(start, int) else None,
        end if isinstance(end, int) else None,
        annotation,
    )


READER = ResponsesBeside
