"""Changes one value in a TOML file that a person wrote: every other line stays as it is, comments too."""

import copy
import json
import re
from collections.abc import Mapping, Sequence
from typing import cast

from coderoute_ls.untrusted_files import parsed_toml

_HEAD = re.compile(r"\s*\[(?!\[)\s*([^\[\]]{1,300}?)\s*\]\s*(?:#.*)?")
_ANY_HEAD = re.compile(r"\s*\[")

Value = str | float | bool | tuple[str, ...]


def with_value(text: str, table: Sequence[str], key: str, value: Value | None) -> str:
    """The file's text with ``key`` of ``[table]`` set to this value, or without it for None.

    The result is read again, and has to say exactly what was meant. Raises ValueError, with what to do by hand, where the file
    is no TOML, or writes this value in a form that cannot be changed line by line.
    """
    wanted = _wanted(parsed_toml(text), table, key, value)
    lines = text.splitlines(keepends=True)
    ending = "\r\n" if "\r\n" in text else "\n"
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += ending
    new = [] if value is None else [f"{key} = {_literal(value)}{ending}"]
    start = _start(lines, table)
    if start is None:
        head = [*([ending] if lines else []), f"[{'.'.join(map(_key, table))}]{ending}"] if new else []
        return _checked([*lines, *head, *new], wanted, table, key, value)
    end = next((at for at in range(start, len(lines)) if _ANY_HEAD.match(lines[at])), len(lines))
    here = next((at for at in range(start, end) if re.match(rf"\s*{re.escape(key)}\s*=", lines[at])), None)
    if here is None:
        return _checked([*lines[:start], *new, *lines[start:]], wanted, table, key, value)
    for stop in range(here + 1, end + 1):  # a list may go over several lines
        changed = [*lines[:here], *new, *lines[stop:]]
        if _says("".join(changed), wanted):
            return "".join(changed)
    raise _by_hand(table, key, value)


def _start(lines: Sequence[str], table: Sequence[str]) -> int | None:
    """The line behind the table's head; None where it has none."""
    if not table:
        return 0
    for at, line in enumerate(lines):
        if (head := _HEAD.fullmatch(line.rstrip("\r\n"))) is not None:
            try:
                named = parsed_toml(f"[{head[1]}]")
            except ValueError:
                continue
            if _path(named) == list(table):
                return at + 1
    return None


def _path(named: Mapping[str, object]) -> list[str]:
    path: list[str] = []
    while named:
        ((name, inner),) = named.items()
        path.append(name)
        named = cast("Mapping[str, object]", inner)
    return path


def _wanted(said: dict[str, object], table: Sequence[str], key: str, value: Value | None) -> dict[str, object]:
    """What the file has to say afterwards, but for tables that hold nothing."""
    wanted = copy.deepcopy(said)
    here = wanted
    for name in table:
        inner = here.setdefault(name, {})
        if not isinstance(inner, dict):
            raise _by_hand(table, key, value)
        here = cast("dict[str, object]", inner)
    if value is None:
        here.pop(key, None)
    else:
        here[key] = list(value) if isinstance(value, tuple) else value
    return wanted


def _checked(lines: Sequence[str], wanted: Mapping[str, object], table: Sequence[str], key: str, value: Value | None) -> str:
    if not _says(text := "".join(lines), wanted):
        raise _by_hand(table, key, value)
    return text


def _says(text: str, wanted: Mapping[str, object]) -> bool:
    try:
        return _full(parsed_toml(text)) == _full(wanted)
    except ValueError:
        return False


def _full(table: Mapping[str, object]) -> dict[str, object]:
    """Without tables that hold nothing."""
    tables = {name: _full(cast("Mapping[str, object]", part)) if isinstance(part, dict) else part for name, part in table.items()}
    return {name: part for name, part in tables.items() if part != {}}


def _by_hand(table: Sequence[str], key: str, value: Value | None) -> ValueError:
    where = f"[{'.'.join(map(_key, table))}]" if table else "the top of the file"
    what = f"remove `{key}`" if value is None else f"write `{key} = {_literal(value)}`"
    return ValueError(f"the file cannot be changed line by line here; {what} under {where} yourself")


def _literal(value: Value) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
