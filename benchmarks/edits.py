"""What streaming an edit costs: lines touched against a plain diff, bytes sent, time to the first visible change, time per flush.

``python -m benchmarks edits``

Takes functions that really changed between two versions of public packages, downloaded with pip into a folder in the user's
cache. Streams each function's new text over its old one, in pieces of a few characters as models do; then once more through
the whole server, from a provider on loopback to an editor that groups edits.
"""

import ast
import asyncio
import difflib
import json
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from platformdirs import user_cache_path

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.edits import EditStateMachine
from coderoute_ls.server.rpc.messages.coderoute_messages import APPLY_GROUPED_EDIT
from coderoute_ls.text import split_lines
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

VERSIONS = {
    "requests": ("2.22.0", "2.32.3"),
    "flask": ("1.1.4", "2.3.3"),
    "click": ("7.1.2", "8.1.7"),
    "attrs": ("20.3.0", "23.2.0"),
    "rich": ("10.16.2", "13.9.4"),
    "httpx": ("0.18.2", "0.28.1"),
    "jinja2": ("2.11.3", "3.1.4"),
    "werkzeug": ("1.0.1", "3.0.6"),
    "urllib3": ("1.26.20", "2.2.3"),
    "packaging": ("20.9", "24.2"),
}
PAIRS = 200
RUNS = 60
FITS = 40
OFFLINE = "[catalog]\nrefresh = 0\n\n"
SEED = 20261121


@dataclass(frozen=True, slots=True)
class Pair:
    """One function before and after."""

    name: str
    before: str
    after: str


def pairs(cache: Path) -> list[Pair]:
    """`PAIRS` changed functions of at least five lines, the same ones in every run."""
    found: list[Pair] = []
    for package, versions in VERSIONS.items():
        for old, new in pairwise(versions):
            before, after = (functions(download(cache, package, version)) for version in (old, new))
            found += [
                Pair(f"{package}:{name}", text, after[name])
                for name, text in before.items()
                if name in after and after[name] != text and text.count("\n") >= 5
            ]
    return random.Random(SEED).sample(sorted(found, key=lambda pair: pair.name), PAIRS)


def download(cache: Path, package: str, version: str) -> Path:
    """The wheel, from the cache or with pip."""
    place = cache / package / version
    if not any(place.glob("*.whl")):
        place.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(place)]
        subprocess.run([*pip, f"{package}=={version}"], check=True)
    return next(place.glob("*.whl"))


def functions(wheel: Path) -> dict[str, str]:
    """Every function's text by file and qualified name."""
    found: dict[str, str] = {}
    with zipfile.ZipFile(wheel) as archive:
        for file in archive.namelist():
            if file.endswith(".py"):
                text = archive.read(file).decode()
                found.update((f"{file}:{name}", code) for name, code in _functions(text))
    return found


def _functions(text: str) -> Iterator[tuple[str, str]]:
    lines = text.splitlines(keepends=True)

    def visit(node: ast.AST, prefix: str) -> Iterator[tuple[str, str]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}{child.name}"
                if not isinstance(child, ast.ClassDef) and child.end_lineno:
                    yield name, "".join(lines[child.lineno - 1 : child.end_lineno]).rstrip("\n") + "\n"
                yield from visit(child, f"{name}.")

    yield from visit(ast.parse(text), "")


class Editor:
    """Applies flushes at once and counts."""

    def __init__(self, head: str, before: str, tail: str) -> None:
        lines = split_lines(head + before + tail)
        first, count = head.count("\n"), before.count("\n")
        self.document = Document("file:///f.py", "python", 1, lines)
        self.job = EditStateMachine(self.document, Span(Position(first, 0), Position(first + count, 0)))
        self.job.asked_for("bring it up to date")  # what others call may change: people changed it
        self.touched = self.bytes = 0
        self.flush_s: list[float] = []

    def flush(self) -> None:
        started = time.perf_counter()
        flush = self.job.next_flush()
        if flush is None:
            return
        self.flush_s.append(time.perf_counter() - started)
        lines = list(self.document.lines)
        for edit in reversed(flush.edits):
            self._apply(lines, edit)
        self.document = Document(self.document.uri, "python", self.document.version + 1, lines)
        self.bytes += len(json.dumps([[edit.span, edit.text] for edit in flush.edits])) + 200  # the frame around the edits
        self.job.on_change(self.document, tuple(reversed(flush.edits)))
        self.job.answered(True)

    def _apply(self, lines: list[str], edit: TextEdit) -> None:
        (first, begin), (last, stop) = edit.span
        old = lines[first : last + 1]
        new = split_lines(old[0][:begin] + edit.text + old[-1][stop:])
        new = new if last + 1 == len(lines) else [line for line in new if line]
        _, removed, added = diff(old, new)
        self.touched += removed + added
        lines[first : last + 1] = new


def diff(before: list[str], after: list[str]) -> tuple[int, int, int]:
    """Lines kept, removed and added."""
    kept = sum(block.size for block in difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks())
    return kept, len(before) - kept, len(after) - kept


def stream(pair: Pair, head: str = "", tail: str = "") -> Editor:
    """The editor after the whole answer, with its counts. A refused answer leaves the old text."""
    editor = Editor(head, pair.before, tail)
    chance = random.Random(pair.name)
    answer = f"```python\n{pair.after}```\n"
    while answer:
        size = chance.randint(1, 12)
        editor.job.feed(answer[:size])
        editor.flush()
        answer = answer[size:]
    editor.job.finish()
    editor.flush()
    wanted = head + (pair.before if editor.job.problem else pair.after) + tail
    assert editor.document.text == wanted, f"{pair.name}: neither the answer nor the old text"
    return editor


async def loopback() -> tuple[list[float], float, float]:
    """Milliseconds from the provider's first complete changed line to the editor's first change, and bytes sent to the
    editor per byte of answer, over one refactor of 200 lines after another; then the bytes of a preview that is sent whole again
    with each line, as others do it."""
    old = "".join(f"def number_{n}(x):\n    return x + {n}\n" for n in range(100))
    new = "".join(f"def number_{n}(x: int) -> int:\n    return x + {n}\n" for n in range(100))
    lines = new.splitlines(keepends=True)
    first: list[float] = []
    with TemporaryDirectory() as place:
        async with ScriptedProvider() as provider, session(Path(place), OFFLINE + vendor(provider)) as editor:
            for run in range(RUNS):
                buffer = editor.open(f"file:///work/numbers_{run}.py", old)
                started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(200, 0)))
                request = await provider.request()
                await request.start()
                before = len(editor.edits)
                sent = time.perf_counter()
                await request.text(lines[0])
                await editor.until(lambda before=before: len(editor.edits) > before)
                first.append(1000 * (time.perf_counter() - sent))
                for line in lines[1:]:
                    await request.text(line)
                await request.finish()
                await editor.finished(started.job)
                assert buffer.text == new
            frames = [{"jsonrpc": "2.0", "id": "0" * 36, "method": APPLY_GROUPED_EDIT, "params": e} for e in editor.edits]
    size = len(new.encode())
    again = sum(len(json.dumps("".join(lines[:count]))) + 100 for count in range(1, len(lines) + 1)) / size
    return first, sum(len(json.dumps(frame)) + 100 for frame in frames) / (RUNS * size), again


def code_of(methods: int, name: str) -> str:
    """A class of so many methods of ten lines, as people write them."""
    return f"class {name}(Base):\n" + "".join(
        f"""    def method_{n}(self, rows: list[dict[str, int]], limit: int = {n}) -> dict[str, int]:
        # Rows above the limit do not count.
        found: dict[str, int] = {{}}
        for row in rows:
            if row["size"] > limit and not self._skip(row, {n}):
                continue
            found[row["name"].strip() or "none-{n}"] = row["size"] * {n}
        self.total += sum(found.values()) - len(rows) // 2
        return found

"""
        for n in range(methods)
    )


def fitting(language: str, *, fenced: bool = True) -> tuple[list[float], list[float]]:
    """Milliseconds of processor time to fit an answer of 500 lines, a fifth of them changed, with 200 lines above and below it;
    and those of the parser alone, which then has to read the new text once. The old one was read while the model thought.
    """
    spent: list[float] = []
    parsing: list[float] = []
    for run in range(FITS):
        old = code_of(50, f"Region{run}").rstrip("\n") + "\n"
        new = old.replace("row in rows", "row in reversed(rows)").replace("rows: list", "rows: Sequence")
        lines = split_lines(code_of(20, "Above") + old + "\n\n" + code_of(20, "Below"))
        first = lines.index(f"class Region{run}(Base):\n")
        region = Span(Position(first, 0), Position(first + old.count("\n"), 0))
        job = EditStateMachine(Document("file:///f.py", language, 1, lines), region)
        job.place.parse_ahead()
        job.feed(f"Sure:\n\n```{language}\n{new}```\nDone.\n" if fenced else new)
        wanted = new.rstrip("\n").split("\n")
        started = time.process_time()
        job.place.errors(wanted)
        job.place.definitions(wanted)
        parsed = time.process_time()
        fit = job.fit()
        spent.append(1000 * (time.process_time() - parsed))
        parsing.append(1000 * (parsed - started))
        assert fit.lines == wanted, fit.problem
    return spent, parsing


def percentiles(name: str, values: list[float], unit: str) -> dict[str, float]:
    cut = quantiles(values, n=100)
    print(f"{name:<44} p50 {cut[49]:8.3f} {unit}   p99 {cut[98]:8.3f} {unit}   max {max(values):8.3f} {unit}")
    return {"p50": cut[49], "p99": cut[98], "max": max(values)}


def run() -> dict[str, Any]:
    """All figures, printed as they come."""
    sample = pairs(user_cache_path("coderoute-ls-benchmarks"))
    touched = plain = total = text = 0
    ratios: list[tuple[float, str]] = []
    refused: list[str] = []
    for pair in sample:
        editor = stream(pair)
        if editor.job.problem:
            refused.append(f"{pair.name}: {editor.job.problem}")
            continue
        _, removed, added = diff(pair.before.splitlines(), pair.after.splitlines())
        touched, plain = touched + editor.touched, plain + removed + added
        total, text = total + editor.bytes, text + len(pair.after)
        ratios.append((editor.touched / (removed + added), pair.name))
    written = 1 - len(refused) / len(sample)
    print(f"{len(sample)} changed functions, {text:,} characters; {written:.1%} written, each as the answer says (at least 97 %)")
    for problem in refused:
        print(f"  refused: {problem}")
    print(f"lines touched: {touched}, by a plain diff: {plain}, ratio {touched / plain:.3f} (at most 1.2)")
    within = sum(ratio <= 1.2 for ratio, _ in ratios)
    print(f"functions within 1.2 by themselves: {within} of {len(ratios)}; the worst:")
    for ratio, name in sorted(ratios, reverse=True)[:5]:
        print(f"  {ratio:5.2f}  {name}")
    print(f"bytes sent, a flush per piece: {total:,}, {total / text:.2f} × the text")

    padding = "".join(f"x_{n} = {n}\n" for n in range(5000))
    flushes = [1000 * seconds for pair in sample[:20] for seconds in stream(pair, padding, padding).flush_s]
    inside = percentiles("flush in a document of 10,000 lines", flushes, "ms")
    region = "".join(f"def f_{n}(x):\n    return x + {n}\n" for n in range(5000))
    whole = Pair("whole", region, region.replace("return x", "return  x", 40))
    over = percentiles("flush of a region of 10,000 lines", [1000 * seconds for seconds in stream(whole).flush_s], "ms")
    fits = {
        kind: (percentiles(f"fitting 500 lines, {kind}", spent, "ms"), percentiles("  the parser", parsing, "ms"))
        for kind, (spent, parsing) in {
            "no grammar": fitting(""),
            "python": fitting("python"),
            "python, no fence": fitting("python", fenced=False),
        }.items()
    }
    first, bytes_ratio, again = asyncio.run(loopback())
    print(f"first change of the first job, cold: {first[0]:.1f} ms")
    visible = percentiles("first change, provider to editor on loopback", first[1:], "ms")
    print(f"bytes sent to the editor: {bytes_ratio:.2f} × the text (at most 4); the whole again with each line: {again:.0f} ×")
    return {
        "pairs": len(sample),
        "written": written,
        "touched_ratio": touched / plain,
        "within": within,
        "flush_in_10k_ms": inside,
        "flush_of_10k_ms": over,
        "fit_500_ms": {kind: own for kind, (own, _) in fits.items()},
        "parse_500_ms": {kind: parser for kind, (_, parser) in fits.items()},
        "first_change_cold_ms": first[0],
        "first_change_ms": visible,
        "bytes_ratio": bytes_ratio,
        "whole_again_bytes_ratio": again,
    }


if __name__ == "__main__":
    run()
