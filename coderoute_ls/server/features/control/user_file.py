"""Writes one value into the user's own settings file; every other line of it stays."""

import os
from collections.abc import Sequence
from pathlib import Path

from coderoute_ls.errors import Unsupported
from coderoute_ls.settings import MOST_BYTES
from coderoute_ls.settings.toml_edit import Value, with_value
from coderoute_ls.storage import read_regular, write_atomic


def write_value(file: Path, table: Sequence[str], key: str, value: Value | None) -> None:
    """Set ``key`` of ``[table]``, or remove it for None. Blocks. Raises `Unsupported`, with what to write by hand."""
    target = Path(os.path.realpath(file))  # people keep their settings elsewhere, and link them
    try:
        before = read_regular(target, MOST_BYTES) if os.path.lexists(target) else b""
        after = with_value(before.decode("utf-8-sig"), table, key, value)
        if after.encode() != before:
            write_atomic(target, after.encode())
    except OSError as error:
        raise Unsupported(f"{file} cannot be changed ({error.strerror or error}).") from None
    except UnicodeDecodeError:
        raise Unsupported(f"{file} is not UTF-8 text: save it as UTF-8.") from None
    except ValueError as error:
        raise Unsupported(f"{file}: {error}.") from None
