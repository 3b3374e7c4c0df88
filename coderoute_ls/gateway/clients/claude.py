"""Claude Code."""

from coderoute_ls.gateway.clients import Client

_TEXT = """
export ANTHROPIC_BASE_URL="@url@"
export ANTHROPIC_AUTH_TOKEN="@token@"
export ANTHROPIC_MODEL="coderoute"
export ANTHROPIC_DEFAULT_HAIKU_MODEL="coderoute"
"""

CLIENT = Client(
    name="claude",
    title="Claude Code",
    path="",
    text=_TEXT,
    tested="Run with Claude Code 2.1: it writes a file through a tool, on three formats upstream",
    needs_variable=False,
)
