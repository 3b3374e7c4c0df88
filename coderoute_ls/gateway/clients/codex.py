"""Codex."""

from coderoute_ls.gateway.clients import Client

_TEXT = """
model = "coderoute"
model_provider = "coderoute"

[model_providers.coderoute]
name = "CodeRoute"
base_url = "@url@/v1"
env_key = "CODEROUTE_GATEWAY_TOKEN"
wire_api = "responses"
"""

CLIENT = Client(
    name="codex",
    title="Codex",
    path="~/.codex/config.toml",
    text=_TEXT,
    tested="Run with Codex 0.171: it writes a file through a tool, on three formats upstream",
)
