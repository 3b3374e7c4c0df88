"""Every command prints with every code page: a character that it lacks becomes a plain one, never a traceback."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from coderoute_ls.cli._encoding import PLAIN  # pyright: ignore[reportPrivateUsage]
from coderoute_ls.cli._program import main
from coderoute_ls.storage import HOME_VARIABLE

CODE_PAGES = ("ascii", "cp437", "cp850", "cp932", "cp1251", "cp1252", "utf-8")


class Printed(NamedTuple):
    code: int
    out: bytes
    err: bytes


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Run":
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    return Run(monkeypatch)


class Run:
    """Runs a command in this process, on streams of a code page."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def __call__(self, code_page: str, *arguments: str) -> Printed:
        out, err = (
            io.TextIOWrapper(io.BytesIO(), encoding=code_page, errors=errors) for errors in ("strict", "backslashreplace")
        )
        with self._patch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = main(arguments)
            out.flush()
            err.flush()
        return Printed(code, out.buffer.getvalue(), err.buffer.getvalue())


@pytest.mark.parametrize("code_page", CODE_PAGES)
def test_what_is_missing_is_told_with_every_code_page(run: Run, code_page: str) -> None:
    said = run(code_page, "doctor").out
    assert "ledger" in said.decode("utf-8" if code_page == "ascii" else code_page)  # click takes ASCII for a mistake


def test_a_process_takes_the_code_page_of_its_terminal(tmp_path: Path) -> None:
    environ = {**os.environ, HOME_VARIABLE: str(tmp_path), "PYTHONIOENCODING": "cp932"}
    done = subprocess.run([sys.executable, "-m", "coderoute_ls", "usage"], capture_output=True, check=False, env=environ)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("cp932")


@pytest.mark.parametrize("arguments", [("--help",), ("usage",), ("route", "refactor"), ("keys", "--help"), ("serve", "--help")])
def test_a_command_prints_in_ascii(run: Run, arguments: tuple[str, ...]) -> None:
    done = run("ascii", *arguments)
    assert done.code == 0
    assert done.out.isascii()
    assert b"?" not in done.out, "a character has no plain form"


def test_json_is_the_same_in_every_encoding(run: Run) -> None:
    ascii_, unicode = (json.loads(run(code_page, "models", "--json").out) for code_page in ("ascii", "utf-8"))
    assert ascii_ == unicode


def test_plain_forms_are_plain() -> None:
    assert all(plain.isascii() and not character.isascii() for character, plain in PLAIN.items())
