"""Codex."""

from coderoute_ls.gateway.clients import Client

_TEXT = """
# At its top: what stands behind a [table] belongs to that table.
model = "coderoute"
model_provider = "coderoute"
# Codex hands out `apply_patch` only to models that it knows more of. This tells it, once and after each change of your models:
#   curl -s -H "Authorization: Bearer $CODEROUTE_GATEWAY_TOKEN" @url@/v1/models > ~/.codex/coderoute-models.json
# Then take the mark away before the next line; without that file Codex does not start.
# model_catalog_json = "coderoute-models.json"

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
    tested="Run with Codex 0.171: it edits a file through apply_patch, on three formats upstream",
)
