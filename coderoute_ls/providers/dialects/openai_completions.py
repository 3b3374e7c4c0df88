"""``openai-completions``: text completions with prefix and suffix (DeepSeek beta, SiliconFlow, …), or with a model's raw FIM
template where the endpoint takes no suffix (vLLM, …)."""

from coderoute_ls.errors import RequestRejected
from coderoute_ls.providers.dialect import Dialect, DialectCall, DialectRequest
from coderoute_ls.providers.fill_in_middle_templates import fill, fill_for_cache, with_snippets
from coderoute_ls.providers.json_access import Json
from coderoute_ls.providers.openai_wire import ChoicesDecoder

MAX_STOPS = 4
"""OpenAI-compatible servers refuse more."""


def encode(ask: DialectRequest) -> DialectCall:
    """Raises RequestRejected for a prompt that is a conversation: this dialect only fills holes."""
    prompt, fim, support = ask.prompt, ask.prompt.fim, ask.offer.fim
    if fim is None:
        raise RequestRejected(f"{ask.offer.id} only completes code; it cannot follow an instruction.", provider=ask.vendor.id)
    template = support.template if support else None
    stops = (*prompt.stop, *(support.stop if support else ()))[:MAX_STOPS]
    body: Json = {"model": ask.offer.wire_id, "max_tokens": prompt.max_tokens}
    if template is None:
        body |= {"prompt": with_snippets(fim), "suffix": fim.suffix}
    else:
        body["prompt"] = (fill_for_cache if ask.vendor.local else fill)(template, fim)
    if ask.stream:
        body["stream"] = True
        if ask.vendor.include_usage:
            body["stream_options"] = {"include_usage": True}
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if ask.vendor.tells_timings:
        body["timings_per_token"] = True
    if stops:
        body["stop"] = list(stops)
    return DialectCall("/completions", body)


class CompletionDecoder(ChoicesDecoder):
    """Chunks and whole answers have the same shape here."""


DIALECT = Dialect("openai-completions", encode, CompletionDecoder, fim=True)
