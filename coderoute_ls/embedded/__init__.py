"""The built-in engine: completion, explanation and safe rewrites learned from the user's own workspace, without any model."""

from coderoute_ls.embedded.room import ANSWERS, EmbeddedEngine
from coderoute_ls.embedded.wire import Progress

__all__ = ["ANSWERS", "EmbeddedEngine", "Progress"]
