"""From the user's own edits to suggestions, without a model."""

from coderoute_ls.ignore import HUGE, generated
from coderoute_ls.next_edit.examples.assembly import Place, suggestions
from coderoute_ls.next_edit.examples.broken_traces import broken_traces
from coderoute_ls.next_edit.examples.repetition import Weighed, weighed_sites
from coderoute_ls.next_edit.examples.text import Text
from coderoute_ls.next_edit.situation import Situation
from coderoute_ls.next_edit.suggestion import Suggestion, fingerprint

LIKELY = 0.5
"""A place that is less likely meant than not is none."""


def candidates(situation: Situation) -> list[Suggestion]:
    """What the last edits ask for, best first. Nothing without edits, in files that are too large or generated."""
    document = situation.document
    if document.size > HUGE or not document.size:
        return []
    text = Text(document.uri, document.language, document.lines)
    line = situation.cursor.line
    places = [_place(each) for each in weighed_sites(situation.edits, text, line) if each.probability >= LIKELY]
    places += broken_traces(situation.edits, text, line)
    places = [place for place in places if fingerprint(place.follows) not in situation.rejected]
    if not places or generated(document.path, text.text):
        return []
    return suggestions(document, text, places, situation.cursor)


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
