"""Ollama: whole calls, their arguments as objects, mostly without ids."""

from collections.abc import Iterator

from coderoute_ls.domain import Delta, StreamEvent
from coderoute_ls.providers.answers.tool_calls_and_reasoning.shared_reader import BesideText, arguments_text
from coderoute_ls.providers.json_access import Json, as_list, as_object, as_text


class OllamaBeside(BesideText):
    """Each line may hold text, thoughts and calls."""

    def __init__(self, vendor: str, family: str, format_: str, choices: int = 1) -> None:
        super().__init__(vendor, family, format_, choices)
        self._made = 0

    def event(self, name: str, data: Json) -> list[StreamEvent]:
        del name
        return list(self._event(data))

    def whole(self, body: Json) -> list[StreamEvent]:
        return list(self._event(body))

    def _event(self, data: Json) -> Iterator[StreamEvent]:
        message = as_object(data.get("message")) or data
        text, reasoning = as_text(message.get("content")) or as_text(data.get("response")), as_text(message.get("thinking"))
        if text or reasoning:
            yield Delta(text, reasoning)
        self.calls.seed = self.calls.seed or as_text(data.get("created_at"))
        for call in map(as_object, as_list(message.get("tool_calls"))):
            function = as_object(call.get("function"))
            self._made += 1
            arguments = arguments_text(function.get("arguments"))
            yield from self.calls.whole(self._made, as_text(call.get("id")), as_text(function.get("name")), arguments)


READER = OllamaBeside
