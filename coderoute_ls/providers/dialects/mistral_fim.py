"""``mistral-fim``: the fill-in-the-middle endpoint of Mistral, Codestral and Inception; it answers in chat chunks."""

from coderoute_ls.errors import RequestRejected
from coderoute_ls.providers.dialect import Dialect, DialectCall, DialectRequest
from coderoute_ls.providers.fill_in_middle_templates import with_snippets
from coderoute_ls.providers.json_access import Json
from coderoute_ls.providers.openai_wire import ChatDecoder


def encode(ask: DialectRequest) -> DialectCall:
    """Raises RequestRejected for a prompt that is a conversation."""
    prompt, fim = ask.prompt, ask.prompt.fim
    if fim is None:
        raise RequestRejected(f"{ask.offer.id} only completes code; it cannot follow an instruction.", provider=ask.vendor.id)
    body: Json = {
        "model": ask.offer.wire_id,
        "prompt": with_snippets(fim),
        "suffix": fim.suffix or ask.vendor.empty_suffix,
        "max_tokens": prompt.max_tokens,
        "stream": ask.stream,
    }
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if prompt.stop:
        body["stop"] = list(prompt.stop)
    return DialectCall("/fim/completions", body)


DIALECT = Dialect("mistral-fim", encode, ChatDecoder, fim=True)
