"""What each vendor takes of the things beside text, where it differs from its dialect (data). Unknown vendors take what most
do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Accent:
    """One vendor's ways."""

    sampling: frozenset[str] = frozenset({"top_p", "presence_penalty", "frequency_penalty"})
    """Fields beside the temperature."""
    seed: str = "seed"
    reasoning: str = ""
    """Field of an assistant's message that takes its readable reasoning back."""
    documents: Literal["", "file", "document_url"] = ""
    """How a document is sent in a chat; "": not at all."""
    required: str = "required"
    """The word for "call some tool"."""
    none: bool = True
    """Takes the tool choice ``none``; else the tools are left out."""
    short_ids: bool = False
    """Ids of calls are nine letters and digits."""
    user_after_tool: bool = True
    """A user's message may follow a tool's result."""
    marks: bool = False
    """Takes cache marks in a chat."""
    parallel: bool = True
    """Takes ``parallel_tool_calls``."""
    details: bool = False
    """Gives ``reasoning_details`` and wants them back."""
    strict: bool = True
    """Takes ``strict`` of tools and schemas."""
    several: bool = True
    """Takes ``n``."""
    user: str = "user"
    names: bool = True
    """Takes the name of who speaks."""


_OPEN = Accent().sampling | {"top_k", "min_p", "repetition_penalty"}
"""Servers of open models draw tokens in more ways."""
_PLAIN = Accent()

_ROWS: Mapping[str, Accent] = {
    "openai": Accent(documents="file", user="safety_identifier"),
    "azure-openai": Accent(documents="file"),
    "azure-foundry": Accent(documents="file"),
    "openrouter": Accent(_OPEN | {"top_a"}, documents="file", marks=True, details=True, reasoning="reasoning"),
    "mistral": Accent(
        seed="random_seed", documents="document_url", required="any", short_ids=True, user_after_tool=False, user="", names=False
    ),
    "codestral": Accent(
        seed="random_seed", documents="document_url", required="any", short_ids=True, user_after_tool=False, user="", names=False
    ),
    "deepseek": Accent(reasoning="reasoning_content", parallel=False, several=False, strict=False, seed="", user=""),
    "moonshot": Accent(reasoning="reasoning_content", parallel=False, seed="", user=""),
    "zai": Accent(
        frozenset({"top_p"}), reasoning="reasoning_content", required="auto", parallel=False, strict=False, several=False
    ),
    "alibaba": Accent(_OPEN, reasoning="reasoning_content", several=False),
    "perplexity": Accent(parallel=False, strict=False, several=False, seed="", user=""),
    "groq": Accent(several=False),
    "cerebras": Accent(frozenset({"top_p"}), several=False),
    **dict.fromkeys(
        (
            "together",
            "fireworks",
            "deepinfra",
            "novita",
            "siliconflow",
            "nebius",
            "baseten",
            "vllm",
            "llamacpp",
            "lmstudio",
            "sglang",
        ),
        Accent(_OPEN),
    ),
}


def accent(vendor: str, *, local: bool = False) -> Accent:
    """The ways of the vendor with this id. A server of the user's own serves open models."""
    return _ROWS.get(vendor) or (Accent(_OPEN) if local else _PLAIN)
