"""A small catalogue, and rows of OpenRouter's published list in its documented format."""

import json

from coderoute_ls.selection import Catalog

ONE = {"dialect": "openai-chat", "input": 1.0, "output": 4.0, "context": 100_000}
SCORE = {"value": 0.7, "low": 0.66, "high": 0.74, "confidence": "multi", "method": "m", "date": "2026-08-01"}
ABLE = {"tools": True, "reasoning": True}
SMALL = {
    "format": 1,
    "compiled": "2026-11-01",
    "scale": {
        "method": "latent-ability-v1",
        "anchors": {"openai/gpt-4o": 0.25, "openai/gpt-5": 0.65},
        "logit_slope": 0.98386,
        "logit_intercept": -0.37785,
    },
    "benchmarks": {"swe-bench-verified-bash-only": {"intercept": -0.556, "slope": 1.165, "residual_sd_logit": 0.524}},
    "models": [
        {
            "id": "maker/one",
            "capabilities": ABLE,
            "scores": {"coding": SCORE},
            "offers": [{"provider": "openrouter", "wire_id": "maker/one", **ONE}, {"provider": "maker", "wire_id": "one", **ONE}],
        },
        {
            "id": "maker/two",
            "capabilities": ABLE,
            "offers": [{"provider": "openrouter", "wire_id": "maker/two", **ONE, "input": 2.0, "output": 2.0}],
        },
    ],
}


def small() -> Catalog:
    return Catalog.parse(json.dumps(SMALL).encode())


def listed(wire_id: str, prompt: object = "0.000001", completion: object = "0.000004", **more: object) -> dict[str, object]:
    """One row of OpenRouter's list."""
    return {
        "id": wire_id,
        "name": wire_id.title(),
        "created": 1_760_000_000,
        "context_length": 100_000,
        "architecture": {"input_modalities": ["text"], "output_modalities": ["text"], "tokenizer": "GPT"},
        "pricing": {"prompt": prompt, "completion": completion, "request": "0", "image": "0"},
        "top_provider": {"context_length": 100_000, "max_completion_tokens": None, "is_moderated": False},
        "per_request_limits": None,
        "supported_parameters": ["max_tokens", "tools", "reasoning"],
        **more,
    }


BOTH = (listed("maker/one"), listed("maker/two", "0.000002", "0.000002"))
