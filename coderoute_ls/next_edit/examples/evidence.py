"""What speaks for doing a rule again at a place, as numbers: the confidence is a logistic curve over them."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from coderoute_ls.next_edit.examples.rules import Rule
from coderoute_ls.next_edit.examples.sites import COMPARED, Site
from coderoute_ls.next_edit.examples.tokens import is_word

FEATURES = (
    "one", "template", "inside", "support2", "support3", "left", "right", "missing", "left full", "right full", "weak",
    "words", "long", "whole", "places", "skipped", "far back", "other file", "insertion", "deletion", "rename",
    "old defined", "new defined", "several lines", "one x left", "one x right", "one x rename", "string", "comment",
    "one x whole", "skipped share", "near",
)  # fmt: skip
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


def rule_facts(rule: Rule, text: str, lines: Sequence[int], site_lines: Sequence[int], age: int) -> RuleFacts:
    """``lines``: where in this document the rule was followed; ``site_lines``: where else it fits."""
    skipped = sum(min(lines) <= line <= max(lines) for line in site_lines) if lines else 0
    old, new = rule.template.old, rule.template.new
    rename = len(old) == 1 and len(new) == 1 and isinstance(old[0], str) and isinstance(new[0], str) and is_word(old[0])
    return RuleFacts(
        rule,
        len(site_lines),
        skipped,
        age,
        bool(lines),
        rename and defines(text, str(old[0])),
        rename and is_word(str(new[0])) and defines(text, str(new[0])),
    )


def defines(text: str, name: str) -> bool:
    """Whether a line of the text looks like the definition of this name, in any language."""
    word = re.escape(name)
    return re.search(_DEFINES % (word, word), text, re.MULTILINE) is not None


def features(facts: RuleFacts, site: Site, part: str, distance: int) -> list[float]:
    """In the order of `FEATURES`."""
    rule = facts.rule
    old, new = rule.template.old, rule.template.new
    one = rule.support == 1
    text = "".join(rule.template.text)
    words = sum(is_word(token) for token in rule.template.text)
    whole = sum(example.change.whole for example in rule.examples) / len(rule.examples)
    rename = len(old) == 1 and len(new) == 1 and words == 1
    left, right = site.left / COMPARED, site.right / COMPARED
    return [
        float(one),
        float(rule.kind == "template"),
        float(rule.kind == "inside"),
        float(rule.support >= 2),
        float(rule.support >= 3),
        left,
        right,
        site.missing / (2 * COMPARED),
        float(site.left == COMPARED),
        float(site.right == COMPARED),
        float(rule.weak),
        min(words, 4) / 4,
        min(len(text), 24) / 24,
        whole,
        math.log2(facts.places) / 4,
        float(facts.skipped > 0),
        min(facts.age, 8) / 8,
        float(not facts.here),
        float(not old),
        float(not new),
        float(rename),
        float(facts.old_defined),
        float(facts.new_defined),
        float("\n" in text or any(part == "\n" for part in new)),
        one * left,
        one * right,
        float(one and rename),
        float(part == "string"),
        float(part == "comment"),
        one * whole,
        facts.skipped / (facts.places + rule.support),
        1 / (1 + distance / 10),
    ]
