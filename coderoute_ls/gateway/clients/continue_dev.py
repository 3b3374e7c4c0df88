"""Continue."""

from coderoute_ls.gateway.clients import Client

_TEXT = """
models:
  - name: CodeRoute
    provider: openai
    model: coderoute
    apiBase: @url@/v1
    apiKey: ${{ secrets.CODEROUTE_GATEWAY_TOKEN }}
"""

CLIENT = Client(
    name="continue",
    title="Continue",
    path="~/.continue/config.yaml",
    text=_TEXT,
    tested="Written by its documentation; not run",
)
