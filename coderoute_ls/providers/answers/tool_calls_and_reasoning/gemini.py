"""Gemini: whole calls in parts without ids, calls that stream as paths into their arguments, signatures on any part."""

import re
from collections.abc import Iterator

from coderoute_ls.domain import Delta, FinishReason, StreamEvent
from coderoute_ls.domain.conversation import Citation
from coderoute_ls.providers.answers.tool_calls_and_reasoning.shared_reader import BesideText, json_text
from coderoute_ls.providers.answers.tool_calls_and_reasoning.tool_calls import ToolCalls
from coderoute_ls.providers.json_access import Json, as_list, as_object, as_text, is_list, is_object

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]")
_KNOWN = frozenset({"text", "thought", "thoughtSignature", "functionCall"})


class GeminiBeside(BesideText):
    """Signatures stay on the part that they came with: a call, a text, or a thought."""

    def __init__(self, vendor: str, family: str, format_: str, choices: int = 1) -> None:
        super().__init__(vendor, family, format_, choices)
        self._calls: dict[int, ToolCalls] = {0: self.calls}
        self._made = 0
        self._growing: dict[int, tuple[int, Json]] = {}
        """By answer: the call that goes on in the next part, and its arguments so far."""

    def event(self, name: str, data: Json) -> list[StreamEvent]:
        del name
        return list(self._event(data))

    def whole(self, body: Json) -> list[StreamEvent]:
        return list(self._event(body))

    def _event(self, data: Json) -> Iterator[StreamEvent]:
        for place, candidate in enumerate(map(as_object, as_list(data.get("candidates")))):
            wire = candidate.get("index")
            index = wire if isinstance(wire, int) else place
            if index >= self.choices:
                continue
            calls = self._calls.setdefault(index, ToolCalls(index))
            calls.seed = as_text(data.get("responseId"))
            for part in map(as_object, as_list(as_object(candidate.get("content")).get("parts"))):
                yield from self._part(index, calls, part)
            for web in self._sources(candidate):
                yield Citation(as_text(web.get("uri")), as_text(web.get("title")), raw=web, choice=index)
            if index and (word := as_text(candidate.get("finishReason"))):
                from coderoute_ls.providers.dialects.gemini import GeminiDecoder

                ended = GeminiDecoder.endings.get(word.lower(), "other")
                self.others[index] = "tool_calls" if ended == "stop" and calls.any else ended

    def _part(self, index: int, calls: ToolCalls, part: Json) -> Iterator[StreamEvent]:
        signature, text = as_text(part.get("thoughtSignature")), as_text(part.get("text"))
        call = part.get("functionCall")
        if is_object(call):
            yield from self._call(index, calls, call, signature)
            return
        if part.get("thought"):
            if text:
                yield Delta("", text, index)
            if signature:
                yield self.token("thought_signature", signature, choice=index)
            return
        if text:
            yield Delta(text, "", index)
        if part.keys() - _KNOWN:
            yield self.unknown(part)
        elif signature:
            yield self.token("thought_signature", signature, text=True, choice=index)

    def _call(self, index: int, calls: ToolCalls, call: Json, signature: str) -> Iterator[StreamEvent]:
        """A whole call, or the next part of one that goes on: an empty part is its end."""
        name, growing = as_text(call.get("name")), self._growing.get(index)
        if growing is not None and not name:
            key, arguments = growing
        else:
            self._made += 1
            key, arguments = self._made, dict(as_object(call.get("args")))
            yield from calls.grow(key, as_text(call.get("id")), name, "")
        for piece in map(as_object, as_list(call.get("partialArgs"))):
            _put(arguments, piece)
        if call.get("willContinue"):
            self._growing[index] = key, arguments
            yield from calls.opened(key)
        else:
            self._growing.pop(index, None)
            yield from calls.grow(key, "", "", json_text(arguments))
            yield from calls.end(key)
        if signature:
            yield self.token("thought_signature", signature, call=calls.last, choice=index)

    def _sources(self, candidate: Json) -> Iterator[Json]:
        for chunk in map(as_object, as_list(as_object(candidate.get("groundingMetadata")).get("groundingChunks"))):
            if web := as_object(chunk.get("web")):
                yield web

    def reason(self, reason: FinishReason) -> FinishReason:
        """A call that goes on when the answer ends is none."""
        return "incomplete" if self._growing.get(0) is not None and reason == "stop" else super().reason(reason)


def _put(arguments: Json, piece: Json) -> None:
    """Set the value that a piece tells at its path; text at a path that has text already goes on."""
    path = [int(match[2]) if match[2] else match[1] or match[3] for match in _STEP.finditer(as_text(piece.get("jsonPath")))]
    value = next((piece[name] for name in ("stringValue", "numberValue", "boolValue") if name in piece), None)
    here: object = arguments
    for step, following in zip(path, [*path[1:], None], strict=True):
        fresh: object = value if following is None else [] if isinstance(following, int) else {}
        if is_object(here) and isinstance(step, str):
            if following is None and isinstance(value, str) and isinstance(old := here.get(step), str):
                fresh = old + value
            here[step] = here[step] if following is not None and step in here else fresh
            here = here[step]
        elif is_list(here) and isinstance(step, int) and step <= len(here):
            if step == len(here):
                here.append(fresh)
            elif following is None:
                old = here[step]
                here[step] = old + value if isinstance(old, str) and isinstance(value, str) else value
            here = here[step]
        else:
            return


READER = GeminiBeside
