"""What streaming an edit costs: lines touched against a plain diff, bytes sent, time to the first visible change, time per flush.

    python benchmarks/edits.py [CACHE]

Takes functions that really changed between two versions of packages from the index, downloaded with pip into CACHE (default:
a folder in the user's cache). Streams each function's new text over its old one, in pieces of a few characters as models do.
"""

import ast
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

from platformdirs import user_cache_path

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.edits import EditJob
from coderoute_ls.text import split_lines

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
        self.job = EditJob(self.document, Span(Position(first, 0), Position(first + count, 0)))
        self.touched = self.bytes = self.flushes = 0
        self.flush_s: list[float] = []

    def flush(self) -> None:
        started = time.perf_counter()
        flush = self.job.next_flush()
        if flush is None:
            return
        self.flush_s.append(time.perf_counter() - started)
        self.flushes += 1
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


def stream(pair: Pair, head: str = "", tail: str = "") -> tuple[Editor, float | None]:
    """The finished editor, and the seconds from the first changed line's arrival to its edit."""
    editor = Editor(head, pair.before, tail)
    chance = random.Random(pair.name)
    answer = f"```python\n{pair.after}```\n"
    first: float | None = None
    while answer:
        size = chance.randint(1, 12)
        started = time.perf_counter()
        editor.job.feed(answer[:size])
        editor.flush()
        if first is None and editor.flushes:
            first = time.perf_counter() - started
        answer = answer[size:]
    editor.job.finish()
    editor.flush()
    wanted = head + pair.after + tail
    assert editor.document.text == wanted, f"{pair.name}: not the answer"
    return editor, first


def percentiles(name: str, values: list[float], unit: str) -> None:
    cut = quantiles(values, n=100)
    print(f"{name:<44} p50 {cut[49]:8.3f} {unit}   p99 {cut[98]:8.3f} {unit}   max {max(values):8.3f} {unit}")


def main() -> None:
    cache = Path(sys.argv[1]) if len(sys.argv) > 1 else user_cache_path("coderoute-ls-benchmarks")
    sample = pairs(cache)
    touched = plain = total = text = 0
    firsts: list[float] = []
    worst: list[tuple[float, str]] = []
    for pair in sample:
        editor, first = stream(pair)
        _, removed, added = diff(pair.before.splitlines(), pair.after.splitlines())
        touched, plain = touched + editor.touched, plain + removed + added
        total, text = total + editor.bytes, text + len(pair.after)
        worst.append((editor.touched / (removed + added), pair.name))
        firsts += [first * 1000] if first is not None else []
    print(f"{len(sample)} changed functions, {text:,} characters")
    print(f"lines touched: {touched}, by a plain diff: {plain}, ratio {touched / plain:.3f} (at most 1.2)")
    within = sum(ratio <= 1.2 for ratio, _ in worst)
    print(f"functions within 1.2 by themselves: {within} of {len(worst)}; the worst:")
    for ratio, name in sorted(worst, reverse=True)[:5]:
        print(f"  {ratio:5.2f}  {name}")
    print(f"bytes sent: {total:,}, {total / text:.2f} × the text (at most 4)")
    percentiles("first change after its line arrived", firsts, "ms")

    padding = "".join(f"x_{n} = {n}\n" for n in range(5000))
    slow: list[float] = []
    for pair in sample[:20]:
        slow += [1000 * seconds for seconds in stream(pair, padding, padding)[0].flush_s]
    percentiles("flush in a document of 10,000 lines", slow, "ms")
    region = "".join(f"def f_{n}(x):\n    return x + {n}\n" for n in range(5000))
    whole = Pair("whole", region, region.replace("return x", "return  x", 40))
    percentiles("flush of a region of 10,000 lines", [1000 * seconds for seconds in stream(whole)[0].flush_s], "ms")


if __name__ == "__main__":
    main()
