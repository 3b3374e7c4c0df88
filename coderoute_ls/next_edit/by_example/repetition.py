"""The last edits done again: where in a document the rules that they followed fit, and how likely each place is meant."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coderoute_ls.domain.next_edits import PastEdit
from coderoute_ls.next_edit.by_example.changes import changes_of
from coderoute_ls.next_edit.by_example.code_parts import code_parts
from coderoute_ls.next_edit.by_example.confidence_features import Around, Past, features, rule_facts
from coderoute_ls.next_edit.by_example.confidence_weights import BIAS, WEIGHTS
from coderoute_ls.next_edit.by_example.learned_rules import Example, Rule, rules_of
from coderoute_ls.next_edit.by_example.matching_places import Found, Site, sites_of
from coderoute_ls.next_edit.by_example.templates import Part
from coderoute_ls.next_edit.by_example.text import Text

LAST = 16
"""Edits that are looked at."""
MOST_RULES = 80


@dataclass(frozen=True, slots=True)
class Weighed:
    """A place, how likely it is meant, and the numbers that say so."""

    site: Site
    probability: float
    features: tuple[float, ...]


def examples_of(edits: Sequence[PastEdit], text: Text) -> list[Example]:
    """The changes of the last edits, oldest first."""
    lines = text.lines
    found: list[Example] = []
    for number, edit in enumerate(edits[-LAST:]):
        above = below = ""
        if edit.uri == text.uri and edit.line >= 0:
            above = "".join(f"{line}\n" for line in lines[max(0, edit.line - 2) : edit.line])
            below = "".join(f"{line}\n" for line in lines[edit.end : edit.end + 2])
        found += [Example(change, number) for change in changes_of(edit, above, below)]
    return found


@dataclass(frozen=True, slots=True)
class _Search:
    """What one search knows: the last edits, the text, which lines they left, and where the user is."""

    recent: Sequence[PastEdit]
    text: Text
    touched: Sequence[range]
    cursor: int


def weighed_sites(edits: Sequence[PastEdit], text: Text, line: int) -> list[Weighed]:
    """All places where the last edits may be done again, most likely first. ``line``: where the user is."""
    recent = edits[-LAST:]
    touched = [range(edit.line, edit.end) for edit in recent if edit.uri == text.uri and edit.line >= 0]
    search = _Search(recent, text, touched, line)
    looked = ((rule, sites_of(rule, text, line)) for rule in _rules(tuple(examples_of(edits, text))))
    fits = [(rule, found) for rule, found in looked if found.sites]
    together = Counter((at, number) for rule, found in fits for at in set(found.lines) for number in rule.edits)
    rivals = Counter(rule.template.old for rule, _ in fits)
    weighed = [each for rule, found in fits for each in _weighed(rule, found, search, _Company(together, rivals))]
    return sorted(weighed, key=lambda each: -each.probability)


@dataclass(frozen=True, slots=True)
class _Company:
    """What else was found."""

    together: Counter[tuple[int, int]]
    """Line and edit → rules of this edit that fit in this line."""
    rivals: Counter[tuple[Part, ...]]
    """Old side → rules that would change it."""


def _weighed(rule: Rule, found: Found, search: _Search, company: _Company) -> Iterable[Weighed]:
    text, recent = search.text, search.recent
    numbers = sorted(rule.edits)
    depths = {_indent(recent[n].new[0]) for n in numbers if recent[n].new}
    done = [recent[n].line for n in numbers if recent[n].uri == text.uri and recent[n].line >= 0]
    rivals = company.rivals[rule.template.old] - 1
    facts = rule_facts(rule, text.text, Past(done, found.lines, len(recent) - 1 - numbers[-1], rivals))
    parts = {_part(rule, recent, number, text) for number in numbers}
    for site in found.sites:
        line = text.offsets.line(site.start)
        if any(line in lines_of for lines_of in search.touched):
            continue
        part = text.part(site.start)
        if part in parts:
            others = max(company.together[line, number] for number in numbers) - 1
            around = Around(part, abs(line - search.cursor), others, _indent(text.lines[line]) in depths)
            values = features(facts, site, around)
            yield Weighed(site, probability(values), tuple(values))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _part(rule: Rule, recent: Sequence[PastEdit], number: int, text: Text) -> str:
    """Whether an example's change was in code, in a string or in a comment."""
    example = next(each for each in rule.examples if each.edit == number)
    edit, change = recent[number], example.change
    before = "".join(change.left) if edit.uri != text.uri or edit.line < 0 else None
    if before is not None:
        return code_parts(edit.language or text.language, before + "".join((*change.new, *change.right))).at(len(before))
    start = text.offsets.start(edit.line)
    end = text.offsets.start(edit.end)
    shown = "".join(change.new) + "".join(change.right[:2]).split("\n", 1)[0]
    at = text.text.find(shown, start, end) if shown else start
    return text.part(max(start, at))


@lru_cache(maxsize=4)
def _rules(examples: tuple[Example, ...]) -> tuple[Rule, ...]:
    return tuple(_without_reversals(rules_of(examples))[-MOST_RULES:])


def _without_reversals(rules: Sequence[Rule]) -> list[Rule]:
    """Without rules of which the opposite was done as well: what was wanted there is not known."""
    forms = {(rule.template.old, rule.template.new) for rule in rules}
    return [rule for rule in rules if (rule.template.new, rule.template.old) not in forms]


def probability(values: Sequence[float]) -> float:
    """The logistic curve over these numbers."""
    total = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, values, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
