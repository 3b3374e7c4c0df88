"""The layout's rules: layers only look down, nothing goes in circles, no file does two jobs, the command line stays light."""

import ast
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "coderoute_ls"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TABLES = {"ignore/secrets/shapes.py", "settings/all_settings.py"}
"""Files that hold a table of data, and may be long."""
ONE_FILE_EACH = {"actions", "cli", "completion/postprocess", "editors", "providers/dialects"}
"""Folders with one file per action, command, filter, editor, dialect: as many as there are."""


def test_the_contracts_of_pyproject_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Module → the modules among these that it imports anywhere: at its top, in a function, or under TYPE_CHECKING."""
    found: dict[str, set[str]] = {}
    for module, text in sources.items():
        names: set[str] = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                whole = [f"{node.module}.{each.name}" for each in node.names]
                names.update(name if name in sources else node.module for name in whole)
            elif isinstance(node, ast.Import):
                names.update(each.name for each in node.names)
        found[module] = (names & sources.keys()) - {module}
    return found


def circle(sources: Mapping[str, str]) -> list[str]:
    """The modules of one import cycle, or none."""
    try:
        TopologicalSorter(imports(sources)).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_import_goes_in_a_circle_not_even_for_a_type() -> None:
    assert circle({_module(path): path.read_text("utf-8") for path in SOURCES}) == []


def test_a_circle_through_a_type_is_seen() -> None:
    late = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import A\n"
    assert set(circle({"p.a": "from p import b", "p.b": late})) == {"p.a", "p.b"}


def test_start_up_pulls_in_nothing_heavy() -> None:
    heavy = ["httpx", "numpy", "rich", "keyring", "ast_grep_py"]
    code = f"import coderoute_ls.cli._program, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_application_and_the_command_line_load_no_lsp_library() -> None:
    """One process for all: the first module that loads one is named, those after it would be as guilty in its place."""
    modules = sorted(_module(path) for path in SOURCES if path.parent.name in {"app", "cli"})
    code = (
        "import sys\nfrom importlib import import_module\n"
        f"for module in {modules}:\n"
        "    import_module(module)\n"
        "    if found := sorted({'pygls', 'lsprotocol'} & set(sys.modules)):\n"
        "        raise SystemExit(f'{module} loads {found}')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_loads_no_command() -> None:
    listed = "print([name for name in sys.modules if '.cli.' in name and '._' not in name])"
    code = f"import sys; from coderoute_ls.cli._program import main; main(['--help']); {listed}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_code_file_does_two_jobs() -> None:
    """A file that grows past 300 lines does two; name a table of data above when one needs more."""
    names = {path.relative_to(PACKAGE).as_posix(): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in names.items() if lines > 300 and name not in TABLES} == {}


def test_no_folder_holds_more_than_a_reader_takes_in() -> None:
    holds = Counter(path.parent.relative_to(PACKAGE).as_posix() for path in SOURCES if path.name != "__init__.py")
    assert {folder: files for folder, files in holds.items() if files > 14 and folder not in ONE_FILE_EACH} == {}


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            yield f"{_module(path)}.{node.name}", node.end_lineno - node.lineno + 1


def test_no_function_is_longer_than_a_screen() -> None:
    assert {name: lines for path in SOURCES for name, lines in _functions(path) if lines > 50} == {}
