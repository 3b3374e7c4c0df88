"""What can be said of a piece of code by looking at its structure, in any language, and how it is said in Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coderoute_ls.text.markdown import as_block, as_code, as_text

MAX_LISTED = 8
"""A longer list is cut, and says by how much."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something the code does, and where: zero-based line; ``path`` "" is the file itself."""

    text: str
    line: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Every entry is true of the text as it stands; what cannot be seen is left out."""

    title: str
    """``function `load` ``, ``class `Reader` `` or ``lines 3–9``."""
    first: int
    last: int
    signature: str = ""
    said: str = ""
    """The first sentence of its own documentation."""
    takes: tuple[str, ...] = ()
    gives: tuple[Mark, ...] = ()
    yields: tuple[Mark, ...] = ()
    raises: tuple[Mark, ...] = ()
    handles: tuple[Mark, ...] = ()
    calls: tuple[Mark, ...] = ()
    effects: tuple[Mark, ...] = ()
    uses: tuple[str, ...] = ()
    """Names that the piece reads and that come from outside."""
    sets: tuple[str, ...] = ()
    """Attributes of a class; or names that the piece sets and that are read after it."""
    members: tuple[Mark, ...] = ()
    branches: int = 0
    loops: int = 0
    nesting: int = 0
    complexity: int = 0
    """Cyclomatic, of one function or piece; 0 is not said."""
    notes: tuple[str, ...] = ()
    """Other plain sentences: ``It is a generator.``"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the workspace knows of it."""

    callers: tuple[Mark, ...] = ()
    tests: tuple[Mark, ...] = field(default=())


def report(facts: Facts, around: Surroundings, path: str) -> str:
    """Markdown with links to lines."""
    lines = facts.last - facts.first + 1
    place = _link(Mark(f"{lines} {'line' if lines == 1 else 'lines'} from {facts.first + 1}", facts.first), path)
    blocks = [f"## {facts.title[:1].upper()}{facts.title[1:]}\n\n{place}"]
    if facts.signature:
        blocks.append(as_block(facts.signature))
    if facts.said:
        blocks.append(f"Its own words: “{as_text(facts.said)}”")
    items = [
        _listed("Takes", facts.takes),
        _listed("Uses from outside", [as_code(name) for name in facts.uses]),
        _listed("Sets", [as_code(name) for name in facts.sets]),
        _listed("Returns", _links(facts.gives, path)),
        _listed("Yields", _links(facts.yields, path)),
        _listed("Raises", _links(facts.raises, path)),
        _listed("Handles", _links(facts.handles, path)),
        _listed("Members", _links(facts.members, path)),
        _listed("Calls", _links(facts.calls, path)),
        _listed("Side effects in sight", _links(facts.effects, path)),
        f"**Shape:** {_shape(facts)}",
        _listed("Called under this name", _links(around.callers, path)),
        _listed("Named in tests", _links(around.tests, path)),
        *facts.notes,
    ]
    blocks.append("\n".join(f"* {item}" for item in items if item))
    blocks.append("*Written from the structure of the code by the built-in engine; no model was asked.*")
    return "\n\n".join(blocks) + "\n"


def _shape(facts: Facts) -> str:
    parts = [_counted(facts.branches, "branch", "branches"), _counted(facts.loops, "loop", "loops")]
    if facts.nesting:
        parts.append(f"nested {facts.nesting} deep")
    return ", ".join(parts) + (f"; cyclomatic complexity {facts.complexity}" if facts.complexity else "")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number or 'no'} {one if number == 1 else many}"


def _listed(title: str, items: Sequence[str]) -> str:
    if not items:
        return ""
    more = f" and {len(items) - MAX_LISTED} more" if len(items) > MAX_LISTED else ""
    return f"**{title}:** {', '.join(items[:MAX_LISTED])}{more}"


def _links(marks: Sequence[Mark], path: str) -> list[str]:
    return [_link(mark, path) for mark in marks]


def _link(mark: Mark, path: str) -> str:
    file = mark.path or path
    if not Path(file).is_absolute():
        return f"{mark.text} (line {mark.line + 1})"
    return f"[{mark.text}]({Path(file).as_uri()}#L{mark.line + 1})"
