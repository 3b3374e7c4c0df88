"""A file with the right constant is its registration."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coderoute_ls.module_discovery import discover


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package with nothing in it yet."""
    folder = tmp_path / "a_package"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    discover.cache_clear()
    yield folder
    discover.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == "a_package"]:
        del sys.modules[name]


def test_files_with_the_constant_are_found_by_name_and_helpers_are_left_out(package: Path) -> None:
    (package / "two.py").write_text("THING = 2\n")
    (package / "one.py").write_text("THING = 1\n")
    (package / "helper.py").write_text("x = 3\n")
    assert list(discover("a_package", "THING", int).items()) == [("one", 1), ("two", 2)]


def test_a_constant_of_another_type_is_an_error_that_names_it(package: Path) -> None:
    (package / "odd.py").write_text("THING = 'text'\n")
    with pytest.raises(TypeError, match=r"a_package\.odd\.THING is str, not int"):
        discover("a_package", "THING", int)


def test_the_package_is_looked_at_once(package: Path) -> None:
    (package / "one.py").write_text("THING = 1\n")
    first = discover("a_package", "THING", int)
    (package / "late.py").write_text("THING = 2\n")
    assert discover("a_package", "THING", int) is first
    assert "late" not in first
