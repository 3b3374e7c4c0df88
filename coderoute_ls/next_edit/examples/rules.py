"""Rules that the last edits were made by, as far as they show: a template, how often it was used, and around what."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from coderoute_ls.next_edit.examples.changes import Change
from coderoute_ls.next_edit.examples.templates import Template, exact, kept_inside, unified
from coderoute_ls.next_edit.examples.tokens import is_blank, is_word

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

    @property
    def support(self) -> int:
        """How many different edits did this."""
        return len({example.edit for example in self.examples})

    @cached_property
    def weak(self) -> bool:
        """The old side alone says nothing: it is empty, or signs only."""
        text = self.template.text
        return not any(is_word(part) for part in text) and len("".join(text).strip()) < 3

    @cached_property
    def anchor(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The context that a place needs: more of it where the old side says little."""
        if not self.weak:
            return (), ()
        left, right = nearest(self.left[::-1], 1)[::-1], nearest(self.right, 1)
        if not any(map(is_word, (*left, *right))):
            left, right = nearest(self.left[::-1], 2)[::-1], nearest(self.right, 2)
        return left, right

    @cached_property
    def searched(self) -> re.Pattern[str] | None:
        """Finds places; the group ``at`` is what is replaced. None where there is too little to look for."""
        left, right = self.anchor
        first = self.template.old[0] if self.template.old else ""
        if self.weak and not any(map(is_word, (*left, *right))):
            return None
        if isinstance(first, int) and first not in self.template.words:
            return None
        before, after = re.escape("".join(left)), re.escape("".join(right))
        return re.compile(f"{before}(?P<at>{self.template.pattern()})(?={after})")


def rules_of(examples: Sequence[Example]) -> list[Rule]:
    """All rules that these changes may have followed."""
    same: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Example]] = {}
    for example in examples:
        same.setdefault(example.change.key, []).append(example)
    found = [_rule(exact(group[0].change), group, "repeated") for group in same.values()]
    found += _unified(examples)
    known = {rule.template for rule in found}
    for group in same.values():
        template = kept_inside(group[0].change) if group[0].change.whole else None
        if template is not None and template not in known:
            found.append(_rule(template, group, "inside"))
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
