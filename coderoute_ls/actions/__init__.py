"""What can be asked: one file per action, found by its ``ACTION``; prompts are text files under ``prompts/``."""

from collections.abc import Mapping

from coderoute_ls.domain import Action
from coderoute_ls.module_discovery import discover


def actions() -> Mapping[str, Action]:
    """Every action by id."""
    return discover(__name__, "ACTION", Action)
