"""``mistral-fim``: the fill-in-the-middle endpoint of Mistral, Codestral and Inception; it answers in chat chunks."""

from coderoute_ls.domain import Delta
from coderoute_ls.errors import RequestRejected
from coderoute_ls.providers.dialect import Dialect, DialectCall, DialectRequest
from coderoute_ls.providers.fill_in_middle import with_snippets
from coderoute_ls.providers.json_access import Json, as_text
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


class FimDecoder(ChatDecoder):
    """Chat chunks; Inception says ``text`` where Mistral says ``delta`` or ``message``."""

    def piece(self, choice: Json) -> Delta | None:
        text = as_text(choice.get("text"))
        return super().piece(choice) or (Delta(text) if text else None)


DIALECT = Dialect("mistral-fim", encode, FimDecoder, fim=True)
