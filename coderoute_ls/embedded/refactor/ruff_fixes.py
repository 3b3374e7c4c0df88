"""Python's safe rewrites, as ruff finds them: the rules that simplify, never those that only change a style."""

import json
from collections.abc import Sequence
from pathlib import Path
from subprocess import SubprocessError
from typing import TypedDict, cast

from coderoute_ls.child_process.spawn import run_tool
from coderoute_ls.domain import Position, Span, TextEdit
from coderoute_ls.embedded.refactor.rewrites import Rewrite
from coderoute_ls.untrusted_files import parsed_toml, read_text

SELECT = "F,E7,UP,SIM,C4,RET,PIE,PLR,PLW,PLC,FURB,B,RUF,FLY,PERF"
REFUSED = "F811,F822,RUF022,RUF023,RUF100,UP009,UP035"
"""Not for a refactoring: what other files may count on (order of ``__all__``, a name defined twice), and comments' business."""
TIMEOUT_S = 5.0
_MOST_BYTES = 256 * 1024
"""Of a project's file that is looked into."""
OLDEST = "py38"
"""Syntax of newer Pythons is only used where the project says that it has no older ones."""


class _Place(TypedDict):
    row: int
    column: int


class _Edit(TypedDict):
    content: str
    location: _Place
    end_location: _Place


class _Fix(TypedDict):
    applicability: str
    message: str
    edits: list[_Edit]


class _Finding(TypedDict):
    code: str | None
    message: str
    location: _Place
    fix: _Fix | None


def ruff_fixes(lines: Sequence[str], path: str) -> list[Rewrite]:
    """Every rewrite that ruff calls safe, anywhere in the text; none when the text does not parse or ruff is not there."""
    command = [
        *(_binary(), "check", "--isolated", "--no-cache", "--exit-zero", "--quiet", "--output-format", "json"),
        *("--select", SELECT, "--ignore", REFUSED, "--target-version", _oldest_python(path)),
        *("--stdin-filename", Path(path).name or "untitled.py", "-"),
    ]
    try:
        findings = cast("list[_Finding]", json.loads(run_tool(command, "".join(lines).encode(), TIMEOUT_S)))
    except (OSError, ValueError, SubprocessError):
        return []
    rewrites: list[Rewrite] = []
    for finding in findings:
        fix, code = finding["fix"], finding["code"]
        if code is None:
            return []
        if fix is not None and fix["applicability"] == "safe" and not _exported(finding, lines):
            title = fix["message"].replace("`", "").rstrip(".")
            rewrites.append(Rewrite(f"ruff {code}", title, tuple(_edit(edit) for edit in fix["edits"])))
    return rewrites


def _exported(finding: _Finding, lines: Sequence[str]) -> bool:
    """An unused import outside of functions may be what others import from here."""
    if finding["code"] != "F401":
        return False
    return not any(
        lines[edit["location"]["row"] - 1].startswith((" ", "\t")) for edit in (finding["fix"] or {"edits": []})["edits"]
    )


def _edit(edit: _Edit) -> TextEdit:
    return TextEdit(Span(_position(edit["location"]), _position(edit["end_location"])), edit["content"])


def _position(place: _Place) -> Position:
    return Position(place["row"] - 1, place["column"] - 1)


def _binary() -> str:
    from ruff.__main__ import find_ruff_bin

    return find_ruff_bin()


def _oldest_python(path: str) -> str:
    """From ``requires-python`` of the project around the file: ``py311`` for ``>=3.11``."""
    for folder in Path(path).parents if path else ():
        file = folder / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            project: object = parsed_toml(read_text(file, _MOST_BYTES)).get("project", {})
        except ValueError:
            return OLDEST
        wanted = cast("dict[str, object]", project).get("requires-python") if isinstance(project, dict) else None
        return _version(wanted) if isinstance(wanted, str) else OLDEST
    return OLDEST


def _version(wanted: str) -> str:
    """The lower bound in ``>=3.11,<4``; the oldest when there is none we know."""
    for part in wanted.split(","):
        bound = part.strip()
        if bound.startswith((">=", "~=", "==")):
            numbers = bound[2:].strip().split(".")
            if len(numbers) > 1 and numbers[0] == "3" and numbers[1].isdigit() and 8 <= int(numbers[1]) <= 14:
                return f"py3{numbers[1]}"
    return OLDEST
