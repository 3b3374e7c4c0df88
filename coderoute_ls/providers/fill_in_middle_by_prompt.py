"""Filling a hole with a model that only chats: it is shown the file with the hole marked, and asked for the missing text alone.

The answer's fence is taken off here, as it streams. Whatever else a model may have done, words around the fence, lines said
again, is for those who look at every answer (`completion.postprocess`).
"""

import re
from dataclasses import replace
from functools import lru_cache

from coderoute_ls.domain import Fim, Message, Prompt, Snippet

HOLE = "⟦HOLE⟧"
FENCE_TOKENS = 32
"""What the fence and its language take of the answer, and a model's blank lines around it."""
_LEAST_FENCE = 3
_FENCES = re.compile(r"`{3,}")
_CLOSE = re.compile(r"(?:\A|\n)[ \t]*(`{3,})[ \t]*(?=\n|\Z)")
_MAY_CLOSE = re.compile(r"(?:\A|\n)[ \t]*`*[ \t]*\Z")


def as_chat(prompt: Prompt, fim: Fim) -> Prompt:
    """The same hole as a conversation; read the answer through `Unfenced`. Stops are left out: they would end it in its fence."""
    hole = _mark(fim)
    fence = "`" * max(_LEAST_FENCE, *(len(run) + 1 for run in _FENCES.findall(fim.prefix + fim.suffix)), 0)
    files = "".join(f"File {snippet.path}:\n{fence}\n{snippet.text}\n{fence}\n" for snippet in fim.snippets)
    line = fim.prefix.rpartition("\n")[2] + hole + fim.suffix.partition("\n")[0]
    user = (
        f"{files}File {fim.path or 'untitled'} ({fim.language or 'text'}):\n{fence}\n{fim.prefix}{hole}{fim.suffix}\n{fence}\n"
        f"The line with the hole:\n{line}\nThe missing text, in one block between {fence} and {fence}:"
    )
    return Prompt(
        system=_INSTRUCTIONS.replace(HOLE, hole),
        messages=(Message("user", user),),
        max_tokens=prompt.max_tokens + FENCE_TOKENS,
        temperature=prompt.temperature,
        session=prompt.session,
        cacheable_chars=0,
        parts=prompt.parts,
        dispatch=prompt.dispatch,
    )


def told_besides(fim: Fim) -> tuple[str, str]:
    """What `as_chat` says besides the hole's own text and its snippets': what is the same at every key, and the hole's line."""
    line = fim.prefix.rpartition("\n")[2] + fim.suffix.partition("\n")[0]  # said a second time
    return _frame(fim.path, fim.language, tuple(replace(snippet, text="") for snippet in fim.snippets)), line


@lru_cache(maxsize=64)
def _frame(path: str, language: str, snippets: tuple[Snippet, ...]) -> str:
    asked = as_chat(Prompt(), Fim("", "", path, language, snippets))
    return "\n".join((asked.system, *(message.text for message in asked.messages)))


_INSTRUCTIONS = (
    f"You fill the hole in a file: the place marked {HOLE}. Answer with the missing text alone, exactly as it is to stand in the "
    f"place of {HOLE}, in one fenced code block. Do not repeat what stands before or behind the hole, and do not close what is "
    "closed behind it. Write as little as the place asks for: often only the rest of the line. Where nothing is missing, answer "
    "with an empty block. Never explain, and write nothing outside of the block."
)


def _mark(fim: Fim) -> str:
    """What stands for the hole: nothing that is in the file."""
    number, hole = 1, HOLE
    while hole in fim.prefix or hole in fim.suffix:
        number += 1
        hole = f"{HOLE[:-1]} {number}{HOLE[-1]}"
    return hole


class Unfenced:
    """Takes the fence off an answer as it streams. Feed it the text; it gives what is in the block, or the whole answer where
    it begins with none.
    """

    def __init__(self) -> None:
        self._held = ""
        self._marks = ""
        """The fence that was opened."""
        self._bare = False
        self.closed = False
        """The block is over: the rest is talk."""

    def feed(self, piece: str) -> str:
        """What is certainly text of the answer."""
        if self.closed:
            return ""
        self._held += piece
        if not self._bare and not self._marks and not self._begun():
            return ""
        return self._taken() if self._bare else self._inside(at_end=False)

    def close(self) -> str:
        """What is left at the end of the answer."""
        if self.closed:
            return ""
        if self._marks:
            return self._inside(at_end=True)
        fence = self._held.strip()
        alone = fence.startswith("`" * _LEAST_FENCE) and "`" not in fence.lstrip("`")
        return "" if alone else self._taken()

    def _begun(self) -> bool:
        """Whether it can be told how the answer begins."""
        start = self._held.lstrip()
        if len(start) < _LEAST_FENCE and set(start) <= {"`"}:
            return False
        if not start.startswith("`" * _LEAST_FENCE):
            self._bare = True
            return True
        head, newline, body = start.partition("\n")
        marks = head[: len(head) - len(head.lstrip("`"))]
        if newline and "`" in head.removeprefix(marks):
            self._bare = True  # a block within one line is for those who look at every answer
        elif newline:
            self._marks, self._held = marks, body
        return bool(newline)

    def _inside(self, *, at_end: bool) -> str:
        for end in _CLOSE.finditer(self._held):
            if len(end[1]) >= len(self._marks) and (at_end or end.end() < len(self._held)):
                self.closed = True
                return self._held[: end.start()]
        if at_end:
            return self._taken()
        held = _MAY_CLOSE.search(self._held)
        return self._taken(len(self._held) if held is None else held.start())

    def _taken(self, end: int | None = None) -> str:
        taken = self._held if end is None else self._held[:end]
        self._held = self._held[len(taken) :]
        return taken
