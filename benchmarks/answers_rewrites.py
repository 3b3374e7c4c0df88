"""Short functions of real packages to rewrite, and what becomes of a model's answers."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.answers_judge import garbage, inserted
from benchmarks.ghost_text_typing import functions
from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.scripted_editor import Editor

LINES, CHARS = 10, 500
"""Of a body, at most: with its header the function has twelve lines."""
_EACH = ("refactor", "edit", "document")
_INSTRUCTION = "Say the selected part in a clearer way."


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One action at one function."""

    action: str
    path: str
    language: str
    text: str
    span: Span
    instruction: str = ""


@dataclass
class Outcome:
    """What became of one kind of questions."""

    asked: int = 0
    shown: int = 0
    why: Counter[str] = field(default_factory=Counter[str])
    garbage: list[str] = field(default_factory=list[str])
    examples: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """The model's own words, and what was shown of them, or why not."""

    def figures(self) -> dict[str, Any]:
        return {"asked": self.asked, "shown": self.shown, "refused": dict(self.why), "garbage": self.garbage}


def chosen_rewrites(count: int) -> list[Rewrite]:
    """So many functions of each package: refactor, change a part of a line, and document in turn."""
    found: dict[str, list[Rewrite]] = {}
    for function in functions(1_000, seed=2):
        taken = found.setdefault(function.language, [])
        if len(taken) == count or function.body.count("\n") >= LINES or len(function.body) > CHARS:
            continue
        action = _EACH[len(taken) % len(_EACH)]
        text = function.before + function.body + function.after
        first = function.before.count("\n")
        if action != "edit":
            at = Position(first, len(function.before) - function.before.rfind("\n") - 1)
            taken.append(Rewrite(action, function.path, function.language, text, Span(at, at)))
        elif part := _part(text.split("\n"), first, function.body.count("\n") + 1):
            taken.append(Rewrite(action, function.path, function.language, text, part, _INSTRUCTION))
    return [rewrite for taken in found.values() for rewrite in taken]


def _part(lines: list[str], first: int, count: int) -> Span | None:
    """What stands in the last brackets of a body's longest line with brackets."""
    numbers = [
        number for number in range(first, first + count) if "(" in lines[number] and ")" in lines[number].partition("(")[2]
    ]
    if not numbers:
        return None
    number = max(numbers, key=lambda number: len(lines[number]))
    start, end = lines[number].index("(") + 1, lines[number].rindex(")")
    return Span(Position(number, start), Position(number, end)) if end > start else None


async def rewrites(
    editor: Editor, home: Path, chosen: list[Rewrite], heard: Callable[[str], str], at_once: int
) -> dict[str, Outcome]:
    """Run each action, so many at one time. ``heard``: what the model said about this file. The outcomes stand by action."""
    gate = asyncio.Semaphore(at_once)

    async def one(number: int, rewrite: Rewrite) -> tuple[str, str, str]:
        file = home / "work" / f"r{number}" / rewrite.path
        file.parent.mkdir(parents=True)
        file.write_text(rewrite.text, "utf-8")
        async with gate:
            buffer = editor.open(file.as_uri(), rewrite.text, rewrite.language)
            job = await editor.run(rewrite.action, buffer, rewrite.span, rewrite.instruction)
            report = await editor.finished(job.job)
            editor.close(buffer)
        told = " ".join([report.outcome + ":", report.message, *report.problems[:1]])
        return buffer.text, told[:160], heard(f"r{number}/{rewrite.path}")

    ended = await asyncio.gather(*(one(number, rewrite) for number, rewrite in enumerate(chosen)))
    outcomes = {action: Outcome() for action in _EACH}
    for rewrite, (text, told, raw) in zip(chosen, ended, strict=True):
        outcome = outcomes[rewrite.action]
        outcome.asked += 1
        if text == rewrite.text:
            outcome.why[told] += 1
            outcome.examples.append((raw, f"[{told}]"))
            continue
        outcome.shown += 1
        outcome.examples.append((raw, "\n".join(inserted(rewrite.text, text)) or "[only lines taken out]"))
        place = f"{rewrite.path}:{rewrite.span.start.line + 1}"
        outcome.garbage += [f"{kind}: {place}" for kind in garbage(rewrite.language, rewrite.text, text)]
    return outcomes
