"""Facts about a piece of code from its structure, in any language, and their Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from coderoute_ls.text.markdown_escaping import as_block, as_code, as_text

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
    """Every entry is true of the text as it is; what cannot be seen is left out."""

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


def report(facts: Facts, around: Surroundings) -> str:
    """Markdown that names lines. No links: few renderers follow `file:` addresses, and others show their syntax."""
    lines = facts.last - facts.first + 1
    place = f"Line {facts.first + 1}" if lines == 1 else f"{lines} lines from {facts.first + 1}"
    blocks = [f"## {facts.title[:1].upper()}{facts.title[1:]}\n\n{place}"]
    if facts.signature:
        blocks.append(as_block(facts.signature))
    if facts.said:
        blocks.append(f"Its own words: “{as_text(facts.said)}”")
    items = [
        _listed("Takes", facts.takes),
        _listed("Uses from outside", [as_code(name) for name in facts.uses]),
        _listed("Sets", [as_code(name) for name in facts.sets]),
        _listed("Returns", _placed(facts.gives)),
        _listed("Yields", _placed(facts.yields)),
        _listed("Raises", _placed(facts.raises)),
        _listed("Handles", _placed(facts.handles)),
        _listed("Members", _placed(facts.members)),
        _listed("Calls", _placed(facts.calls)),
        _listed("Side effects in sight", _placed(facts.effects)),
        f"**Shape:** {_shape(facts)}",
        _listed("Called under this name", _placed(around.callers)),
        _listed("Named in tests", _placed(around.tests)),
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


def _placed(marks: Sequence[Mark]) -> list[str]:
    return [_place(mark) for mark in marks]


def _place(mark: Mark) -> str:
    return mark.text if mark.path else f"{mark.text} (line {mark.line + 1})"
