"""The answer's text before anything is looked for in it: line ends, thoughts, special tokens, invisible characters, tags."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coderoute_ls.edits.answer.reading.answer_wrappers import from_json, from_page, from_pairs, typed, unescaped, unwrapped
from coderoute_ls.edits.answer.reading.code_blocks import parted, unquoted
from coderoute_ls.edits.answer.reading.misleading_characters import without_controls
from coderoute_ls.edits.stream_filters.special_token_removal import Tokens
from coderoute_ls.syntax.prose_and_markup import is_markup
from coderoute_ls.text import with_endings
from coderoute_ls.text.reasoning_tags import without_thoughts

_INLINE = re.compile(r"`[^`]+`")
_QUOTED = re.compile(r"\n[ \t]*>")
_TAGGED = re.compile(r"</?[A-Za-z]")
_MARKED = re.compile(r"\[/?[A-Z]")
_NEAR = 80
"""Characters at the end of an answer in which the end of what is around it begins."""
_ENDS = ("[/code", "[/source", "[/src", "#+end_", "\\end{", "{code", "{noformat", "----")
"""What ends code in forums, Org, LaTeX, trackers and AsciiDoc."""
_ALONE = re.compile(r"\s*\d+ ?[|│] (?P<rest>.*)")
_NUMBERED = re.compile(r"\s*(?P<number>\d+)(?:\s?[|│:]\s?|\t|→)(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class WholeText:
    """Lines to look at, and what was taken out that the user should know."""

    lines: list[str]
    notes: tuple[str, ...] = ()
    thinking: bool = False
    """There is nothing but a thought that never ended."""


def whole_text(
    answer: str, own: str, around: str = "", language: str = "", *, prose: bool = False, selected: str = ""
) -> WholeText:
    """``own`` is the text that the answer replaces, ``around`` what is near it: what is in them is content. ``selected``: what
    of the text is selected, where that is not all of it."""
    text = with_endings(answer, "\n")
    thoughts = without_thoughts(text, own)
    tokens = Tokens(own)
    text = tokens.feed(thoughts.answer) + tokens.finish()
    text = _without_ends(text, own)
    text, removed = without_controls(text, own, prose=prose)
    if not prose and _INLINE.fullmatch(text.strip()) and not own.lstrip().startswith("`") and "${" not in text:
        text = text.strip()[1:-1]
    text = from_json(text, selected or own, language)
    text = from_page(text, own, in_page=is_markup(language))
    if not is_markup(language):
        text = from_pairs(text, own)
    text = unescaped(text, own)
    if not prose:
        text = typed(text, own)
    return WholeText(_lines(text, f"{own}\n{around}", language, prose=prose), (removed,) if removed else (), thoughts.open)


def _lines(text: str, own: str, language: str, *, prose: bool) -> list[str]:
    """The lines without marks of quotation and without tags around them. Most answers have neither: one look over the text says
    so."""
    lines, end = text.split("\n"), text[-_NEAR:].lower()
    if _QUOTED.search(f"\n{text}"):
        lines = unquoted(lines)
    if "```" in text or "~~~" in text:
        lines = parted(lines)
    if _TAGGED.search(text) or _MARKED.search(text) or any(mark in end for mark in _ENDS) or text.lstrip().startswith(".. "):
        lines = unwrapped(lines, own, language, prose=prose)
    return lines


def _without_ends(text: str, own: str) -> str:
    """Without the marks that some templates put around an answer. In pages they are tags."""
    bare = text.strip()
    if not bare.startswith("<s>") and not bare.endswith("</s>"):
        return text
    inner = text.rstrip().removesuffix("</s>")
    inner = inner.lstrip().removeprefix("<s>") if bare.startswith("<s>") else inner
    return text if "<s>" in own or "<s>" in inner else inner


def without_numbers(lines: Sequence[str], *, alone: bool = False) -> list[str]:
    """Without line numbers, where every line has one and they count up. ``alone``: also where it is one line."""
    if not _NUMBERED.fullmatch(next((line for line in lines if line.strip()), "")):
        return list(lines)
    found = [_NUMBERED.fullmatch(line) for line in lines if line.strip()]
    numbers = [int(match["number"]) for match in found if match]
    if alone and len(found) == 1 and (single := _ALONE.fullmatch(lines[0])):
        return [single["rest"]]
    if len(numbers) < 2 or len(numbers) != len(found) or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return list(lines)
    return [match["rest"] if (match := _NUMBERED.fullmatch(line)) else line for line in lines]
