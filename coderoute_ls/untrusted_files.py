"""Reading files that others wrote, such as those of an opened folder: no file can block us or fill our memory."""

import tomllib
from pathlib import Path

from coderoute_ls.storage import read_regular

_MOST_WORK = 4_000_000


def read_text(path: str | Path, most: int) -> str:
    """The text of a regular file, with a replacement character for each byte that is none; "" where there is no such file, or one
    of more than ``most`` bytes. Blocks.
    """
    try:
        return read_regular(path, most).decode("utf-8", "replace")
    except OSError:
        return ""


def parsed_toml(text: str) -> dict[str, object]:
    """Raises ValueError for what is no TOML, in words with a line, and for what would take the parser minutes."""
    work = 0
    for number, line in enumerate(text.split("\n"), start=1):
        work += line.count(".") ** 2  # the parser takes the square of a key's parts
        if work > _MOST_WORK:
            raise ValueError(f"keys of too many parts (at line {number})")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("too many tables within tables") from None
