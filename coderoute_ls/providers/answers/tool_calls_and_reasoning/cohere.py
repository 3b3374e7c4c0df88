"""Cohere's chat: one kind of event per kind of thing. The plan before its calls is reasoning."""

from collections.abc import Iterator

from coderoute_ls.domain import Delta, FinishReason, StreamEvent
from coderoute_ls.domain.conversation import Citation
from coderoute_ls.providers.answers.tool_calls_and_reasoning.shared_reader import BesideText, arguments_text
from coderoute_ls.providers.json_access import Json, as_list, as_object, as_text


class CohereBeside(BesideText):
    """Calls are numbered, and their ends are told."""

    def event(self, name: str, data: Json) -> list[StreamEvent]:
        return list(
            self._event(
                as_text(data.get("type")) or name, data.get("index"), as_object(as_object(data.get("delta")).get("message"))
            )
        )

    def whole(self, body: Json) -> list[StreamEvent]:
        return list(self._whole(as_object(body.get("message"))))

    def _event(self, kind: str, index: object, message: Json) -> Iterator[StreamEvent]:
        call = as_object(message.get("tool_calls"))
        function = as_object(call.get("function"))
        match kind:
            case "content-start" | "content-delta":
                content = as_object(message.get("content"))
                if (text := as_text(content.get("text"))) or content.get("thinking"):
                    yield Delta(text, as_text(content.get("thinking")))
            case "tool-plan-delta":
                yield Delta("", as_text(message.get("tool_plan")))
            case "tool-call-start":
                yield from self.calls.grow(index, as_text(call.get("id")), as_text(function.get("name")), "")
                yield from self.calls.opened(index)
                yield from self.calls.grow(index, "", "", arguments_text(function.get("arguments")))
            case "tool-call-delta":
                yield from self.calls.grow(index, "", "", arguments_text(function.get("arguments")))
            case "tool-call-end":
                yield from self.calls.end(index)
            case "citation-start":
                yield from map(_citation, map(as_object, [message.get("citations")]))
            case _:
                pass

    def _whole(self, message: Json) -> Iterator[StreamEvent]:
        if plan := as_text(message.get("tool_plan")):
            yield Delta("", plan)
        for part in map(as_object, as_list(message.get("content"))):
            yield Delta(as_text(part.get("text")), as_text(part.get("thinking")))
        yield from map(_citation, map(as_object, as_list(message.get("citations"))))
        for index, call in enumerate(map(as_object, as_list(message.get("tool_calls")))):
            function = as_object(call.get("function"))
            arguments = arguments_text(function.get("arguments"))
            yield from self.calls.whole(index, as_text(call.get("id")), as_text(function.get("name")), arguments)

    def reason(self, reason: FinishReason) -> FinishReason:
        return reason


def _citation(citation: Json) -> Citation:
    sources = as_list(citation.get("sources"))
    document = as_object(as_object(sources[0]).get("document")) if sources else {}
    start, end = citation.get("start"), citation.get("end")
    return Citation(
        as_text(document.get("url")),
        as_text(document.get("title")),
        as_text(citation.get("text")),
        start if isinstance(start, int) else None,
        end if isinstance(end, int) else None,
        citation,
    )


READER = CohereBeside
