"""Model servers on the user's own machine: one row each, with the port where `providers.local_server_discovery` looks for it."""

from dataclasses import replace
from typing import Any

from coderoute_ls.domain.vendor import Vendor


def _local(id_: str, name: str, dialect: str, base_url: str, **more: Any) -> Vendor:
    return replace(Vendor(id_, name, dialect, base_url, local=True, first_token_s=0.6, tokens_per_s=30.0), **more)


LOCAL_SERVERS: tuple[Vendor, ...] = (
    _local(
        "ollama",
        "Ollama",
        "ollama",
        "http://127.0.0.1:11434",
        endpoints={"openai-chat": "http://127.0.0.1:11434/v1", "openai-completions": "http://127.0.0.1:11434/v1"},
    ),
    _local("lmstudio", "LM Studio", "openai-chat", "http://127.0.0.1:1234/v1"),
    _local(
        "llamacpp",
        "llama.cpp",
        "openai-chat",
        "http://127.0.0.1:8080/v1",
        endpoints={"llamacpp-infill": "http://127.0.0.1:8080"},
        effort="template",
    ),
    _local("vllm", "vLLM", "openai-chat", "http://127.0.0.1:8000/v1", effort="template"),
)
"""Rows of `domain.vendor_table` like any other: settings change them, and keys are never needed."""

UNKNOWN_LOCAL = _local("", "", "", "")
"""What holds for a local server that has no row."""
