"""The documentation comment out of an answer, which may repeat the code that it documents."""

import re
from collections.abc import Iterator, Sequence

from coderoute_ls.edits.answer.lines.answer_indentation import indented
from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.reading.code_blocks import blocks, unwrapped
from coderoute_ls.edits.answer.target_region import Place, width, without_blank_ends
from coderoute_ls.syntax import line_comment

NO_COMMENT = "The answer holds no documentation comment."
_DOCSTRING = re.compile(r"\s*[rRuUbB]{0,2}(?P<quotes>\"\"\"|''')")
_ATTRIBUTE = re.compile(r"\s*(?:@\w|#\[|\[\w|template\s*<)")
_BLOCKS = (
    ("/*", "*/"),
    ("--[[", "]]"),
    ("--[=[", "]=]"),
    ("{-", "-}"),
    ("(*", "*)"),
    ("=begin", "=end"),
    ("<#", "#>"),
    ("<!--", "-->"),
    ("#|", "|#"),
)
_BLOCK_LANGUAGES = {
    "--[[": frozenset({"lua"}), "--[=[": frozenset({"lua"}), "{-": frozenset({"haskell", "elm", "purescript"}),
    "(*": frozenset({"ocaml", "fsharp", "pascal"}), "=begin": frozenset({"ruby"}), "<#": frozenset({"powershell"}),
    "<!--": frozenset({"html", "xml", "vue", "svelte"}), "#|": frozenset({"lisp", "scheme", "racket", "commonlisp"}),
}  # fmt: skip


def documentation(lines: Sequence[str], place: Place) -> list[str] | None:
    """The new lines of the region; None when the answer has no comment."""
    found = [unwrapped(block).lines for block in blocks(lines, longest=True)] or [tuple(lines)]
    for text in found:
        comment = _docstring(text, place) if place.language == "python" else _comment(text, place)
        if comment:
            return indented(_with_first(comment, place), place, comment=True)
    return None


def _with_first(comment: list[str], place: Place) -> list[str]:
    """A comment whose first line alone has lost its indentation gets it back."""
    rest = [width(line) for line in comment[1:] if line.strip()]
    base = len(place.base.expandtabs(8))
    if rest and base and not width(comment[0]) and min(rest) >= base:
        return [place.base + comment[0], *comment[1:]]
    return comment


def _docstring(lines: Sequence[str], place: Place) -> list[str]:
    """The string after the header that the place is under, else the first one."""
    openings = [n for n, line in enumerate(lines) if _DOCSTRING.match(line)]
    header = next((line for line in reversed(place.above) if line.strip()), "")
    under = [n for n in openings if any(similar(lines[m], header) for m in range(max(0, n - 12), n))] if len(openings) > 1 else []
    for start in (under or openings)[:1]:
        opening = _DOCSTRING.match(lines[start])
        assert opening is not None
        quotes = opening["quotes"]
        for end in range(start, len(lines)):
            text = lines[end][opening.end() :] if end == start else lines[end]
            if quotes in text:
                return list(lines[start : end + 1])
    return []


def _comment(lines: Sequence[str], place: Place) -> list[str]:
    """The comment above the line that the definition begins with, else the first one."""
    runs = list(_runs(lines, place))
    if not runs:
        return []
    first = next((line for line in place.below if line.strip() and not _ATTRIBUTE.match(line)), "")
    for start, end in runs:
        after = next((line for line in lines[end:] if line.strip() and not _ATTRIBUTE.match(line)), "")
        if len(runs) > 1 and after and similar(after, first):
            return list(lines[start:end])
    start, end = runs[0]
    return list(lines[start:end])


def _runs(lines: Sequence[str], place: Place) -> Iterator[tuple[int, int]]:
    """Runs of comment lines and block comments, from their first line up to the one after their last."""
    mark = line_comment(place.language)
    closing = ""
    start: int | None = None
    for n, line in enumerate(lines):
        text = line.strip()
        if closing:
            if closing in text:
                closing = ""
            continue
        opened = _opening(text, place.language, mark)
        if opened:
            start = n if start is None else start
            closing = "" if opened[1] in text[len(opened[0]) :] else opened[1]
        elif text.startswith(mark) and not text.startswith("#!"):
            start = n if start is None else start
        elif start is not None:
            yield start, n
            start = None
    if start is not None and not closing:
        yield start, len(without_blank_ends(lines)) if not lines[-1].strip() else len(lines)


def _opening(text: str, language: str, mark: str) -> tuple[str, str] | None:
    for opening, closing in _BLOCKS:
        languages = _BLOCK_LANGUAGES.get(opening)
        if text.startswith(opening) and (
            language in languages if languages else mark == "//" or language in ("css", "sql", "php")
        ):
            return opening, closing
    return None
