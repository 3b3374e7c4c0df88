"""Every command prints with every code page: a character that it lacks becomes a plain one, never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coderoute_ls.cli._encoding import PLAIN  # pyright: ignore[reportPrivateUsage]
from coderoute_ls.storage import HOME_VARIABLE

CODE_PAGES = ("ascii", "cp437", "cp850", "cp932", "cp1251", "cp1252", "utf-8")


def run(home: Path, code_page: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    environ = {**os.environ, HOME_VARIABLE: str(home), "PYTHONIOENCODING": code_page}
    return subprocess.run([sys.executable, "-m", "coderoute_ls", *arguments], capture_output=True, check=False, env=environ)


@pytest.mark.parametrize("code_page", CODE_PAGES)
def test_what_is_missing_is_told_with_every_code_page(tmp_path: Path, code_page: str) -> None:
    done = run(tmp_path, code_page, "doctor")
    assert b"Traceback" not in done.stderr
    assert "ledger" in done.stdout.decode("utf-8" if code_page == "ascii" else code_page)  # click takes ASCII for a mistake


@pytest.mark.parametrize("arguments", [("--help",), ("usage",), ("route", "refactor"), ("keys", "--help"), ("serve", "--help")])
def test_a_command_prints_in_ascii(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(tmp_path, "ascii", *arguments)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert done.stdout.isascii()
    assert b"?" not in done.stdout, "a character has no plain form"


def test_json_is_the_same_in_every_encoding(tmp_path: Path) -> None:
    ascii_, unicode = (json.loads(run(tmp_path, code_page, "models", "--json").stdout) for code_page in ("ascii", "utf-8"))
    assert ascii_ == unicode


def test_plain_forms_are_plain() -> None:
    assert all(plain.isascii() and not character.isascii() for character, plain in PLAIN.items())
