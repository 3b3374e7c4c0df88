"""The request as it came, for a vendor that speaks its format: its bytes, with the model's name alone replaced."""

from collections.abc import Set
from dataclasses import replace

import orjson

from coderoute_ls.domain.conversation import Loss, WireRequest, rejects
from coderoute_ls.errors import RequestRejected
from coderoute_ls.providers.dialect import DialectCall, DialectRequest
from coderoute_ls.providers.json_access import is_object

_QUIET = frozenset({"stream_options", "max_tokens", "max_completion_tokens", "session_id", "prompt_cache_key"})
"""Fields whose absence changes nothing that was asked for, or that go under another name instead."""


def finished(ask: DialectRequest, call: DialectCall, format_: str, without: Set[str]) -> DialectCall:
    """The call as it is sent: the body that came where that is wanted, else what the dialect wrote. ``without``: fields that this
    endpoint refused before, which is told like any other loss. Raises RequestRejected where the prompt lets nothing be lost."""
    if (same := preserved(ask, call, format_)) is not None:
        return same
    missing = sorted(without & call.body.keys() - _QUIET)
    said = tuple(Loss("warning", "dropped", name, format_, ask.vendor.id, "It refused this field before.") for name in missing)
    if rejects(ask.prompt.loss, said) is not None:
        raise RequestRejected(
            f"{ask.vendor.name} cannot be asked without loss: it refuses {', '.join(missing)}.", provider=ask.vendor.id
        )
    return replace(call, losses=(*call.losses, *said))


def preserved(ask: DialectRequest, call: DialectCall, format_: str) -> DialectCall | None:
    """The call with the body that came; None where the prompt does not ask for that, or speaks another format. Where the model's
    name and the way of answering are the same already, these are the very bytes."""
    prompt = ask.prompt
    origin = prompt.origin
    if prompt.loss != "preserve" or origin is None or origin.format != format_:
        return None
    try:
        body: object = orjson.loads(origin.body)
    except orjson.JSONDecodeError:
        return None
    if not is_object(body):
        return None
    wanted = dict(body)
    for name in ("model", "stream"):
        if name in call.body and wanted.get(name, False if name == "stream" else None) != call.body[name]:
            wanted[name] = call.body[name]
    headers = {**call.headers, **_beta(origin)}
    raw = origin.body if wanted == body else None
    return replace(call, body=wanted, raw=raw, headers=headers, losses=(), tool_names={})


def _beta(origin: WireRequest) -> dict[str, str]:
    return {name: value for name, value in origin.headers.items() if name in ("anthropic-beta", "anthropic-version")}
