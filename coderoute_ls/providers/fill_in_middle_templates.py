"""Fill-in-the-middle with the raw tokens that a model was trained on: its template, and where its answer ends."""

import re

from coderoute_ls.domain import Fim
from coderoute_ls.syntax import line_comment
from coderoute_ls.text import overlap


def fill(template: str, fim: Fim) -> str:
    """The raw prompt of a template with ``{prefix}`` and ``{suffix}``; braces in the user's code are just text."""
    values = {"{prefix}": with_snippets(fim), "{suffix}": fim.suffix}
    return re.sub(r"\{prefix\}|\{suffix\}", lambda match: values[match[0]], template)


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
