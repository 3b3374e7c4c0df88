"""Model servers on the user's own machine: one row each, with the port where `providers.local_server_discovery` looks for it."""

from dataclasses import replace
from typing import Any

from coderoute_ls.domain.vendor import Vendor

FIRST_BYTE_S = 300.0
"""A server on this machine may have to load the model first, and reads a long prompt for minutes on a slow processor."""


def _local(id_: str, name: str, dialect: str, base_url: str, **more: Any) -> Vendor:
    return replace(
        Vendor(id_, name, dialect, base_url, local=True, first_token_s=0.6, tokens_per_s=30.0, timeout_s=FIRST_BYTE_S), **more
    )


UNKNOWN_LOCAL = _local("", "", "", "")
"""What holds for a local server that has no row."""


def _found(id_: str, name: str, dialect: str, base_url: str, **more: Any) -> Vendor:
    return _local(id_, name, dialect, base_url, loads_models=True, **more)


LOCAL_SERVERS: tuple[Vendor, ...] = (
    _found(
        "ollama",
        "Ollama",
        "ollama",
        "http://127.0.0.1:11434",
        endpoints={"openai-chat": "http://127.0.0.1:11434/v1", "openai-completions": "http://127.0.0.1:11434/v1"},
    ),
    _found("lmstudio", "LM Studio", "openai-chat", "http://127.0.0.1:1234/v1"),
    _found(
        "llamacpp",
        "llama.cpp",
        "openai-chat",
        "http://127.0.0.1:8080/v1",
        endpoints={"llamacpp-infill": "http://127.0.0.1:8080"},
        effort="template",
        tells_timings=True,
    ),
    _found("vllm", "vLLM", "openai-chat", "http://127.0.0.1:8000/v1", effort="template"),
)
"""Rows of `domain.vendor_table` like any other: settings change them, and keys are never needed."""
