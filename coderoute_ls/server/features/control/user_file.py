"""Writes values into the user's own settings file; every other line of it stays."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from coderoute_ls.errors import Unsupported
from coderoute_ls.settings import MOST_BYTES
from coderoute_ls.settings.toml_edit import Value, with_value
from coderoute_ls.storage import lock, read_regular, write_atomic


class Assignment(NamedTuple):
    """``key`` of ``[table]`` is set to this value, or removed for None."""

    table: Sequence[str]
    key: str
    value: Value | None


def write_values(file: Path, *assignments: Assignment) -> None:
    """Write all of these or none. Blocks. Raises `Unsupported`, with what to write by hand, and `Locked`."""
    target = Path(os.path.realpath(file))  # people keep their settings elsewhere, and link them
    try:
        with lock(file.with_name(f"{file.name}.lock")):
            before = read_regular(target, MOST_BYTES) if os.path.lexists(target) else b""
            after = before.decode("utf-8-sig")
            for assignment in assignments:
                after = with_value(after, *assignment)
            if after.encode() != before:
                _replace(target, after.encode())
    except OSError as error:
        raise Unsupported(f"{file} cannot be changed ({error.strerror or error}).") from None
    except UnicodeDecodeError:
        raise Unsupported(f"{file} is not UTF-8 text: save it as UTF-8.") from None
    except ValueError as error:
        raise Unsupported(f"{file}: {error}.") from None


def _replace(target: Path, content: bytes) -> None:
    """A file that its owner has made read-only is not to be changed, though its folder would let us replace it."""
    if target.exists() and not target.stat().st_mode & stat.S_IWUSR:
        raise PermissionError(f"it is read-only: make it writable, or write {target} by hand")
    write_atomic(target, content)
