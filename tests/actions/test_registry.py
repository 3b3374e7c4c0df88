"""A file with the right constant is its registration."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coderoute_ls.registry import discover


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package with nothing in it yet."""
    folder = tmp_path / "a_room"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    discover.cache_clear()
    yield folder
    discover.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == "a_room"]:
        del sys.modules[name]


def test_files_with_the_constant_are_found_by_name_and_helpers_are_left_out(room: Path) -> None:
    (room / "two.py").write_text("THING = 2\n")
    (room / "one.py").write_text("THING = 1\n")
    (room / "helper.py").write_text("x = 3\n")
    assert list(discover("a_room", "THING", int).items()) == [("one", 1), ("two", 2)]


def test_a_constant_of_another_type_is_an_error_that_names_it(room: Path) -> None:
    (room / "odd.py").write_text("THING = 'text'\n")
    with pytest.raises(TypeError, match=r"a_room\.odd\.THING is str, not int"):
        discover("a_room", "THING", int)


def test_the_room_is_looked_at_once(room: Path) -> None:
    (room / "one.py").write_text("THING = 1\n")
    first = discover("a_room", "THING", int)
    (room / "late.py").write_text("THING = 2\n")
    assert discover("a_room", "THING", int) is first
    assert "late" not in first
