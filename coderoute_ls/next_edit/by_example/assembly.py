"""From places to suggestions: what is done on neighbouring lines belongs together, and the same at many places is one choice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.domain.next_edits import Kind, NextEdit, fingerprint
from coderoute_ls.next_edit.by_example.text import Text

SEVERAL = 3
"""Places from which on all of them are offered at once as well."""


@dataclass(frozen=True, slots=True)
class Place:
    """``new`` for ``start`` to ``end`` (offsets into a `Text`), who says so, and how sure."""

    start: int
    end: int
    new: str
    probability: float
    why: str
    rule: str
    follows: str
    """The same for places that are the same change: ``old → new``, and how often it was done by hand."""


def suggestions(document: Document, text: Text, places: Iterable[Place], cursor: Position) -> list[NextEdit]:
    """Best first: sure ones before less sure ones, then from the cursor downwards."""
    chosen = _disjoint(places)
    groups = _by_lines(text, chosen)
    found = [_suggestion("edit", document, text, group) for group in groups]
    found += _replacing_all(document, text, chosen)
    return sorted(found, key=lambda each: (each.kind != "edit", -round(each.confidence * 5), _way(each, cursor)))


def _way(suggestion: NextEdit, cursor: Position) -> tuple[bool, int]:
    """Below the cursor first, then above it; near before far."""
    lines = suggestion.place.line - cursor.line
    return lines < 0, abs(lines)


def _disjoint(places: Iterable[Place]) -> list[Place]:
    """Of those that overlap the one that does more, where it is about as sure; in the order of the text."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda each: (-round(each.probability * 10), each.start - each.end)):
        if all(place.end < other.start or other.end < place.start or _beside(place, other) for other in kept):
            kept.append(place)
    return sorted(kept, key=lambda each: (each.start, each.end))


def _beside(one: Place, two: Place) -> bool:
    return (one.end <= two.start or two.end <= one.start) and one.start != two.start and one.end != two.end


def _by_lines(text: Text, places: Sequence[Place]) -> list[list[Place]]:
    groups: list[list[Place]] = []
    last = -2
    for place in places:
        line = text.offsets.line(place.start)
        if groups and line <= last + 1:
            groups[-1].append(place)
        else:
            groups.append([place])
        last = max(last if len(groups[-1]) > 1 else -2, text.offsets.line(place.end))
    return groups


def _replacing_all(document: Document, text: Text, places: Sequence[Place]) -> list[NextEdit]:
    same: dict[str, list[Place]] = {}
    for place in places:
        same.setdefault(place.follows, []).append(place)
    return [_suggestion("replace_all", document, text, group) for group in same.values() if len(group) >= SEVERAL]


def _suggestion(kind: Kind, document: Document, text: Text, places: Sequence[Place]) -> NextEdit:
    edits = tuple(TextEdit(Span(text.position(p.start), text.position(p.end)), _ended(p.new, document)) for p in places)
    first, last = edits[0].span.start.line, edits[-1].span.end.line
    least = min(places, key=lambda each: each.probability)
    said = (
        document.uri,
        kind,
        [document.line(n) for n in range(first, last + 1)],
        [(p.start - places[0].start, p.new) for p in places],
    )
    return NextEdit(
        kind=kind,
        uri=document.uri,
        version=document.version,
        place=edits[0].span.start,
        edits=edits,
        why=least.why,
        confidence=least.probability,
        rule=least.rule,
        path=document.path,
        sameness=fingerprint(said),
        lines=fingerprint(said[2]) if kind == "edit" else "",
        follows=fingerprint(least.follows),
    )


def _ended(new: str, document: Document) -> str:
    return new.replace("\n", document.eol) if "\n" in new else new
