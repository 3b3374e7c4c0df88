"""The answer's text before anything is looked for in it: line ends, thoughts, special tokens, invisible characters, tags."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coderoute_ls.edits.answer.reading.blocks import unquoted
from coderoute_ls.edits.answer.reading.characters import without_controls
from coderoute_ls.edits.filters.tokens import Tokens
from coderoute_ls.text import with_endings
from coderoute_ls.text.reasoning import without_thoughts

_WRAPPER = re.compile(r"<(?P<name>/?(?:region|answer|output|code|result|solution|response|final|selected|replacement)(?:_\w+)?)>")
_TAGGED = re.compile(r"\n\s*+[<>]")
"""Lines that begin with a tag, or are quoted."""
_INLINE = re.compile(r"`[^`]+`")
_NUMBERED = re.compile(r"\s*(?P<number>\d+)(?:\s?[|│:]\s?|\t)(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class WholeText:
    """Lines to look at, and what was taken out that the user should know."""

    lines: list[str]
    notes: tuple[str, ...] = ()
    thinking: bool = False
    """There is nothing but a thought that never ended."""


def whole_text(answer: str, own: str, around: str = "", *, prose: bool = False) -> WholeText:
    """``own`` is the text that the answer replaces, ``around`` what stands near it: what is in them is content."""
    text = with_endings(answer, "\n")
    thoughts = without_thoughts(text, own)
    tokens = Tokens(own)
    text = tokens.feed(thoughts.answer) + tokens.finish()
    text, removed = without_controls(text, own, prose=prose)
    if not prose and _INLINE.fullmatch(text.strip()) and not own.lstrip().startswith("`"):
        text = text.strip()[1:-1]
    lines = text.split("\n")
    if _TAGGED.search(f"\n{text}"):
        lines = _unwrapped(unquoted(lines), f"{own}\n{around}")
    return WholeText(lines, (removed,) if removed else (), thoughts.open)


def _unwrapped(lines: list[str], own: str) -> list[str]:
    """Without tags that stand alone on a line and are the prompt's, not the file's."""
    return [line for line in lines if not ((tag := _WRAPPER.fullmatch(line.strip())) and tag.group() not in own)]


def without_numbers(lines: Sequence[str]) -> list[str]:
    """Without line numbers, where every line has one and they count up."""
    if not _NUMBERED.fullmatch(next((line for line in lines if line.strip()), "")):
        return list(lines)
    found = [_NUMBERED.fullmatch(line) for line in lines if line.strip()]
    numbers = [int(match["number"]) for match in found if match]
    if len(numbers) < 2 or len(numbers) != len(found) or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return list(lines)
    return [match["rest"] if (match := _NUMBERED.fullmatch(line)) else line for line in lines]
