"""The built-in engine: completion, explanations and safe rewrites from the user's own workspace, without any model."""

from coderoute_ls.embedded.embedded_engine import ANSWERS, EmbeddedEngine
from coderoute_ls.embedded.process.worker_messages import Progress

__all__ = ["ANSWERS", "EmbeddedEngine", "Progress"]
