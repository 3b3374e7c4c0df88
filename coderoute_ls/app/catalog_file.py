"""The refreshed catalogue in the user's cache: one file, replaced whole, used only on top of the release it was made from."""

import json
from pathlib import Path

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.storage import read_bytes, write_atomic


def store(file: Path, catalog: Catalog) -> None:
    """Keep a refreshed catalogue for the next start. Raises OSError when the file cannot be written."""
    document = {**catalog.document, "base": Catalog.bundled().snapshot}
    write_atomic(file, json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode())


def newest(file: Path) -> tuple[Catalog, str]:
    """The refreshed catalogue when there is one for this release, else the bundled one; and what was wrong with the file."""
    bundled = Catalog.bundled()
    try:
        content = read_bytes(file)
    except FileNotFoundError:
        return bundled, ""
    except OSError as error:
        return bundled, f"{file} cannot be read ({error.strerror})"
    try:
        kept = Catalog.parse(content)
    except ConfigurationError as error:
        return bundled, f"{file}: {error.user_message}"
    fits = kept.document.get("base") == bundled.snapshot and kept.compiled >= bundled.compiled
    return (kept, "") if fits else (bundled, "")
