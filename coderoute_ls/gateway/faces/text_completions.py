"""``POST /v1/completions`` and ``/v1/fim/completions``: a hole to fill, as editors without a chat ask for it."""

from collections.abc import Mapping
from typing import ClassVar

from coderoute_ls.domain import Delta, Fim, Finish, Prompt, StreamEvent
from coderoute_ls.domain.conversation import Extra, WireRequest
from coderoute_ls.gateway import request_fields as fields
from coderoute_ls.gateway.caller_error import CallerError, invalid
from coderoute_ls.gateway.faces.chat_completions import FACE as CHAT
from coderoute_ls.gateway.faces.chat_completions import FINISH_REASONS, usage
from coderoute_ls.gateway.faces.face import FaceRequest, Json, WhoAnswers, server_sent
from coderoute_ls.gateway.http.request_body import json_object

_KNOWN = frozenset(
    ("model", "prompt", "suffix", "stream", "stream_options", "max_tokens", "temperature", "top_p", "stop", "seed", "n", "user",
     "min_coding_score", "echo", "best_of", "logprobs")
)  # fmt: skip
DEFAULT_MAX_TOKENS = 256


class TextCompletions:
    """The face. Its floor is read on the axis of completions."""

    paths: ClassVar[tuple[str, ...]] = ("/v1/completions", "/v1/fim/completions")
    format: ClassVar[str] = "openai-completions"

    def decode(self, body: bytes, headers: Mapping[str, str]) -> FaceRequest:
        del headers
        said = json_object(body)
        before = said.get("prompt")
        if not isinstance(before, str):
            raise invalid("`prompt` must be one string.", "prompt")
        for unobeyed in ("echo", "logprobs", "best_of"):
            if said.get(unobeyed) not in (None, False, 0, 1):
                raise invalid(f"`{unobeyed}` cannot be obeyed.", unobeyed)
        if fields.count(said, "n", 1, 1) is None and not before and not said.get("suffix"):
            raise invalid("`prompt` is empty.", "prompt")
        prompt = Prompt(
            fim=Fim(before, fields.text(said, "suffix")),
            max_tokens=fields.count(said, "max_tokens") or DEFAULT_MAX_TOKENS,
            temperature=fields.number(said, "temperature", 0, 2),
            stop=fields.texts(said, "stop", 64),
            seed=fields.count(said, "seed", -(1 << 63), (1 << 63) - 1),
            user=fields.text(said, "user"),
            extras=tuple(Extra(self.format, name, value) for name, value in said.items() if name not in _KNOWN),
            origin=WireRequest(self.format, body),
        )
        counted = fields.flag(fields.object_at(said, "stream_options"), "include_usage")
        return FaceRequest(
            prompt,
            fields.text(said, "model"),
            fields.flag(said, "stream"),
            said.get("min_coding_score"),
            options={"include_usage": counted},
        )

    def writer(self, request: FaceRequest, who: WhoAnswers) -> "TextWriter":
        return TextWriter(who, usage=bool(request.options["include_usage"]))

    def whole(self, request: FaceRequest, who: WhoAnswers, events: list[StreamEvent], finish: Finish) -> Json:
        del request
        text = "".join(event.text for event in events if isinstance(event, Delta))
        return {**_chunk(who, text, FINISH_REASONS[finish.reason]), "usage": usage(finish, who)}

    def error(self, error: CallerError) -> Json:
        return CHAT.error(error)


class TextWriter:
    """Chunks of text, then the reason of the end, then the end sign."""

    def __init__(self, who: WhoAnswers, *, usage: bool) -> None:
        self._who = who
        self._usage = usage

    def start(self) -> bytes:
        return b""

    def event(self, event: StreamEvent) -> bytes:
        return server_sent(_chunk(self._who, event.text, None)) if isinstance(event, Delta) and event.text else b""

    def finish(self, finish: Finish) -> bytes:
        last = _chunk(self._who, "", FINISH_REASONS[finish.reason])
        return server_sent({**last, "usage": usage(finish, self._who)} if self._usage else last) + b"data: [DONE]\n\n"

    def failed(self, error: CallerError) -> bytes:
        return server_sent(CHAT.error(error)) + b"data: [DONE]\n\n"


def _chunk(who: WhoAnswers, text: str, reason: str | None) -> Json:
    choice = {"index": 0, "text": text, "finish_reason": reason, "logprobs": None}
    head = {"id": f"cmpl-{who.id}", "object": "text_completion", "created": who.created, "model": who.model}
    return {**head, "choices": [choice]}


FACE = TextCompletions()
