"""The wire formats that callers speak, one file each: a request is decoded to the house's vocabulary, its events are written
back. A file that holds ``FACE`` is its registration."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coderoute_ls.gateway.faces.face import Face


@cache
def all_faces() -> "tuple[Face, ...]":
    """Every face, in the order of their names."""
    modules = (import_module(f"{__name__}.{name}") for _, name, _ in iter_modules(__path__))
    return tuple(module.FACE for module in modules if hasattr(module, "FACE"))
