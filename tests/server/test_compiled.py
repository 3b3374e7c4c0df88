"""Methods of dataclasses whose code is kept between starts."""

import dataclasses
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coderoute_ls.server.startup.dataclass_cache import kept_methods


def made(file: Path) -> type:
    """A class of a shape that no other has, made while the methods are kept."""
    with kept_methods(file):

        @dataclass(frozen=True, slots=True, order=True)
        class Sample:
            kept_between_starts: int
            names: list[str] = field(default_factory=list[str])

    return Sample


@pytest.fixture(autouse=True)
def writes_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def test_classes_are_the_same_with_and_without_kept_code(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "methods"
    first, second = made(file), made(file)
    for kind in (first, second):
        one, two = kind(1), kind(2, ["a"])
        assert (one == kind(1), one < two, hash(one.kept_between_starts), repr(two)) == (True, True, 1, repr(two))
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(one, "names", [])  # noqa: B010  (a type checker would not let it pass)
    assert list(vars(first)) == list(vars(second))


def test_the_second_start_compiles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "methods"
    made(file)
    written = file.stat().st_mtime_ns
    monkeypatch.setattr("coderoute_ls.server.startup.dataclass_cache.compile", pytest.fail, raising=False)
    made(file)
    assert file.stat().st_mtime_ns == written


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xe9\x00\x00\x00\x00", b"(\x02\x00\x00\x00"])
def test_a_file_that_is_not_ours_is_written_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "methods"
    file.write_bytes(content)
    assert made(file)(3).kept_between_starts == 3
    assert file.read_bytes() != content


def test_a_folder_that_cannot_be_written_to_only_makes_starts_slower(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert made(tmp_path / "file" / "methods")(4).kept_between_starts == 4


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    made(tmp_path / "methods")
    assert "exec" not in vars(dataclasses)
