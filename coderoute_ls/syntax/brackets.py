"""Brackets of code: those in strings, characters and comments do not count. By the language's lexical rules, so that it holds
for text that does not parse yet; a parser is asked by those who would change something.
"""

import re
from dataclasses import dataclass
from typing import Literal

from coderoute_ls.syntax.comment_and_string_marks import lexer_of, signs_of
from coderoute_ls.text import OPENERS

_SHELLS = frozenset({"shellscript", "bash", "sh", "zsh", "ksh"})
_CASE = re.compile(r"[ \t]*(?:case .* in )?[^\s()|&;<>$`]+(?:[ \t]*\|[ \t]*[^\s()|&;<>]+)*[ \t]*")


@dataclass(frozen=True, slots=True)
class Scan:
    """The brackets of a text with their offsets, and what its end lies in: ``since`` is where that string or comment began
    (the length of the text where it lies in code). ``torn``: where a string begins that its line leaves open, -1 without one."""

    brackets: tuple[tuple[int, str], ...]
    inside: Literal["", "string", "comment"]
    since: int
    torn: int = -1


def scan(language: str, text: str) -> Scan:
    """Read a text from its start; prose has no brackets."""
    lexer = lexer_of(language)
    found: list[tuple[int, str]] = []
    if lexer is None:
        return Scan((), "", len(text))
    torn = -1
    cases = _has_case_patterns(language)
    for match in lexer.finditer(text):
        name = match.lastgroup
        if name is None:
            continue
        if name == "b":
            at = match.end() - 1
            if not (cases and text[at] == ")" and _is_case_pattern(text, at)):
                found.append((at, text[at]))
        elif not match.groupdict().get(f"e{name}"):
            if match.end() == len(text):
                return Scan(tuple(found), "comment" if name[0] == "c" else "string", match.start(name), torn)
            if name[0] == "s" and torn < 0:
                torn = match.start(name)
    return Scan(tuple(found), "", len(text), torn)


def unclosed(language: str, text: str) -> list[str]:
    """Closers that would be needed to balance the text, innermost first. Unmatched closers do not cancel what opens later."""
    return open_closers(scan(language, text).brackets)


def is_plain(language: str, text: str) -> bool:
    """Whether nothing in the text can begin a string, a character or a comment."""
    signs = signs_of(language)
    return signs is None or signs.search(text) is None


def open_closers(brackets: tuple[tuple[int, str], ...]) -> list[str]:
    """Closers of what these brackets leave open, innermost first."""
    stack: list[str] = []
    for _, char in brackets:
        if char in OPENERS:
            stack.append(OPENERS[char])
        elif stack and char == stack[-1]:
            stack.pop()
    return stack[::-1]


def strays(brackets: tuple[tuple[int, str], ...]) -> list[tuple[int, str]]:
    """The closers that nothing before them opens, in order."""
    stack: list[str] = []
    found: list[tuple[int, str]] = []
    for at, char in brackets:
        if char in OPENERS:
            stack.append(OPENERS[char])
        elif stack and stack[-1] == char:
            stack.pop()
        else:
            found.append((at, char))
    return found


def unopened(language: str, text: str) -> list[str]:
    """Closers in the text that nothing in it opens, in order."""
    return [char for _, char in strays(scan(language, text).brackets)]


def _has_case_patterns(language: str) -> bool:
    """Whether a closing bracket may end a pattern that nothing opens, as in a shell's ``case``."""
    return language in _SHELLS


def _is_case_pattern(text: str, at: int) -> bool:
    """Whether the closing bracket at an offset ends a pattern: nothing but words and bars stand before it on its line."""
    return _CASE.fullmatch(text, text.rfind("\n", 0, at) + 1, at) is not None
