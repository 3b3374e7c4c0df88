"""What of other files a prompt shows."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from coderoute_ls.context import Surroundings
from coderoute_ls.context.definition_outlines import Outlines
from coderoute_ls.domain import Document, Position, Snippet, Span, Target, TextEdit
from coderoute_ls.ignore import Ignore
from coderoute_ls.text import split_lines

SHAPES = '''\
"""Shapes."""


class Shape:
    def __init__(self, name: str) -> None:
        self.name = name

    def area(self, scale: float = 1.0) -> float:
        raise NotImplementedError


def unit_square(name: str) -> Shape:
    return Shape(name)
'''


def opened(root: Path, name: str, text: str, language: str = "python") -> Document:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return Document(path.as_uri(), language, 1, tuple(split_lines(text)), str(path))


def edited(document: Document, line: int, new: str) -> tuple[Document, TextEdit]:
    """One whole line replaced."""
    lines = list(document.lines)
    edit = TextEdit(Span(Position(line, 0), Position(line, len(document.line(line)))), new)
    lines[line] = new + "\n"
    return replace(document, version=document.version + 1, lines=tuple(lines)), edit


async def gathered(root: Path, around: Surroundings, document: Document, line: int, budget: int = 4_000) -> tuple[Snippet, ...]:
    position = Position(line, len(document.line(line)))
    found = await around.gather(Target(document, Span(position, position), folder=str(root)), budget)
    await around.close()
    return found


async def test_definitions_of_imported_names_that_are_used_here_are_shown_with_their_members(tmp_path: Path) -> None:
    opened(tmp_path, "app/shapes.py", SHAPES)
    main = opened(
        tmp_path, "app/main.py", "from app.shapes import Shape, unit_square\n\n\ndef total(shapes: list[Shape]):\n    return \n"
    )
    around = Surroundings([main], lambda path: True)
    (snippet,) = await gathered(tmp_path, around, main, 4)
    assert snippet.kind == "definition" and snippet.path == "app/shapes.py"
    assert "class Shape:" in snippet.text and "def area(self, scale: float = 1.0) -> float:" in snippet.text
    assert "NotImplementedError" not in snippet.text


async def test_the_open_file_that_speaks_of_the_same_things_is_shown_and_others_are_not(tmp_path: Path) -> None:
    like = opened(tmp_path, "billing.py", "def invoice_total(invoice):\n    return sum(line.price for line in invoice.lines)\n")
    unlike = opened(tmp_path, "colours.py", "PALETTE = ['crimson', 'teal']\n")
    main = opened(tmp_path, "report.py", "def show(invoice):\n    print(invoice_total(invoice))\n")
    around = Surroundings([main, like, unlike], lambda path: True)
    (snippet,) = await gathered(tmp_path, around, main, 1)
    assert (snippet.kind, snippet.path) == ("open", "billing.py")


async def test_recent_edits_elsewhere_are_shown_as_small_diffs(tmp_path: Path) -> None:
    other = opened(tmp_path, "other.py", "a = 1\nlimit = 10\nb = 2\nc = 3\n")
    main = opened(tmp_path, "main.py", "x = 1\n")
    around = Surroundings([main], lambda path: True)
    first, edit = edited(other, 1, "limit = 20")
    around.changed(other, first, (edit,))
    second, edit = edited(first, 1, "maximum = 20")
    around.changed(first, second, (edit,))
    (snippet,) = await gathered(tmp_path, around, main, 0)
    assert snippet.kind == "edit" and snippet.path == "other.py"
    assert "-limit = 10" in snippet.text and "+maximum = 20" in snippet.text
    assert "limit = 20" not in snippet.text.replace("maximum = 20", "")


async def test_an_edit_next_to_the_cursor_is_not_shown_again(tmp_path: Path) -> None:
    main = opened(tmp_path, "main.py", "a = 1\nlimit = 10\nb = 2\n")
    changed, edit = edited(main, 1, "limit = 20")
    around = Surroundings([changed], lambda path: True)
    around.changed(main, changed, (edit,))
    assert await gathered(tmp_path, around, changed, 2) == ()


async def test_hunks_move_with_the_text_above_them(tmp_path: Path) -> None:
    lines = "".join(f"value_{number} = {number}\n" for number in range(80))
    main = opened(tmp_path, "main.py", lines)
    around = Surroundings([main], lambda path: True)
    first, edit = edited(main, 60, "renamed = 60")
    around.changed(main, first, (edit,))
    insert = TextEdit(Span(Position(0, 0), Position(0, 0)), "# one\n# two\n")
    second = replace(first, version=3, lines=("# one\n", "# two\n", *first.lines))
    around.changed(first, second, (insert,))
    (snippet,) = [s for s in await gathered(tmp_path, around, second, 3) if "renamed" in s.text]
    assert "-value_60 = 60\n+renamed = 60" in snippet.text


async def test_secret_and_ignored_files_and_secret_lines_are_never_shown(tmp_path: Path) -> None:
    key = "AKIA" + "ABCDEFGHIJ234567"
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("private.py\n")
    opened(tmp_path, "private.py", "def invoice_total(invoice): ...\n")
    files = [
        opened(tmp_path, ".env.local", f"invoice_total={key}\n"),
        opened(tmp_path, "private.py", "def invoice_total(invoice): ...\n"),
        opened(tmp_path, "public.py", f"# {key}\ndef invoice_total(invoice): ...\n"),
    ]
    main = opened(tmp_path, "main.py", "from private import invoice_total\n\nprint(invoice_total(invoice))\n")
    around = Surroundings([main, *files], Ignore([str(tmp_path)], waits=True).allowed)
    found = await gathered(tmp_path, around, main, 2)
    assert [snippet.path for snippet in found] == ["public.py"]
    assert key not in "".join(snippet.text for snippet in found)


async def test_the_budget_holds_and_the_choice_is_stable_while_the_cursor_stays_near(tmp_path: Path) -> None:
    others = [
        opened(tmp_path, f"m{number}.py", f"def invoice_{number}(invoice):\n    return invoice\n" * 20) for number in range(9)
    ]
    main = opened(tmp_path, "main.py", "invoice = 1\n" * 30)
    around = Surroundings([main, *others], lambda path: True)
    found = await gathered(tmp_path, around, main, 8, budget=2_000)
    assert 0 < sum(len(snippet.text) for snippet in found) <= 2_000
    longer = replace(main, version=2, lines=("invoice = 1\n" * 3 + "inv",))
    assert await gathered(tmp_path, around, longer, 0, budget=2_000) != ()
    assert await gathered(tmp_path, around, main, 9, budget=2_000) == found


async def test_a_slow_disk_delays_nobody_and_what_it_gives_is_there_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(tmp_path, "shapes.py", SHAPES)
    main = opened(tmp_path, "main.py", "from shapes import Shape\n\nsquare = Shape(\n")
    disk = threading.Event()
    read = Outlines.read

    def slowly(outlines: Outlines, path: Path) -> None:
        assert disk.wait(100)
        read(outlines, path)

    monkeypatch.setattr(Outlines, "read", slowly)
    around = Surroundings([main], lambda path: True)
    position = Position(2, 15)
    target = Target(main, Span(position, position), folder=str(tmp_path))
    assert await around.gather(target, 4_000) == ()
    disk.set()
    await around.close()
    assert [snippet.kind for snippet in await around.gather(target, 4_000)] == ["definition"]


async def test_a_language_without_import_rules_and_a_file_without_a_path_are_fine(tmp_path: Path) -> None:
    document = Document("untitled:1", "cobol", 1, ("x",))
    assert await gathered(tmp_path, Surroundings([document], lambda path: True), document, 0) == ()
