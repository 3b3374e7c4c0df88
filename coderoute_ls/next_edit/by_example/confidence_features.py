"""What speaks for doing a rule again at a place, as numbers: the confidence is a logistic curve over them."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from coderoute_ls.next_edit.by_example.changes import Change
from coderoute_ls.next_edit.by_example.learned_rules import COMPARED, Rule
from coderoute_ls.next_edit.by_example.matching_places import Site
from coderoute_ls.next_edit.by_example.tokens import is_word

FEATURES = (
    "one", "template", "inside", "support2", "support3", "left", "right", "missing", "left full", "right full", "weak",
    "words", "long", "whole", "places", "skipped", "far back", "other file", "insertion", "deletion", "rename",
    "old defined", "new defined", "several lines", "one x left", "one x right", "one x rename", "string", "comment",
    "one x whole",
    "skipped share", "near", "alike", "alike2", "same line", "done share", "indent", "old kept", "number", "keyword",
    "rivals", "bare",
)  # fmt: skip
_WORDS_OF_LANGUAGES = (
    "self this return if else None null nil true false True False let const var def fn func function class new int str string "
    "void public private static async await for in import from"
)
_KEYWORDS = frozenset(_WORDS_OF_LANGUAGES.split())
_WORDS = "def class fn func function struct enum type interface trait let const var val mut static int void".replace(" ", "|")
_DEFINES = rf"(?:\b(?:{_WORDS})\s+%s\b|^\s*%s\s*[:=][^=])"


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What is the same for all places of a rule in one text."""

    rule: Rule
    places: int
    skipped: int
    """Places that the user went past: they lie between the lines that were changed by this rule."""
    age: int
    """How many edits ago it was last followed."""
    here: bool
    """At least one example is in this document."""
    old_defined: bool
    new_defined: bool
    kept: float
    """Share of the examples that left the old text standing somewhere else in their own lines."""
    rivals: int
    """Rules that make something else of the same text."""


@dataclass(frozen=True, slots=True)
class Past:
    """How a rule was followed until now."""

    lines: Sequence[int]
    """Where in this document it was followed."""
    places: Sequence[int]
    """Lines where else it fits."""
    age: int
    """How many edits ago it was last followed."""
    rivals: int
    """Rules that make something else of the same text."""


def rule_facts(rule: Rule, text: str, past: Past) -> RuleFacts:
    lines = past.lines
    skipped = sum(min(lines) <= line <= max(lines) for line in past.places) if lines else 0
    old, new = rule.template.old, rule.template.new
    rename = len(old) == 1 and len(new) == 1 and isinstance(old[0], str) and isinstance(new[0], str) and is_word(old[0])
    return RuleFacts(
        rule,
        len(past.places),
        skipped,
        past.age,
        bool(lines),
        rename and defines(text, str(old[0])),
        rename and is_word(str(new[0])) and defines(text, str(new[0])),
        sum(_keeps(example.change) for example in rule.examples) / len(rule.examples),
        past.rivals,
    )


def _keeps(change: Change) -> bool:
    """Whether the old text is once more beside the change."""
    old = "".join(change.old)
    return bool(old.strip()) and (old in "".join(change.left) or old in "".join(change.right))


_TRIED = 200
"""Lines with the name that are looked at."""
_LINE = 400
"""Characters of such a line."""


@lru_cache(maxsize=256)
def _definition(name: str) -> re.Pattern[str]:
    word = re.escape(name)
    return re.compile(_DEFINES % (word, word), re.MULTILINE)


def defines(text: str, name: str) -> bool:
    """Whether a line of the text looks like the definition of this name, in any language."""
    pattern, at = _definition(name), text.find(name)
    for _ in range(_TRIED):
        if at < 0:
            return False
        end = text.find("\n", at)
        if pattern.search(text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)][:_LINE]) is not None:
            return True
        at = text.find(name, end) if end >= 0 else -1
    return False


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of one place beside its context."""

    part: str
    """``code``, ``string`` or ``comment``."""
    distance: int
    """Lines from the user."""
    together: int
    """Other rules of the same edits that fit in the same line."""
    same_indent: bool
    """It is as deep as an example was."""


def features(facts: RuleFacts, site: Site, around: Around) -> list[float]:
    """In the order of `FEATURES`."""
    rule = facts.rule
    one = rule.support == 1
    text = "".join(rule.template.text)
    words = sum(is_word(token) for token in rule.template.text)
    rename = len(rule.template.old) == 1 and len(rule.template.new) == 1 and words == 1
    whole = sum(example.change.whole for example in rule.examples) / len(rule.examples)
    left, right = site.left / COMPARED, site.right / COMPARED
    return [
        *_of_rule(facts, site, text, words),
        whole,
        *_of_history(facts),
        float(rename),
        float(facts.old_defined),
        float(facts.new_defined),
        float("\n" in text or any(part == "\n" for part in rule.template.new)),
        one * left,
        one * right,
        float(one and rename),
        float(around.part == "string"),
        float(around.part == "comment"),
        one * whole,
        facts.skipped / (facts.places + rule.support),
        1 / (1 + around.distance / 10),
        site.alike,
        site.alike * site.alike,
        min(around.together, 3) / 3,
        rule.support / (facts.places + rule.support),
        float(around.same_indent),
        facts.kept,
        float(len(rule.template.old) == 1 and text[:1].isdigit()),
        float(len(rule.template.old) == 1 and text in _KEYWORDS),
        min(facts.rivals, 2) / 2,
        float(rule.bare),
    ]


def _of_rule(facts: RuleFacts, site: Site, text: str, words: int) -> list[float]:
    rule = facts.rule
    return [
        float(rule.support == 1),
        float(rule.kind == "template"),
        float(rule.kind == "inside"),
        float(rule.support >= 2),
        float(rule.support >= 3),
        site.left / COMPARED,
        site.right / COMPARED,
        site.missing / (2 * COMPARED),
        float(site.left == COMPARED),
        float(site.right == COMPARED),
        float(rule.weak),
        min(words, 4) / 4,
        min(len(text), 24) / 24,
    ]


def _of_history(facts: RuleFacts) -> list[float]:
    return [
        math.log2(facts.places) / 4,
        float(facts.skipped > 0),
        min(facts.age, 8) / 8,
        float(not facts.here),
        float(not facts.rule.template.old),
        float(not facts.rule.template.new),
    ]
