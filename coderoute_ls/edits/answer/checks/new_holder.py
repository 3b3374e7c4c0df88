"""Answers that bring a class of their own around what they change, so that it stands alone."""

from collections.abc import Sequence

from coderoute_ls.edits.answer.target_region import Place
from coderoute_ls.syntax import Definition
from coderoute_ls.text import words

_HOLDERS = frozenset({"class", "interface", "module"})


def new_holder(found: Sequence[Definition], place: Place) -> str:
    """The name of a class around a definition of the region that neither the file nor the user speaks of; "" for none."""
    before = {one.name for one in place.definitions_before}
    holders = {one.name for one in found if one.kind in _HOLDERS} - before - place.names - frozenset(words(place.instruction))
    return next((one.container for one in found if one.name in before and one.container in holders), "")
