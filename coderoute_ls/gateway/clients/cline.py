"""Cline."""

from coderoute_ls.gateway.clients import Client

_TEXT = """
# In Cline's settings choose "OpenAI Compatible" as the API provider, and fill in:
#   Base URL   @url@/v1
#   API Key    what `coderoute-ls gateway --token` prints
#   Model ID   coderoute
"""

CLIENT = Client(
    name="cline",
    title="Cline",
    path="",
    text=_TEXT,
    tested="Written by its documentation; not run",
    needs_variable=False,
)
