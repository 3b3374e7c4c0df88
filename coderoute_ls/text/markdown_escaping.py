"""Untrusted text inside Markdown: every renderer shows it as plain text, with or without HTML and automatic links."""

import re

from coderoute_ls.text.invisible_characters import without_controls

_MARKS = re.compile(r"[<>&\[\]!*_~#\\`|^{}=\"]")
"""What Markdown or HTML may take for more than a character, in the middle of a line."""
_LINE_ENDS = re.compile(r"[\r\n\v\f\x85\u2028\u2029]+")
ADDRESS_LIKE = re.compile(
    r"(?<![^\W_])(?:[a-z][a-z0-9+.-]{1,20}:(?=[/\\\w&%])|//(?=\w)|www\."
    r"|[^\s`<>()\[\]\"'*|]{0,200}?[^\W_](?:\.(?=[^\W\d_])|@(?=[^\W_])))[^\s`<>\"|()\[\]*]*",
    re.IGNORECASE,
)
"""What some renderer takes for a link by itself: ``https://…``, ``//host``, ``www.…``, ``setup.py``, ``a@b.c``."""


def as_code(text: str) -> str:
    """A code span on one line that shows this text, whatever backticks are in it."""
    shown = _LINE_ENDS.sub(" ", without_controls(text)).strip() or " "
    runs = {len(run) for run in re.findall("`+", shown)}
    marks = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    pad = " " if "`" in (shown[0], shown[-1]) else ""
    return f"{marks}{pad}{shown}{pad}{marks}"


def as_text(text: str) -> str:
    """Plain words in the middle of a line: marks as entities, and what looks like an address as a code span."""
    shown = " ".join(without_controls(text).split())
    pieces: list[str] = []
    at = 0
    for found in ADDRESS_LIKE.finditer(shown):
        pieces += (_entities(shown[at : found.start()]), as_code(found.group()))
        at = found.end()
    return "".join((*pieces, _entities(shown[at:])))


def as_block(text: str) -> str:
    """A code block that nothing in the text ends."""
    marks = "`" * (3 + max((len(run) for run in re.findall(r"`{3,}", text)), default=0))
    return f"{marks}\n{without_controls(text)}\n{marks}"


def entity(char: str) -> str:
    """The character so that Markdown and HTML show it and do nothing."""
    return f"&#{ord(char)};"


def _entities(text: str) -> str:
    return _MARKS.sub(lambda found: entity(found.group()), text)
