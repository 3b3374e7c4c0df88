"""``POST /v1/completions`` and ``/v1/fim/completions``: a hole to fill, as editors without a chat ask for it. A prompt for a
model of next edits (Zed's zeta) is answered in its own words by any model that chats.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, cast

from coderoute_ls.domain import Delta, Fim, Finish, Message, Prompt, StreamEvent
from coderoute_ls.domain.conversation import WireRequest
from coderoute_ls.gateway import request_fields as fields
from coderoute_ls.gateway.caller_error import CallerError, invalid
from coderoute_ls.gateway.faces.chat_completions import FACE as CHAT
from coderoute_ls.gateway.faces.chat_completions import FINISH_REASONS, usage
from coderoute_ls.gateway.faces.face import FaceRequest, Json, WhoAnswers, server_sent
from coderoute_ls.gateway.http.request_body import json_object
from coderoute_ls.next_edit.codecs import CODECS, Codec, RegionRequest, read_prompt

_KNOWN = frozenset(
    ("model", "prompt", "suffix", "stream", "stream_options", "max_tokens", "temperature", "top_p", "stop", "seed", "n", "user",
     "min_coding_score", "echo", "best_of", "logprobs")
)  # fmt: skip
DEFAULT_MAX_TOKENS = 256
NEXT_EDIT = Prompt(max_tokens=1024, temperature=0.0)
"""As the editor's own next edits are asked."""
_NextEdit = tuple[Codec, RegionRequest]


class TextCompletions:
    """The face. Its floor is read on the axis of completions."""

    paths: ClassVar[tuple[str, ...]] = ("/v1/completions", "/v1/fim/completions")
    format: ClassVar[str] = "openai-completions"

    def decode(self, body: bytes, headers: Mapping[str, str]) -> FaceRequest:
        return self.read(json_object(body), headers, body)

    def read(self, said: Json, headers: Mapping[str, str], body: bytes = b"") -> FaceRequest:
        del headers
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
            extras=fields.unknown(said, _KNOWN, self.format),
            origin=WireRequest(self.format, body),
        )
        counted = fields.flag(fields.object_at(said, "stream_options"), "include_usage")
        asked = None if prompt.fim and prompt.fim.suffix else read_prompt(before)
        return FaceRequest(
            prompt,
            fields.text(said, "model"),
            fields.flag(said, "stream"),
            said.get("min_coding_score"),
            next_edit=None if asked is None else replace(NEXT_EDIT, messages=(_question(asked[1]),), user=prompt.user),
            options={"include_usage": counted, "next_edit": asked},
        )

    def writer(self, request: FaceRequest, who: WhoAnswers) -> "TextWriter":
        return TextWriter(who, _next_edit(request), usage=bool(request.options["include_usage"]))

    def whole(self, request: FaceRequest, who: WhoAnswers, events: list[StreamEvent], finish: Finish) -> Json:
        text = "".join(event.text for event in events if isinstance(event, Delta))
        if (asked := _next_edit(request)) is not None:
            text = _in_format_of(asked, text, finish)
        return {**_chunk(who, text, FINISH_REASONS[finish.reason]), "usage": usage(finish, who)}

    def error(self, error: CallerError) -> Json:
        return CHAT.error(error)


class TextWriter:
    """Chunks of text, then the reason of the end, then the end sign. A next edit is one chunk: what it is, its end decides."""

    def __init__(self, who: WhoAnswers, next_edit: _NextEdit | None, *, usage: bool) -> None:
        self._who = who
        self._next_edit = next_edit
        self._usage = usage
        self._held = ""

    def start(self) -> bytes:
        return b""

    def event(self, event: StreamEvent) -> bytes:
        if not isinstance(event, Delta) or not event.text:
            return b""
        if self._next_edit is not None:
            self._held += event.text
            return b""
        return server_sent(_chunk(self._who, event.text, None))

    def finish(self, finish: Finish) -> bytes:
        said = b""
        if self._next_edit is not None:
            said = server_sent(_chunk(self._who, _in_format_of(self._next_edit, self._held, finish), None))
        last = _chunk(self._who, "", FINISH_REASONS[finish.reason])
        return said + server_sent({**last, "usage": usage(finish, self._who)} if self._usage else last) + b"data: [DONE]\n\n"

    def failed(self, error: CallerError) -> bytes:
        return server_sent(CHAT.error(error)) + b"data: [DONE]\n\n"


def _next_edit(request: FaceRequest) -> _NextEdit | None:
    """How the answer is to be written, where a model that chats was asked for a next edit."""
    return None if request.prompt.fim is not None else cast("_NextEdit | None", request.options["next_edit"])


def _question(region: RegionRequest) -> Message:
    return Message("user", CODECS["chat"].render(region))


def _in_format_of(asked: _NextEdit, text: str, finish: Finish) -> str:
    """The answer of the model that chatted in the words of the one that was meant. What is cut, or talk, is no edit."""
    codec, region = asked
    assert codec.write is not None
    return codec.write(CODECS["chat"].parse(text, region) if finish.reason == "stop" else None, region)


def _chunk(who: WhoAnswers, text: str, reason: str | None) -> Json:
    choice = {"index": 0, "text": text, "finish_reason": reason, "logprobs": None}
    head = {"id": f"cmpl-{who.id}", "object": "text_completion", "created": who.created, "model": who.model}
    return {**head, "choices": [choice]}


FACE = TextCompletions()
