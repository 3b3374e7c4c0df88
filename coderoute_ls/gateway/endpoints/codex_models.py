"""The rows of ``models`` in ``GET /v1/models``: what Codex wants to know of a model before it shows it all its tools. Pure.

The fields are those of ``ModelsResponse`` in Codex 0.171 (``codex-rs/protocol/src/openai_models.rs``). Codex reads them from the
file that its setting ``model_catalog_json`` names; without a row for its model it offers no ``apply_patch``.
"""

from collections.abc import Collection

from coderoute_ls.domain import Offer
from coderoute_ls.gateway.faces.face import Json

EFFORTS = {
    "low": "Less thought, sooner and cheaper",
    "medium": "As much thought as most tasks need",
    "high": "More thought, for hard tasks",
}
INSTRUCTIONS = """\
You are a coding agent in a terminal. You work in the user's folder until the task is done, or until only the user can decide.

- Look before you change: read the files that the task is about, and search with `rg`.
- Change files with `apply_patch` where you have it; keep to the task and to the style of the code around it.
- Never take back changes that you did not make, and run nothing that destroys work unless the user asks for it.
- Check what you did: run the tests or the program where that is possible, and read what they say. Say what you could not check.
- Obey `AGENTS.md` files: one holds for its folder and everything below it, a deeper one goes first.
- Say in a sentence what you are about to do before a group of calls. At the end say in a few lines what changed and where.
"""
"""What Codex tells the model where the list says nothing else; it refuses a row without."""


def codex_model(name: str, title: str, priority: int, offers: Collection[Offer]) -> Json:
    """One row. ``offers``: those that may answer under this name; ``priority``: its place in Codex's list, the lowest first."""
    windows = [offer.context for offer in offers if offer.context is not None]
    pictures = any(offer.capabilities.get("images") for offer in offers)
    row: Json = {
        "slug": name,
        "display_name": title,
        "description": None,
        "default_reasoning_level": None,
        "supported_reasoning_levels": [{"effort": effort, "description": doc} for effort, doc in EFFORTS.items()],
        "shell_type": "shell_command",
        "visibility": "list",
        "supported_in_api": True,
        "priority": priority,
        "upgrade": None,
        "base_instructions": INSTRUCTIONS,
        "supports_reasoning_summaries": True,
        "support_verbosity": False,
        "default_verbosity": None,
        "apply_patch_tool_type": "freeform",
        "truncation_policy": {"mode": "bytes", "limit": 10_000},
        "supports_parallel_tool_calls": True,
        "experimental_supported_tools": [],
        "input_modalities": ["text", "image"] if pictures else ["text"],
    }
    return {**row, "context_window": max(windows)} if windows else row
