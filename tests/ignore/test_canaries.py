"""Secrets as people write them down: none leaves, whatever name, separator, quoting, language or text stands around them."""

import importlib.util
import time
from pathlib import Path

import pytest

from coderoute_ls.ignore import masked, redact, redact_pieces, secrets_in
from coderoute_ls.ignore.secrets import search
from coderoute_ls.ignore.secrets.named_values import Found
from tests.ignore.canaries import Canary, canaries
from tests.ignore.chosen_canaries import HARMLESS
from tests.ignore.other_canaries import other_canaries
from tests.support.shared import shared_data

SEEDS = range(3)
MOST_LEAKING = 0.02
"""Share of the kinds that may leak: a value drawn at random now and then looks like a word."""


def leaking(drawn: list[Canary], around: str = "import os\n\n{}\n\nend = 1\n") -> set[str]:
    """The kinds of which a secret is still there."""
    leaks: set[str] = set()
    for canary in drawn:
        clean = redact(around.replace("{}", canary.text))
        if any(secret in clean for secret in canary.secrets):
            leaks.add(canary.kind)
    return leaks


def handed(path: Path) -> list[Canary]:
    """The canaries of a file that makes them: (kind, file name, text, [secrets])."""
    spec = importlib.util.spec_from_file_location("handed_canaries", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [Canary(kind, file, text, tuple(found)) for kind, file, text, found in module.C]


@pytest.mark.parametrize("seed", SEEDS)
def test_canaries_do_not_leak(seed: int) -> None:
    drawn = canaries(seed)
    leaks = leaking(drawn)
    assert len(leaks) <= MOST_LEAKING * len(drawn), leaks


@pytest.mark.parametrize("around", ["import os\n\n{}\n\nend = 1\n", "{}"], ids=["in a file", "alone"])
def test_canaries_written_without_the_rules_in_mind_do_not_leak(around: str) -> None:
    drawn = other_canaries(2)
    leaks = leaking(drawn, around)
    assert len(leaks) <= MOST_LEAKING * len(drawn), leaks


def test_canaries_of_other_hands_do_not_leak() -> None:
    drawn = handed(shared_data("cases", "secrets", "canaries.py"))
    assert len(leaking(drawn)) <= MOST_LEAKING * len(drawn), leaking(drawn)


@pytest.mark.parametrize(
    "around",
    ["{}  # rotate me\n", "# {}\n", "    {}\n", "- {}\n+ {}\n", "{}\r\nnext\r\n", "before\n{}", "x = 1\n{}\ny = 'İ'\n"],
    ids=[
        "comment after",
        "commented out",
        "indented",
        "diff",
        "other line ends",
        "at the end",
        "letters that grow in lower case",
    ],
)
def test_what_stands_around_a_canary_does_not_save_it(around: str) -> None:
    drawn = [canary for canary in canaries(11) if "\n" not in canary.text]
    leaks = leaking(drawn, around)
    assert len(leaks) <= 2 * MOST_LEAKING * len(drawn), leaks


@pytest.mark.parametrize("text", HARMLESS)
def test_names_and_types_beside_the_word_password_stay(text: str) -> None:
    assert redact(f"import os\n\n{text}\n\nend = 1\n") == f"import os\n\n{text}\n\nend = 1\n"


def test_nothing_is_found_in_what_was_redacted() -> None:
    for canary in canaries(5):
        clean = redact(canary.text)
        assert secrets_in(clean) == [], (canary, clean)
        assert clean.count("\n") == canary.text.count("\n"), canary.kind


def test_a_secret_is_found_whatever_part_of_the_text_is_shown() -> None:
    """A window may begin after the name, or end inside of the value: what is outside of it still says what is inside."""
    for canary in (canary for canary in canaries(3) if canary.kind.startswith("lines: ") and canary.secrets):
        lines = canary.text.splitlines(keepends=True)
        for first in range(1, len(lines)):
            shown = redact_pieces("".join(lines[:first]), "".join(lines[first:]), "\nend\n")[1]
            assert not any(secret in shown for secret in canary.secrets), (canary, first, shown)


def test_what_is_logged_holds_no_canary_and_no_key_that_others_masked() -> None:
    for canary in canaries(4):
        said = masked(f"refused:\n{canary.text}", "[key]")
        assert not any(secret in said for secret in canary.secrets), canary
    assert masked("Incorrect API key provided: sk-ab12****wx9z.", "[key]") == "Incorrect API key provided: [key]."
    assert secrets_in("sk-ab12****wx9z") == [], "what is masked already may be sent"


def test_found_secrets_say_where_they_are() -> None:
    text = 'import os\nDB_PASSWORD = "hunter2!x"\n'
    assert search.find(text) == [Found(text.index("hunter2"), text.index('"\n'), "password")]


HOSTILE = {
    "one word": "a" * 100_000,
    "names": "password=" * 10_000,
    "openers": "password(" * 10_000,
    "quotes": "secret='" + "'x" * 50_000,
    "colons": "a:" * 50_000,
    "mail addresses": "a@" * 50_000,
    "addresses": "password://" * 10_000,
    "hexadecimal": "0f" * 50_000,
    "vendor prefixes": "key-" * 25_000,
    "begin markers": "-----BEGIN RSA PRIVATE KEY-----\n" * 3_000,
    "key material": ("A1b" * 20 + "\n") * 3_000,
    "kubernetes": "kind: Secret\n" + "data:\n  a: b1c\n" * 3_000,
    "open names": "password = (\n" * 5_000,
    "hash marks": "$2b$12$" * 15_000,
    "names of many parts": "a_" * 50_000 + " secret=mango10x",
    "escapes": "secret = '" + "\\'" * 50_000,
    "literals in literals": "secret = " + "'\\'" * 30_000,
    "blanks": "password" + " " * 100_000 + "x",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_takes_more_than_linear_time(text: str) -> None:
    """The least processor time of three: four times the text takes about four times as long, not sixteen. A busy machine changes
    nothing, nor does what else the process has to do, as collecting the garbage of a whole run."""
    quarter = _seconds_to_redact(text[: len(text) // 4])
    assert _seconds_to_redact(text) < 9 * quarter + 0.2
    assert redact(redact(text)) == redact(text)


def _seconds_to_redact(text: str) -> float:
    taken: list[float] = []
    for _ in range(3):
        search.forget()
        began = time.process_time()
        redact(text)
        taken.append(time.process_time() - began)
        if taken[-1] < 0.1:
            break  # fast enough whatever the others would say
    return min(taken)
