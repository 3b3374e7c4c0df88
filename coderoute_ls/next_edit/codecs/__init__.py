"""Wire formats of models for next edits, one a file: found by the constant ``CODEC``."""

from collections.abc import Mapping

from coderoute_ls.next_edit.codecs import chat, instinct, mercury, sweep, zeta, zeta2
from coderoute_ls.next_edit.codecs.codec import Codec, RegionRequest

CODECS: Mapping[str, Codec] = {
    module.CODEC.prompt_format: module.CODEC for module in (zeta, zeta2, sweep, mercury, instinct, chat)
}
"""By ``prompt_format``."""


def read_prompt(prompt: str) -> tuple[Codec, RegionRequest] | None:
    """The request that an editor wrote as a prompt for a model of next edits, and its format; None for any other text."""
    for codec in CODECS.values():
        if codec.read is not None and (request := codec.read(prompt)) is not None:
            return codec, request
    return None


__all__ = ["CODECS", "Codec", "RegionRequest", "read_prompt"]
