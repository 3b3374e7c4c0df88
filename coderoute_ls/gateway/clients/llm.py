"""llm."""

from coderoute_ls.gateway.clients import Client

_TEXT = """
- model_id: coderoute
  model_name: coderoute
  api_base: @url@/v1
  api_key_name: coderoute
"""

CLIENT = Client(
    name="llm",
    title="llm",
    path="~/.config/io.datasette.llm/extra-openai-models.yaml",
    text=_TEXT,
    tested="Run with llm 0.36: `llm keys set coderoute` takes the token once",
    needs_variable=False,
)
