"""opencode."""

from coderoute_ls.gateway.clients import Client

_TEXT = """
{
  "provider": {
    "coderoute": {
      "npm": "@ai-sdk/openai-compatible",
      "name": "CodeRoute",
      "options": { "baseURL": "@url@/v1", "apiKey": "{env:CODEROUTE_GATEWAY_TOKEN}" },
      "models": { "coderoute": { "name": "CodeRoute" } }
    }
  },
  "model": "coderoute/coderoute"
}
"""

CLIENT = Client(
    name="opencode",
    title="opencode",
    path="~/.config/opencode/opencode.json",
    text=_TEXT,
    tested="Run with opencode 1.18: it writes a file through a tool, on three formats upstream",
    comment="//",
)
