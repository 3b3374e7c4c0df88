"""``vertex-anthropic``: Anthropic's Messages as Google's Vertex AI serves them: model in the path, version in the body."""

from dataclasses import replace

from coderoute_ls.providers.dialect import Dialect, DialectCall, DialectRequest
from coderoute_ls.providers.dialects import anthropic_messages

_VERSION = "vertex-2023-10-16"


def encode(ask: DialectRequest) -> DialectCall:
    """What Anthropic itself is sent, moved to where Vertex wants it."""
    call = anthropic_messages.encode(ask)
    body = {"anthropic_version": _VERSION, **call.body}
    model = body.pop("model")
    return replace(call, path=f"/models/{model}:{'streamRawPredict' if ask.stream else 'rawPredict'}", body=body, headers={})


DIALECT = Dialect(
    "vertex-anthropic",
    encode,
    anthropic_messages.MessagesDecoder,
    beside="anthropic",
    format="anthropic-messages",
    models_path="",
)
