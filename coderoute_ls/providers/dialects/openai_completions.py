"""``openai-completions``: text completions with prefix and suffix (DeepSeek beta, SiliconFlow, …), or with a model's raw FIM
template where the endpoint takes no suffix (vLLM, …)."""

from coderoute_ls.domain import Delta
from coderoute_ls.errors import RequestRejected
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest
from coderoute_ls.providers.fill_in_middle import fill, with_snippets
from coderoute_ls.providers.json_access import Json, as_list, as_text, is_object
from coderoute_ls.providers.openai_wire import finish_reason, openai_usage

MAX_STOPS = 4
"""OpenAI-compatible servers refuse more."""


def encode(ask: DialectRequest) -> DialectCall:
    """Raises RequestRejected for a prompt that is a conversation: this dialect only fills holes."""
    prompt, fim, support = ask.prompt, ask.prompt.fim, ask.offer.fim
    if fim is None:
        raise RequestRejected(f"{ask.offer.id} only completes code; it cannot follow an instruction.", provider=ask.vendor.id)
    template = support.template if support else None
    stops = (*(support.stop if support else ()), *prompt.stop)[:MAX_STOPS]
    body: Json = {"model": ask.offer.wire_id, "max_tokens": prompt.max_tokens}
    if template is None:
        body |= {"prompt": with_snippets(fim), "suffix": fim.suffix}
    else:
        body["prompt"] = fill(template, fim)
    if ask.stream:
        body["stream"] = True
        if ask.vendor.include_usage:
            body["stream_options"] = {"include_usage": True}
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if stops:
        body["stop"] = list(stops)
    return DialectCall("/completions", body)


class CompletionDecoder(Decoder):
    """Chunks and whole answers have the same shape here."""

    def event(self, name: str, data: Json) -> Delta | None:
        if usage := data.get("usage"):
            self.count(openai_usage(usage))
        if not self.model:
            self.model = as_text(data.get("model"))
        for choice in as_list(data.get("choices")):
            if is_object(choice) and not choice.get("index"):
                wire = choice.get("finish_reason")
                if isinstance(wire, str) and wire:
                    self.wire_reason, self.reason, self.ended = wire, finish_reason(wire), True
                text = as_text(choice.get("text"))
                return Delta(text) if text else None
        return None

    def whole(self, body: Json) -> Delta | None:
        if not as_list(body.get("choices")):
            self.fail(body)
        return self.event("", body)


DIALECT = Dialect("openai-completions", encode, CompletionDecoder, fim=True)
