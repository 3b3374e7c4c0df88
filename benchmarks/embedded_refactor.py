"""Safe rewrites keep behaviour: every function of a real package is refactored, and the package's own tests run before and after.

``python -m benchmarks embedded_refactor``
"""

import ast
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.embedded_data import Package, archive
from coderoute_ls.domain import Document, Position, Span
from coderoute_ls.embedded.refactor.refactor import refactor
from coderoute_ls.text import split_lines

PACKAGE = Package("click", "python", "pip", "8.1.7", "8.1.8")
"""Its tests need nothing but pytest."""
SOURCES = "src/click"


def run() -> dict[str, object]:
    """Prints the figures and returns them. Raises `AssertionError` when the tests' outcome changed."""
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(archive(PACKAGE, PACKAGE.new)) as bundle:
            bundle.extractall(scratch, filter="data")
        (root,) = Path(scratch).iterdir()
        before = _tests(root)
        rules: Counter[str] = Counter()
        functions = 0
        for file in sorted((root / SOURCES).rglob("*.py")):
            functions += _refactor(file, rules)
        after = _tests(root)
    print(f"{functions} functions of {PACKAGE.name} {PACKAGE.new}, {rules.total()} rewrites by {len(rules)} rules")
    print(f"tests before: {before}\ntests after:  {after}")
    assert before == after
    return {"functions": functions, "rewrites": dict(rules), "tests": after}


def _refactor(file: Path, rules: Counter[str]) -> int:
    """Refactor each function, the last first, so that the lines of the others stay; how many there were."""
    text = file.read_text("utf-8")
    starts = sorted((n.lineno for n in _functions(text)), reverse=True)
    for start in starts:
        node = next((n for n in _functions(text) if n.lineno == start), None)
        if node is None:
            continue
        lines = split_lines(text)
        last = (node.end_lineno or node.lineno) - 1
        region = Span(Position(start - 1, 0), Position(last, len(lines[last].rstrip("\n"))))
        document = Document(file.as_uri(), "python", 1, lines, str(file))
        answer = refactor(document, region)
        if answer is not None and answer.changed:
            rules.update(re.findall(r"\(ruff (\w+)\)", " ".join(answer.notes)))
            text = "".join(lines[: start - 1]) + answer.text + document.slice(Span(region.end, document.end))
    file.write_text(text, "utf-8")
    return len(starts)


def _functions(text: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _tests(root: Path) -> str:
    """How many passed, skipped, failed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore"]
    environment = {**os.environ, "PYTHONPATH": str((root / SOURCES).parent)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=600)
    return done.stdout.strip().rpartition("\n")[2].partition(" in ")[0]


if __name__ == "__main__":
    run()
