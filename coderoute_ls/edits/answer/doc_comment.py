"""The documentation comment out of an answer, which may repeat the code that it documents."""

import re
from collections.abc import Iterator, Sequence

from coderoute_ls.edits.answer.lines.reindentation import indented
from coderoute_ls.edits.answer.lines.similar_lines import similar
from coderoute_ls.edits.answer.reading.code_blocks import blocks, unwrapped
from coderoute_ls.edits.answer.target_region import Place, width, without_blank_ends
from coderoute_ls.syntax import line_comment
from coderoute_ls.syntax.code_or_prose import knows_words, reads_as_code

NO_COMMENT = "The answer holds no documentation comment."
_DOCSTRING = re.compile(r"\s*[rRuUbB]{0,2}(?P<quotes>\"\"\"|''')")
_ATTRIBUTE = re.compile(r"\s*(?:@\w|#\[|\[\w|template\s*<)")
_OF_A_FILE = re.compile(r"(?:import|from|def|class|async|@)\b|@")
_CODE = re.compile(r"[;{}()=]")
_BODY = re.compile(r"\s*(?:return|if|for|while|switch|match)\b")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MARKED = frozenset(
    {
        "javascript",
        "javascriptreact",
        "typescript",
        "typescriptreact",
        "rust",
        "java",
        "kotlin",
        "swift",
        "csharp",
        "scala",
        "php",
    }
)
"""Languages whose tools read documentation only in comments of its own kind."""
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
    """The string after the header that the place is under, else the one that the answer begins with or has below its first
    header. A string of the file, or of another function further down, documents something else."""
    header = next((line for line in reversed(place.above) if line.strip()), "")
    openings = [n for n, line in enumerate(lines) if _DOCSTRING.match(line)]
    under = [n for n in openings if any(similar(lines[m], header) for m in range(max(0, n - 12), n))]
    first = [n for n in openings[:1] if not any(_OF_A_FILE.match(line) for line in lines[:n]) and not _goes_on(lines, n)]
    for start in (under or first)[:1]:
        if (end := _end_of_docstring(lines, start)) is not None and _tells(lines[start : end + 1], place.language):
            return list(lines[start : end + 1])
    return []


def _end_of_docstring(lines: Sequence[str], start: int) -> int | None:
    """The last line of the string that begins in a line; None where it does not end."""
    opening = _DOCSTRING.match(lines[start])
    assert opening is not None
    for end in range(start, len(lines)):
        if opening["quotes"] in (lines[end][opening.end() :] if end == start else lines[end]):
            return end
    return None


def _goes_on(lines: Sequence[str], start: int) -> bool:
    """Whether the string is the file's own: imports or definitions follow it."""
    end = _end_of_docstring(lines, start)
    after = next((line for line in lines[end + 1 :] if line.strip()), "") if end is not None else ""
    return _OF_A_FILE.match(after) is not None


def _comment(lines: Sequence[str], place: Place) -> list[str]:
    """The comment above the line that the definition begins with, else the one that the answer begins with, where no other code
    follows it. A comment inside of code documents nothing."""
    first = next((line for line in place.below if line.strip() and not _ATTRIBUTE.match(line)), "")
    top = next((n for n, line in enumerate(lines) if _CODE.search(line) and not _ATTRIBUTE.match(line)), len(lines))
    alone: list[str] = []
    for start, end in _runs(lines, place):
        comment = list(lines[start:end])
        if not _is_documentation(comment, place.language):
            continue
        after = next((line for line in lines[end:] if line.strip() and not _ATTRIBUTE.match(line)), "")
        if after and similar(after, first):
            return comment
        alone = alone or (comment if start <= top and not _BODY.match(after) else [])
    return alone


def _is_documentation(comment: Sequence[str], language: str) -> bool:
    """Whether tools read a comment as documentation, where the language marks that, and whether it says something."""
    text = comment[0].strip()
    marked = language not in _MARKED or text.startswith(("/**", "/*!", "///", "//!", "/*"))
    return marked and _tells(comment, language)


def _tells(comment: Sequence[str], language: str) -> bool:
    """Whether there are words, not code that a comment switches off."""
    text = "\n".join(line.strip().strip("/*!#-\"' \t") for line in comment).strip()
    return _WORD.search(text) is not None and not (knows_words(language) and reads_as_code(language, text))


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
