"""``openai-chat``: chat completions, the dialect of most vendors and local servers, with small differences between them."""

from coderoute_ls.domain.decisions import Privacy
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.providers.dialect import Dialect, DialectCall, DialectRequest
from coderoute_ls.providers.json_access import Json
from coderoute_ls.providers.openai_wire import ChatDecoder


def encode(ask: DialectRequest) -> DialectCall:
    """What is beside text is written by a module of its own, loaded then."""
    call = _plain(ask)
    if ask.prompt.text_only or ask.prompt.fim is not None:
        return call
    from coderoute_ls.providers.requests.chat import written

    return written(ask, call)


def _plain(ask: DialectRequest) -> DialectCall:
    """System text and messages in order: what stays the same comes first, so that the vendor's prefix cache holds."""
    prompt, vendor = ask.prompt, ask.vendor
    messages: list[object] = [{"role": "system", "content": _system(ask)}] if prompt.system else []
    messages += [{"role": message.role, "content": message.text} for message in prompt.messages]
    body: Json = {"model": ask.offer.wire_id, "messages": messages, vendor.max_tokens_field: prompt.max_tokens}
    if ask.stream:
        body["stream"] = True
        if vendor.include_usage:
            body["stream_options"] = {"include_usage": True}
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if prompt.stop:
        body["stop"] = list(prompt.stop[:4])
    if ask.effort is not None:
        body.update(_effort(vendor, ask.effort, ask.offer.wire_id))
    if vendor.broker and (wishes := {**_privacy(prompt.privacy), **_most(prompt.host_price)}):
        body["provider"] = wishes
    headers: dict[str, str] = {}
    if prompt.session and vendor.session_field:
        (headers if "-" in vendor.session_field else body)[vendor.session_field] = prompt.session
    return DialectCall("/chat/completions", body, headers)


def _privacy(privacy: Privacy) -> Json:
    match privacy:
        case "any":
            return {}
        case "zdr":
            return {"zdr": True}
        case _:
            return {"data_collection": "deny"}


def _most(price: tuple[float, float] | None) -> Json:
    """The dearest host that a broker may send the request to. A price of 0 is no limit: a host has to be below it."""
    parts = zip(("prompt", "completion"), price or (0.0, 0.0), strict=True)
    most = {part: usd for part, usd in parts if usd > 0}
    return {"max_price": most} if most else {}


def _system(ask: DialectRequest) -> object:
    """The system text; with a cache mark where the vendor passes one on to a model that wants it."""
    system = ask.prompt.system
    if ask.vendor.broker and ask.prompt.cacheable_chars and ask.offer.wire_id.startswith("anthropic/"):
        return [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}]
    return system


def _effort(vendor: Vendor, effort: str, model: str) -> Json:
    thinks = effort != "none"
    match vendor.effort:
        case "reasoning":
            return {"reasoning": {"effort": effort} if thinks else {"enabled": False}}
        case "thinking":
            return {"thinking": {"type": "enabled" if thinks else "disabled"}}
        case "thinking_and_effort":
            return {"thinking": {"type": "enabled"}, "reasoning_effort": effort} if thinks else {"thinking": {"type": "disabled"}}
        case "enable_thinking":
            return {"enable_thinking": thinks}
        case "template":
            return {"chat_template_kwargs": {"enable_thinking": thinks}}
        case "reasoning_effort":
            return {"reasoning_effort": effort}
        case "none":
            return {}


DIALECT = Dialect("openai-chat", encode, ChatDecoder, beside="chat")
