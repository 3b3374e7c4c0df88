"""Which model the user picked for an action in one folder: kept among the user's own files, a folder may not choose models."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import cast

from coderoute_ls.settings.layer import Layer
from coderoute_ls.storage import lock, read_document, write_document
from coderoute_ls.text.path_key import path_key

FILE = "model-choices.json"
VERSION = 1
_MOST_CHARS = 300


def choices_layer(config_dir: Path, folder: str, action_ids: Collection[str]) -> Layer:
    """The layer of one folder, which stands above the user's config.toml. Blocks."""
    found = _read(config_dir).get(path_key(folder), {})
    return Layer("choice", {("actions", action, "model"): offer for action, offer in found.items() if action in action_ids})


def choose_model(config_dir: Path, folder: str, action: str, offer: str | None) -> None:
    """Remember the model for this action in this folder, or forget it for None. Blocks. Raises OSError, `Locked`."""
    with lock(config_dir / f"{FILE}.lock"):
        known = _read(config_dir)
        key = path_key(folder)
        if offer is None and action not in known.get(key, {}):
            return
        here = {name: said for name, said in known.get(key, {}).items() if name != action}
        if offer is not None:
            here[action] = offer
        folders = {name: said for name, said in known.items() if name != key} | ({key: here} if here else {})
        write_document(config_dir / FILE, VERSION, {"folders": folders})


def _read(config_dir: Path) -> Mapping[str, Mapping[str, str]]:
    """Folder → action → offer; what is no such thing is left out."""
    folders = (read_document(config_dir / FILE, VERSION).content or {}).get("folders")
    found: dict[str, dict[str, str]] = {}
    for folder, said in cast("dict[str, object]", folders if isinstance(folders, dict) else {}).items():
        rows = cast("dict[str, object]", said if isinstance(said, dict) else {})
        found[folder] = {action: offer for action, offer in rows.items() if isinstance(offer, str) and len(offer) < _MOST_CHARS}
    return found
