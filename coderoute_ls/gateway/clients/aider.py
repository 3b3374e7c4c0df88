"""aider."""

from coderoute_ls.gateway.clients import Client

_TEXT = """
model: openai/coderoute
openai-api-base: @url@/v1
"""

CLIENT = Client(
    name="aider",
    title="aider",
    path="~/.aider.conf.yml",
    text=_TEXT,
    tested="Run with aider 0.86: it edits a file; it takes the token from OPENAI_API_KEY",
    needs_variable=False,
)
