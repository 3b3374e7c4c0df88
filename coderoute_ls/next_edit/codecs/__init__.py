"""Wire formats of models for next edits, one a file: found by the constant ``CODEC``."""

from collections.abc import Mapping

from coderoute_ls.next_edit.codecs import chat, instinct, mercury, sweep, zeta, zeta2
from coderoute_ls.next_edit.codecs.codec import Codec, RegionRequest

CODECS: Mapping[str, Codec] = {
    module.CODEC.prompt_format: module.CODEC for module in (zeta, zeta2, sweep, mercury, instinct, chat)
}
"""By ``prompt_format``."""

__all__ = ["CODECS", "Codec", "RegionRequest"]
