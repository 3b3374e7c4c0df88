"""Fill-in-the-middle with the raw tokens that a model was trained on: its template, and where its answer ends."""

import re
from dataclasses import replace

from coderoute_ls.domain import Fim
from coderoute_ls.syntax import line_comment
from coderoute_ls.text import overlap

BLANKS = " \t"
STEP_LINES = 8
"""Lines in which the place moves that divides the prefix of `fill_for_cache`."""


def fill(template: str, fim: Fim) -> str:
    """The raw prompt of a template with ``{prefix}`` and ``{suffix}``; braces in the user's code are just text."""
    values = {"{prefix}": with_snippets(fim), "{suffix}": fim.suffix}
    return re.sub(r"\{prefix\}|\{suffix\}", lambda match: values[match[0]], template)


def fill_for_cache(template: str, fim: Fim) -> str:
    """The raw prompt for a server on this machine, laid out so that the next key is read as one token more: a template that ends
    with what follows the cursor gets the last lines before it behind its last mark, as the beginning of the answer. Those lines
    start at each `STEP_LINES`th line of the prefix, so Enter changes nothing further up either. Blanks at the end are left out:
    a model writes them itself, as a part of its next token (`Healed` takes them off the answer).
    """
    fim = replace(fim, prefix=fim.prefix.rstrip(BLANKS))
    if template.find("{suffix}") < template.find("{prefix}"):  # also where there is no suffix: the prefix comes last anyway
        return fill(template, fim)
    lines = fim.prefix.split("\n")
    held = (len(lines) - 1) // STEP_LINES * STEP_LINES
    above = "".join(f"{line}\n" for line in lines[:held])
    return fill(template, replace(fim, prefix=above)) + "\n".join(lines[held:])


class Healed:
    """Takes the blanks off an answer's start, where `fill_for_cache` left them out of the prompt: blank never follows blank."""

    def __init__(self, prefix: str) -> None:
        self._begun = not prefix.endswith(tuple(BLANKS))

    def feed(self, text: str) -> str:
        if self._begun:
            return text
        rest = text.lstrip(BLANKS)
        self._begun = bool(rest)
        return rest


def with_snippets(fim: Fim) -> str:
    """The prefix with the pieces of other files above it as comments: the order stays, so a provider's prefix cache holds."""
    mark = line_comment(fim.language)
    blocks = (
        f"{mark} {snippet.path}\n" + "".join(f"{mark} {line}\n" for line in snippet.text.splitlines()) for snippet in fim.snippets
    )
    return "".join(blocks) + fim.prefix


class StopCut:
    """Cuts a stream at the first of some strings, held back across pieces: special tokens never reach the user's buffer, whatever
    the server does with ``stop``.
    """

    def __init__(self, stops: tuple[str, ...]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.stopped = False

    def feed(self, piece: str) -> str:
        """What may be shown now."""
        if self.stopped:
            return ""
        text = self._held + piece
        at = min((index for stop in self._stops if (index := text.find(stop)) >= 0), default=-1)
        if at >= 0:
            self.stopped = True
            self._held = ""
            return text[:at]
        keep = max((overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def close(self) -> str:
        """What was held back and turned out to be text."""
        held, self._held = self._held, ""
        return held
