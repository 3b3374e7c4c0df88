"""All traces that the last edits leave broken, in one document."""

from collections.abc import Iterator, Sequence

from coderoute_ls.domain.next_edits import PastEdit
from coderoute_ls.next_edit.by_example.assembly import Place
from coderoute_ls.next_edit.by_example.broken_uses.awaited import awaited
from coderoute_ls.next_edit.by_example.broken_uses.broken_use import Evidence, Trace
from coderoute_ls.next_edit.by_example.broken_uses.changed_parameters import parameters
from coderoute_ls.next_edit.by_example.broken_uses.collections import list_to_map, text_to_list
from coderoute_ls.next_edit.by_example.broken_uses.composition import composition
from coderoute_ls.next_edit.by_example.broken_uses.counterparts import other_arm, unlocked
from coderoute_ls.next_edit.by_example.broken_uses.enum_payload import enum_payload
from coderoute_ls.next_edit.by_example.broken_uses.tuple_fields import tuple_fields
from coderoute_ls.next_edit.by_example.broken_uses.unused_imports import missing_decorator
from coderoute_ls.next_edit.by_example.text import Text

LAST = 6
"""Edits whose traces are looked for."""
TRACES: tuple[Trace, ...] = (
    awaited, parameters, composition, tuple_fields, enum_payload, other_arm, unlocked, list_to_map, text_to_list,
)  # fmt: skip


def broken_traces(edits: Sequence[PastEdit], text: Text, line: int) -> Iterator[Place]:
    """Places that the edits left with the old thing; ``line``: where the user is."""
    for edit in edits[-LAST:]:
        evidence = Evidence(edit, text, edits, line)
        for trace in TRACES:
            yield from trace(evidence)
    yield from missing_decorator(text, line)
