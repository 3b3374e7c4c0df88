"""Addresses of documents and folders: editors spell one file in many ways; here each has one path and one key.

eglot writes ``+ ( ) @ , ;`` as they are, Zed ``[ ] ^`` too, VS Code encodes the colon of a drive; nothing is decided by how an
address is spelled.
"""

import re
import sys
from functools import lru_cache
from urllib.parse import quote, unquote

from coderoute_ls.text.path_key import path_key

_FILE = re.compile(r"file:(?://(?P<host>[^/]*))?(?P<path>/.*)", re.IGNORECASE | re.DOTALL)
_CELL = re.compile(r"vscode-notebook-cell:(?://(?=/))?(?P<path>/[^#/][^#]*)(?:#.*)?", re.IGNORECASE | re.DOTALL)
_ANY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://[^/]*)?(?P<path>.*)", re.DOTALL)
_AFTER_PATH = re.compile(r"[?#]|::")
_DRIVE = re.compile(r"/[A-Za-z][:|](?:/|\Z)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def path_of(address: str, system: str = sys.platform) -> str:
    """The file path of a ``file:`` address, in the spelling of this system; "" for other addresses."""
    found = _FILE.fullmatch(address)
    if found is None:
        return ""
    path = unquote(found["path"], errors="surrogateescape").partition("\0")[0]  # as systems read names
    host = unquote(found["host"] or "")
    if host and host.lower() != "localhost":
        path = f"//{host}{path}"
    elif _DRIVE.match(path) and (path[2] == ":" or system == "win32"):
        path = f"{path[1].lower()}:{path[3:]}"
    return path.replace("/", "\\") if system == "win32" else path


def named_path(address: str, system: str = sys.platform) -> str:
    """The path of a file, or the one that any other address names: ``/w/a.py`` of ``git:/w/a.py?x``, ``/.env`` of
    ``untitled:.env``. Rules about paths hold for it; there need be no such file.
    """
    if path := path_of(file_of(address), system):
        return path
    inner = address.lower().rfind("file:/")
    if inner > 0:
        return path_of(address[inner:], system)
    named = _ANY.fullmatch(address)
    rest = named["path"] if named is not None else address
    return path_of(f"file:///{_AFTER_PATH.split(rest, maxsplit=1)[0].lstrip('/')}", system)


def file_of(address: str) -> str:
    """The address whose folder, settings and ignore rules a document has: its notebook's of a cell, else its own."""
    cell = _CELL.fullmatch(address)
    return f"file://{cell['path']}" if cell is not None else address


def address_of(path: str, system: str = sys.platform) -> str:
    """The ``file:`` address of an absolute path, with all encoded that any editor encodes."""
    slashed = path.replace("\\", "/") if system == "win32" else path
    if slashed.startswith("//"):
        host, _, rest = slashed[2:].partition("/")
        return f"file://{host}/{quote(rest, errors='surrogateescape')}"
    if re.match(r"[A-Za-z]:", slashed):
        return f"file:///{slashed[0].lower()}:{quote(slashed[2:], errors='surrogateescape')}"
    return f"file://{quote(slashed, errors='surrogateescape')}"


@lru_cache(maxsize=8_192)
def key_of(address: str, system: str = sys.platform) -> str:
    """What is the same for every spelling of one address, and for no two files. For comparing only: it is neither shown nor sent.

    Of a file: its path without ``.``, ``..`` and doubled slashes, and in one case where the system ignores case.
    """
    path = path_of(address, system)
    if not path:
        scheme = _SCHEME.match(address)
        return address if scheme is None else scheme.group().lower() + unquote(address[scheme.end() :], errors="surrogateescape")
    return "file:" + path_key(path, system)


def holds(folder: str, key: str) -> bool:
    """Whether the folder with this key is, or holds, what has the other key."""
    return key == folder or key.startswith(folder.rstrip("/") + "/")
