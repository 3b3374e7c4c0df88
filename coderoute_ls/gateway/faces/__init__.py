"""The wire formats that callers speak, one file each: a request is decoded to the house's vocabulary, its events are written
back. A file that holds ``FACE`` is its registration."""

from typing import TYPE_CHECKING

from coderoute_ls.module_discovery import discover

if TYPE_CHECKING:
    from coderoute_ls.gateway.faces.face import Face


def all_faces() -> "tuple[Face, ...]":
    """Every face, in the order of their names."""
    from coderoute_ls.gateway.faces.face import Face

    return tuple(discover(__name__, "FACE", Face).values())
