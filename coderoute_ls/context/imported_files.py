"""Which files of the workspace the imports of a document mean, and which names it takes from them."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from coderoute_ls.domain import Document
from coderoute_ls.untrusted_files import read_text

Imported = tuple[Path, frozenset[str]]
"""A file, and the names wanted from it; no names: whatever is used."""

HEAD_LINES = 120
"""Imports are looked for so far down."""
HEAD_CHARS = 10_000
"""And in so much text: the patterns below take the square of it where imports are no code of a person."""
_MOST_BYTES = 64 * 1024
_MOST_FILES = 1_000
_PYTHON = re.compile(
    r"^\s*from\s+(?P<module>[.\w]+)\s+import\s+(?P<names>\([^)]*\)|[^\n#]+)|^\s*import\s+(?P<plain>[\w., ]+)", re.MULTILINE
)
_SCRIPT = re.compile(
    r"\b(?:import|export)\b(?P<names>[^'\"]{0,4000}?)\bfrom\s{0,40}['\"](?P<path>\.[^'\"]+)['\"]|require\(['\"](?P<required>\.[^'\"]+)['\"]\)"
)
_INCLUDE = re.compile(r"^\s*#\s*include\s+\"(?P<path>[^\"]+)\"", re.MULTILINE)
_JAVA = re.compile(r"^import\s+(?:static\s+)?(?P<name>[\w.]+)(?:\.\*)?;", re.MULTILINE)
_JAVA_PACKAGE = re.compile(r"^package\s+([\w.]+);", re.MULTILINE)
_RUST = re.compile(
    r"^\s*(?:pub\s+)?use\s+(?P<path>(?:crate|super|self)[\w:]*?)(?:::\{(?P<names>[^}]*)\}|::(?P<one>\w+))?;", re.MULTILINE
)
_GO = re.compile(r"\"([\w./-]+)\"")
_SCRIPT_ENDINGS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", "/index.ts", "/index.tsx", "/index.js")


def imported(document: Document, folder: str) -> list[Imported]:
    """The files, in order of the imports, each once. Looks at the file system, reads nothing; empty for other languages."""
    resolve = _RESOLVERS.get(document.language)
    if resolve is None or not document.path:
        return []
    head = "".join(line[:HEAD_CHARS] for line in document.lines[:HEAD_LINES])[:HEAD_CHARS]
    found: dict[Path, frozenset[str]] = {}
    for path, names in resolve(head, Path(document.path), Path(folder or Path(document.path).parent)):
        if path != Path(document.path):
            found[path] = found.get(path, frozenset()) | names
    return list(found.items())


def _python(head: str, path: Path, folder: Path) -> Iterator[Imported]:
    for match in _PYTHON.finditer(head):
        if match["plain"]:
            for module in match["plain"].split(","):
                yield from _first(_python_files(module.split(" as ")[0].strip(), path, folder), frozenset())
            continue
        names = list(_names(match["names"]))
        yield from _first(_python_files(match["module"], path, folder), frozenset(names))
        # ``from package import module``
        for name in names:
            joint = match["module"] if match["module"].endswith(".") else match["module"] + "."
            yield from _first(_python_files(joint + name, path, folder), frozenset())


def _python_files(module: str, path: Path, folder: Path) -> Iterator[Path]:
    dots = len(module) - len(module.lstrip("."))
    roots = [path.parents[dots - 1]] if 0 < dots <= len(path.parents) else [folder, folder / "src", path.parent]
    steps = [step for step in module[dots:].split(".") if step]
    for root in roots:
        base = root.joinpath(*steps)
        yield base.with_name(base.name + ".py")
        yield base / "__init__.py"


def _script(head: str, path: Path, folder: Path) -> Iterator[Imported]:
    del folder
    for match in _SCRIPT.finditer(head):
        base = str(path.parent / (match["path"] or match["required"]))
        plain = re.sub(r"\.(?:js|jsx|mjs)$", "", base)
        candidates = [Path(base), *(Path(plain + ending) for ending in _SCRIPT_ENDINGS)]
        yield from _first(candidates, frozenset(_names(match["names"] or "")))


def _include(head: str, path: Path, folder: Path) -> Iterator[Imported]:
    for match in _INCLUDE.finditer(head):
        yield from _first(
            (root / match["path"] for root in (path.parent, folder, folder / "include", folder / "src")), frozenset()
        )


def _java(head: str, path: Path, folder: Path) -> Iterator[Imported]:
    del folder
    package = _JAVA_PACKAGE.search(head)
    depth = package[1].count(".") + 1 if package else 0
    root = path.parents[min(depth, len(path.parents) - 1)]
    for match in _JAVA.finditer(head):
        steps = match["name"].split(".")
        yield from _first([root.joinpath(*steps[:-1], steps[-1] + ".java")], frozenset())


def _rust(head: str, path: Path, folder: Path) -> Iterator[Imported]:
    crate = next((parent / "src" for parent in path.parents if (parent / "Cargo.toml").is_file()), folder / "src")
    for match in _RUST.finditer(head):
        start, *steps = match["path"].split("::")
        base = crate if start == "crate" else path.parent if start == "super" else path.with_suffix("")
        names = frozenset(_names(match["names"] or match["one"] or ""))
        module = base.joinpath(*steps)
        yield from _first(
            [module.with_suffix(".rs"), module / "mod.rs", module.parent / "mod.rs"] if steps else [base / "lib.rs"], names
        )


def _go(head: str, path: Path, folder: Path) -> Iterator[Imported]:
    """The files of imported packages of this module, and the other files of this package."""
    root = next((parent for parent in path.parents if (parent / "go.mod").is_file()), None)
    packages = [path.parent]
    if root is not None:
        declared = re.search(r"^module\s+(\S+)", read_text(root / "go.mod", _MOST_BYTES), re.MULTILINE)
        name = declared[1] if declared else ""
        packages += [root / found[len(name) + 1 :] for found in _GO.findall(head) if name and found.startswith(name + "/")]
    del folder
    for package in packages:
        files = sorted(islice(package.glob("*.go"), _MOST_FILES))[:12] if package.is_dir() else []
        yield from ((file, frozenset[str]()) for file in files if not file.name.endswith("_test.go"))


def _names(listed: str) -> Iterator[str]:
    """Names in an import list, as the exporting file calls them."""
    for item in listed.replace("(", "").replace(")", "").replace("{", "").replace("}", "").split(","):
        name = re.match(r"\s*(?:type\s+)?(\w+)", item)
        if name:
            yield name[1]


def _first(candidates: Iterable[Path], names: frozenset[str]) -> Iterator[Imported]:
    found = next((candidate for candidate in candidates if candidate.is_file()), None)
    if found is not None:
        yield found.resolve(), names


_Resolver = Callable[[str, Path, Path], Iterator[Imported]]
_RESOLVERS: dict[str, _Resolver] = {
    "python": _python,
    **dict.fromkeys(("typescript", "typescriptreact", "javascript", "javascriptreact"), _script),
    **dict.fromkeys(("c", "cpp"), _include),
    "java": _java,
    "rust": _rust,
    "go": _go,
}
