"""Filling a hole with what a model offers: raw template tokens, or a chat whose answer is trimmed.

The chat way is the snippet-and-trim prompt: the model repeats a few lines around the cursor, which it does well, and what it
repeated is cut off again; a bare "fill in the middle" prompt gives well-formed code far less often.
"""

import re

from coderoute_ls.domain import Fim, Message, Prompt
from coderoute_ls.syntax import line_comment
from coderoute_ls.text import overlap

CURSOR = "<|cursor|>"
_REPEATED_LINES = 3


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


_INSTRUCTIONS = (
    f"You complete code at the position marked {CURSOR}. Answer with one code block and nothing else. The block first repeats, "
    "exactly, the lines under REPEAT FIRST, goes on with the new code, and ends by repeating the line under REPEAT LAST. Write "
    "as little new code as the position asks for: often the rest of one line. Never explain."
)


def as_chat(prompt: Prompt, fim: Fim) -> Prompt:
    """The same hole as a conversation, for a model that only chats; read the answer through `Trimmer`."""
    files = "".join(f"File {snippet.path}:\n```\n{snippet.text}\n```\n" for snippet in fim.snippets)
    head, tail = repeated_head(fim), repeated_tail(fim)
    user = (
        f"{files}File {fim.path or 'untitled'} ({fim.language or 'text'}):\n```\n{fim.prefix}{CURSOR}{fim.suffix}\n```\n"
        f"REPEAT FIRST:\n{head}\nREPEAT LAST:\n{tail}"
    )
    # the repetition costs tokens that the caller did not count
    extra = (len(head) + len(tail)) // 2 + 16
    return Prompt(
        system=_INSTRUCTIONS,
        messages=(Message("user", user),),
        max_tokens=prompt.max_tokens + extra,
        temperature=prompt.temperature,
        session=prompt.session,
        cacheable_chars=0,
        parts=prompt.parts,
        dispatch=prompt.dispatch,
    )


def repeated_head(fim: Fim) -> str:
    """The last lines of the prefix, which the answer repeats; the last one may be the unfinished line of the cursor."""
    return "\n".join(fim.prefix.rsplit("\n", _REPEATED_LINES)[-_REPEATED_LINES:])


def repeated_tail(fim: Fim) -> str:
    """The first line of the suffix that says anything, which the answer repeats; "" at the end of a file."""
    return next((line for line in fim.suffix.split("\n") if line.strip()), "")


class Trimmer:
    """Takes the repeated lines and the code fence off a snippet answer as it streams. Feed it the text; it gives what is new.

    Text is held back until the repeated head is over, and blank space for as long as the repeated tail may follow it.
    """

    def __init__(self, fim: Fim) -> None:
        self._prefix = fim.prefix
        self._rest_of_line = fim.suffix.partition("\n")[0].strip()
        self._tail = repeated_tail(fim).strip()
        self._lead = fim.suffix[: len(fim.suffix) - len(fim.suffix.lstrip())]
        """Blank space between the cursor and the repeated tail: the answer repeats it too."""
        self._held = ""
        self._blank = ""
        self._opened = False
        self.closed = False
        """The rest of the answer is repetition."""

    def feed(self, piece: str) -> str:
        """What of the answer so far is certainly new."""
        if self.closed:
            return ""
        self._held += piece
        if not self._opened:
            body = _unfenced(self._held, at_end=False)
            # the repeated lines and the one that the cursor stands on, to its end
            if body is None or body.count("\n") < _REPEATED_LINES:
                return ""
            return self._open(body) + self._lines()
        return self._lines()

    def close(self) -> str:
        """What is left at the end of the answer."""
        if self.closed:
            return ""
        self._held += "\n"
        new = "" if self._opened else self._open(_unfenced(self._held, at_end=True) or "")
        new += self._lines()
        return new if self.closed else new + self._end("")

    def _open(self, body: str) -> str:
        """Drop the repeated head. On the line of the cursor, what stood behind the cursor is repetition as well."""
        self._opened = True
        self._held = body[_repetition(self._prefix, body) :]
        line, newline, _ = self._held.partition("\n")
        if self._rest_of_line and newline and line.rstrip().endswith(self._rest_of_line):
            self.closed = True
            return line.rstrip().removesuffix(self._rest_of_line)
        return ""

    def _lines(self) -> str:
        """The complete lines, until one is the repeated tail or the closing fence."""
        new = ""
        while "\n" in self._held and not self.closed:
            line, _, self._held = self._held.partition("\n")
            stripped = line.strip()
            if stripped.startswith("```"):
                new += self._end("")
            elif self._tail and stripped == self._tail:
                new += self._end(line[: len(line) - len(line.lstrip())])
            elif stripped:
                new += self._blank + line
                self._blank = "\n"
            else:
                self._blank += line + "\n"
        return new

    def _end(self, indentation: str) -> str:
        """The blank space before the end, without what the suffix begins with; at the end of a file there is none to keep."""
        self.closed = True
        blank = self._blank + indentation
        return blank[: len(blank) - overlap(blank, self._lead)] if self._tail else ""


def _unfenced(text: str, *, at_end: bool) -> str | None:
    """The text behind an opening code fence, or all of it where there is none; None while that cannot be told."""
    stripped = text.lstrip("\n ")
    if not stripped.startswith("```"):
        return text if at_end or len(stripped) >= 3 else None
    _, newline, body = stripped.partition("\n")
    return body if newline or at_end else None


def _repetition(prefix: str, answer: str) -> int:
    """How many characters at the start of the answer repeat the end of the prefix; the first line may have lost its indentation,
    a habit of models.
    """
    longest = overlap(prefix, answer)
    body = answer.lstrip()
    for lines in range(1, _REPEATED_LINES + 1):
        tail = "\n".join(prefix.rsplit("\n", lines)[-lines:]).lstrip()
        if tail and body.startswith(tail):
            longest = max(longest, len(answer) - len(body) + len(tail))
    return longest


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
