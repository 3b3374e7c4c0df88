"""``llamacpp-infill``: llama.cpp's ``/infill``, which knows its model's FIM tokens; it answers like its ``/completion``."""

from collections.abc import Mapping
from typing import ClassVar

from coderoute_ls.domain import Delta, FinishReason, Usage
from coderoute_ls.errors import RequestRejected
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest
from coderoute_ls.providers.json_access import Json, as_count, as_text


def encode(ask: DialectRequest) -> DialectCall:
    """Raises RequestRejected for a prompt that is a conversation."""
    prompt, fim = ask.prompt, ask.prompt.fim
    if fim is None:
        raise RequestRejected(f"{ask.offer.id} only completes code; it cannot follow an instruction.", provider=ask.vendor.id)
    body: Json = {
        "input_prefix": fim.prefix,
        "input_suffix": fim.suffix,
        "input_extra": [{"filename": snippet.path, "text": snippet.text} for snippet in fim.snippets],
        "n_predict": prompt.max_tokens,
        "stream": ask.stream,
        "cache_prompt": True,
    }
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if prompt.stop:
        body["stop"] = list(prompt.stop)
    return DialectCall("/infill", body)


class InfillDecoder(Decoder):
    """``stop: true`` ends it; only ``stop_type`` (or a flag, in builds of 2023) tells a cut answer from a finished one."""

    endings: ClassVar[Mapping[str, FinishReason]] = {"eos": "stop", "word": "stop", "limit": "length"}

    def holds_answer(self, data: Json) -> bool:
        return "content" in data or "stop" in data

    def event(self, name: str, data: Json) -> Delta | None:
        if data.get("stop") is True:
            self.over = True
            self.model = as_text(data.get("model"))
            flags = (kind for kind in ("limit", "eos", "word") if data.get(f"stopped_{kind}"))
            self.end(as_text(data.get("stop_type")) or next(flags, ""))
            counts = {name: data[name] for name in ("tokens_evaluated", "tokens_predicted") if name in data}
            self.count(Usage(as_count(data.get("tokens_evaluated")), as_count(data.get("tokens_predicted")), raw=counts))
        text = as_text(data.get("content"))
        return Delta(text) if text else None

    def whole(self, body: Json) -> Delta | None:
        if "content" not in body:
            self.fail(body)
        return self.event("", {**body, "stop": True})


DIALECT = Dialect("llamacpp-infill", encode, InfillDecoder, fim=True, models_path="/v1/models")
