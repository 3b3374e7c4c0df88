"""Names under which local servers list a model of open weights: its published ones, and Ollama's tags."""

from typing import cast

from coderoute_ls.selection.catalog.list_values import Json, object_of, rows_of
from coderoute_ls.selection.catalog.local_model_offers import canonical

OLLAMA_TAGS = {
    "gpt-oss:20b": "openai/gpt-oss-20b",
    "gpt-oss:120b": "openai/gpt-oss-120b",
    "qwen3-coder:30b": "qwen/qwen3-coder-30b-a3b-instruct",
    "qwen3-coder:480b": "qwen/qwen3-coder",
    "qwen2.5-coder:32b": "qwen/qwen-2.5-coder-32b-instruct",
    "qwen2.5-coder:32b-instruct": "qwen/qwen-2.5-coder-32b-instruct",
}
"""Library tags of models whose other names do not give them away."""


def add_aliases(models: list[Json]) -> None:
    """Fill ``aliases``. A name means one model: the first that has it."""
    taken = {alias for model in models for alias in cast("list[str]", model.get("aliases") or [])}
    for model in models:
        names = {tag for tag, target in OLLAMA_TAGS.items() if target == model["id"]}
        if object_of(model.get("capabilities")).get("open_weights"):
            names |= {canonical(name)[0] for name in _called(model) if not name.endswith(":free")}
        names = {name for name in names if name not in taken} | set(cast("list[str]", model.get("aliases") or []))
        taken |= names
        if names:
            model["aliases"] = sorted(names)


def _called(model: Json) -> set[str]:
    identity = str(model["id"])
    wires = {str(offer["wire_id"]) for offer in rows_of(model.get("offers"))}
    return {identity, identity.split("/", 1)[-1], *wires}
