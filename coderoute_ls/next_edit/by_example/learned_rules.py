"""Rules that the last edits were made by, as far as they show: a template, how often it was used, and around what."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from coderoute_ls.next_edit.by_example.changes import Change
from coderoute_ls.next_edit.by_example.templates import Template, exact, kept_inside, unified
from coderoute_ls.next_edit.by_example.tokens import is_blank, is_word, tokens

COMPARED = 4
"""Tokens of context, blanks not counted, that are compared on each side of a place."""
PAIRED = 16
"""Changes that are compared with each other, the newest ones."""


@dataclass(frozen=True)
class Example:
    """One change that was made, and by which edit (counted from the oldest)."""

    change: Change
    edit: int


@dataclass(frozen=True)
class Rule:
    """Something to do again. ``left`` and ``right`` are the context that all its examples share, nearest token last and first."""

    template: Template
    examples: tuple[Example, ...] = field(repr=False)
    left: tuple[str, ...]
    right: tuple[str, ...]
    kind: str
    """``repeated`` (the same text), ``template`` (with holes, from two edits), ``inside`` (with a hole, from one edit)."""

    @cached_property
    def edits(self) -> frozenset[int]:
        """Which edits did this."""
        return frozenset(example.edit for example in self.examples)

    @property
    def support(self) -> int:
        """How many different edits did this."""
        return len(self.edits)

    @cached_property
    def weak(self) -> bool:
        """The old side alone says nothing: it is empty, or signs only."""
        text = self.template.text
        return not any(is_word(part) for part in text) and len("".join(text).strip()) < 3

    @cached_property
    def anchor(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The context that a place needs: the nearest name where the old side says nothing, else the signs around it."""
        if not self.weak:
            return (), ()
        left, right = nearest(self.left[::-1], 1)[::-1], nearest(self.right, 1)
        if any(map(is_word, left)):
            return left, ()
        return ((), right) if any(map(is_word, right)) else (left, right)

    @cached_property
    def bare(self) -> bool:
        """Not even the context of a place says a name: its line has to begin as that of an example did."""
        return self.weak and not any(map(is_word, (*self.anchor[0], *self.anchor[1])))

    @cached_property
    def first_words(self) -> frozenset[str]:
        """What the lines of the examples begin with."""
        starts = ("".join((*each.change.left, *each.change.old, *each.change.right[:8])) for each in self.examples)
        behind = (len("".join(each.change.left)) for each in self.examples)
        lines = (start[start.rfind("\n", 0, at) + 1 :].lstrip() for start, at in zip(starts, behind, strict=True))
        return frozenset(part for line in lines for part in tokens(line)[:1])

    @cached_property
    def literal(self) -> tuple[str, str, str] | None:
        """Without holes: the text to find, as context before, what is replaced, context after."""
        if self.template.holes:
            return None
        left, right = self.anchor
        found = "".join(left), "".join(self.template.text), "".join(right)
        return found if "".join(found).strip() else None

    @cached_property
    def searched(self) -> re.Pattern[str] | None:
        """With holes: finds places. None where it would have to be tried at every character."""
        first = self.template.old[0]
        if isinstance(first, int) and first not in self.template.words:
            return None
        return re.compile(self.template.pattern())


def rules_of(examples: Sequence[Example]) -> list[Rule]:
    """All rules that these changes may have followed."""
    same: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Example]] = {}
    for example in examples:
        same.setdefault(example.change.key, []).append(example)
    found = [_rule(exact(group[0].change), group, "repeated") for group in same.values()]
    found += _unified(examples)
    known = {rule.template for rule in found}
    inside: dict[Template, list[Example]] = {}
    for group in same.values():
        template = kept_inside(group[0].change) if group[0].change.whole else None
        if template is not None and template not in known:
            inside.setdefault(template, []).extend(group)
    found += [_rule(template, group, "inside") for template, group in inside.items()]
    return found


def _unified(examples: Sequence[Example]) -> Iterator[Rule]:
    whole = [example for example in examples if example.change.whole][-PAIRED:]
    groups: dict[Template, dict[int, Example]] = {}
    for number, one in enumerate(whole):
        for two in whole[number + 1 :]:
            if one.edit == two.edit and one.change.left == two.change.left:
                continue
            template = unified(one.change, two.change)
            if template is not None and template.holes:
                groups.setdefault(template, {}).update({id(one): one, id(two): two})
    for template, group in groups.items():
        yield _rule(template, list(group.values()), "template")


def _rule(template: Template, group: Sequence[Example], kind: str) -> Rule:
    left = _common([example.change.left[::-1] for example in group])[::-1]
    return Rule(template, tuple(group), left, _common([example.change.right for example in group]), kind)


def _common(contexts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    first, *others = contexts
    count = len(first)
    for other in others:
        count = min(count, len(other))
        while first[:count] != other[:count]:
            count -= 1
    return first[:count]


def nearest(context: Sequence[str], count: int) -> tuple[str, ...]:
    """The first tokens of a context up to so many that are no blanks."""
    seen = 0
    for number, token in enumerate(context):
        seen += not is_blank(token)
        if seen == count:
            return tuple(context[: number + 1])
    return tuple(context)
