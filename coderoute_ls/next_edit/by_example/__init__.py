"""From the user's own edits to suggestions, without a model."""

from coderoute_ls.domain import Document, Position
from coderoute_ls.domain.next_edits import NextEdit, Situation, fingerprint
from coderoute_ls.ignore import HUGE, generated
from coderoute_ls.next_edit.by_example.assembly import Place, suggestions
from coderoute_ls.next_edit.by_example.broken_uses_in_document import broken_traces
from coderoute_ls.next_edit.by_example.repetition import Weighed, weighed_sites
from coderoute_ls.next_edit.by_example.text import Text

MOST_OTHERS = 4
"""Other documents that are looked through."""
MOST_LINES = 20_000
"""A longer document is data, or not worth the time of every pause."""
LIKELY = 0.5
"""A place that is less likely meant than not is none."""


def candidates(situation: Situation) -> list[NextEdit]:
    """What the last edits ask for, best first: in this document, then in the others. Nothing in files that are too large,
    binary or generated, and in others only what the last edits did elsewhere."""
    found = _in_document(situation, situation.document, situation.cursor)
    for other in situation.others[:MOST_OTHERS]:
        if other.language == situation.document.language and situation.edits:
            found += [each for each in _in_document(situation, other, Position(0, 0)) if each.kind == "edit"]
    return found


def _in_document(situation: Situation, document: Document, cursor: Position) -> list[NextEdit]:
    if document.size > HUGE or not document.size or len(document.lines) > MOST_LINES:
        return []
    text = Text(document.uri, document.language, document.lines)
    places = [_place(each) for each in weighed_sites(situation.edits, text, cursor.line) if each.probability >= LIKELY]
    places += broken_traces(situation.edits, text, cursor.line if document.uri == situation.document.uri else -1)
    places = [place for place in places if fingerprint(place.follows) not in situation.rejected]
    if not places or "\0" in text.text or generated(document.path, text.text[:4_000]):
        return []
    return suggestions(document, text, places, cursor)


def _place(weighed: Weighed) -> Place:
    site, rule = weighed.site, weighed.site.rule
    why = "repeats your last edit" if rule.support == 1 else f"repeats {rule.support} of your edits"
    return Place(
        site.start,
        site.end,
        site.new,
        weighed.probability,
        why,
        rule.kind,
        f"{rule.template.old} → {rule.template.new} {rule.support}",
    )
