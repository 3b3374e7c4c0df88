"""Where a project keeps the tests of a file: learned from its existing tests, else the language's custom."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath as Path

from coderoute_ls import syntax
from coderoute_ls.domain import Document, Position, Span


@dataclass(frozen=True, slots=True)
class Habit:
    """How test files are called and where they lie, where the project does not say."""

    names: tuple[str, ...]
    """``*`` stands for the source's name without its suffix; the first one is used for the first test of a project."""
    folder: str = "tests"
    """Below the root of the project; ``.`` is beside the source."""
    sources: str = "src"
    """The folder of sources, whose subfolders are repeated below ``folder``, if it has any."""
    mirrored: bool = False


_SCRIPT = {suffix: Habit((f"*.test{suffix}", f"*.spec{suffix}"), ".") for suffix in (".ts", ".tsx", ".js", ".jsx", ".mjs")}
_HABITS = _SCRIPT | {
    ".py": Habit(("test_*.py", "*_test.py")),
    ".go": Habit(("*_test.go",), "."),
    ".java": Habit(("*Test.java", "*Tests.java", "Test*.java"), "src/test/java", "src/main/java", mirrored=True),
    ".c": Habit(("test_*.c", "*_test.c")),
    ".cpp": Habit(("*_test.cpp", "test_*.cpp")),
    ".cc": Habit(("*_test.cc", "test_*.cc")),
    ".cs": Habit(("*Tests.cs", "*Test.cs")),
    ".rb": Habit(("*_spec.rb", "test_*.rb"), "spec", "lib", mirrored=True),
}


def home_of_tests(source: str, files: Iterable[str]) -> str:
    """The file that the tests of ``source`` belong into; all paths are relative to the project, with slashes.

    An existing test file of this source wins; a new one is called and placed as the project's other tests are. Rust's unit
    tests are in the source itself.
    """
    path = Path(source)
    if path.suffix == ".rs":
        return source
    habit = _HABITS.get(path.suffix) or Habit((f"test_*{path.suffix}",))
    known = [Path(file) for file in files]
    names = [name.replace("*", path.stem) for name in habit.names]
    own = [file for file in known if file.name in names]
    if own:
        return min(own, key=lambda file: (_steps(file.parent, path.parent), file)).as_posix()
    others = [(file, name) for file in known for name in habit.names if file.match(name)]
    name = Counter(name for _, name in others).most_common(1)[0][0] if others else habit.names[0]
    folders = Counter(_folder_like(file, name, known, path) for file, name in others)
    folder = folders.most_common(1)[0][0] if folders else _usual_folder(habit, path)
    return (folder / name.replace("*", path.stem)).as_posix()


def _folder_like(test: Path, name: str, files: Iterable[Path], source: Path) -> Path:
    """Where the tests of ``source`` would lie if it were to them as ``test`` is to the file it tests."""
    before, after = name.split("*")
    stem = test.name.removeprefix(before).removesuffix(after)
    tested = next((file for file in files if file.stem == stem and file.suffix == source.suffix and file != test), None)
    if tested is None:
        return test.parent
    if test.parent.is_relative_to(tested.parent):  # beside it, or in a folder beside it
        return source.parent / test.parent.relative_to(tested.parent)
    shared = _shared_end(test.parent, tested.parent)
    if not shared:
        return test.parent
    root, sources = (Path(*folder.parts[: len(folder.parts) - shared]) for folder in (test.parent, tested.parent))
    return root / source.parent.relative_to(sources) if source.parent.is_relative_to(sources) else root


def _usual_folder(habit: Habit, source: Path) -> Path:
    if habit.folder == ".":
        return source.parent
    below = source.parent.relative_to(habit.sources) if source.parent.is_relative_to(habit.sources) else Path()
    return Path(habit.folder) / below if habit.mirrored else Path(habit.folder)


def _shared_end(one: Path, other: Path) -> int:
    """How many folders the two paths end with alike."""
    count = 0
    for a, b in zip(reversed(one.parts), reversed(other.parts), strict=False):
        if a != b:
            break
        count += 1
    return count


def _steps(one: Path, other: Path) -> int:
    """Steps in the folder tree from one folder to the other."""
    shared = sum(1 for _ in _common(one.parts, other.parts))
    return len(one.parts) + len(other.parts) - 2 * shared


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> Iterable[str]:
    for a, b in zip(one, other, strict=False):
        if a != b:
            return
        yield a


def end_of_tests(document: Document) -> Span:
    """The place in an existing file where more tests go: before the end of the class or module that holds them, else at the
    end of the file."""
    holders = [
        found
        for found in syntax.definitions(document.language, document.text)
        if (document.language == "rust" and found.kind == "module" and found.name == "tests")
        or (document.language in {"java", "csharp"} and found.kind == "class" and not found.container)
    ]
    if holders and holders[-1].body is not None:
        line = holders[-1].body.end.line
        if document.line(line).strip() == "}":
            return Span(Position(line, 0), Position(line, 0))
    return Span(document.end, document.end)
