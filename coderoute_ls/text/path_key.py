"""Spellings of one path: where the system ignores case, ``A`` and ``a`` are one file, and accents are written in two ways."""

import posixpath
import sys
import unicodedata


def ignores_case(system: str = sys.platform) -> bool:
    """Whether the usual file systems of this system do. Some volumes on macOS do not, and some folders on Windows."""
    return system in ("win32", "darwin")


def one_case(path: str, system: str = sys.platform) -> str:
    """The same for paths that differ only in what the system ignores. For comparing: it is neither shown nor opened."""
    return unicodedata.normalize("NFC", path).casefold() if ignores_case(system) else path


def path_key(path: str, system: str = sys.platform) -> str:
    """The same for every spelling of one absolute path."""
    slashed = path.replace("\\", "/") if system == "win32" else path
    double = slashed.startswith("//") and not slashed.startswith("///")
    key = posixpath.normpath(slashed)
    key = key if double else key.replace("//", "/", 1) if key.startswith("//") else key
    if system == "win32":  # ``a.py.`` and ``a.py `` open ``a.py``
        key = "/".join(part.rstrip(". ") or part for part in key.split("/"))
    return one_case(key, system)
