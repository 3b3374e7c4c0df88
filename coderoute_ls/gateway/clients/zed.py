"""Zed."""

from coderoute_ls.gateway.clients import Client

_TEXT = """
{
  "language_models": {
    "openai_compatible": {
      "CodeRoute": {
        "api_url": "@url@/v1",
        "available_models": [{ "name": "coderoute", "display_name": "CodeRoute", "max_tokens": 128000 }]
      }
    }
  },
  // Next edits; the key is in ZED_OPEN_AI_COMPATIBLE_EDIT_PREDICTION_API_KEY.
  "edit_predictions": {
    "provider": "open_ai_compatible_api",
    "open_ai_compatible_api": {
      "api_url": "@url@/v1/completions",
      "model": "coderoute",
      "prompt_format": "zeta",
      "max_output_tokens": 512
    }
  }
}
"""

CLIENT = Client(
    name="zed",
    title="Zed",
    path="~/.config/zed/settings.json",
    text=_TEXT,
    tested="Written by its documentation; not run, because Zed is in no registry that the tests can reach",
    comment="//",
    needs_variable=False,
)
