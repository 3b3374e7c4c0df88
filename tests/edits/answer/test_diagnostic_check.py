"""Whether a fix can have removed its diagnostic, from the text alone."""

import pytest

from coderoute_ls.domain import Document
from coderoute_ls.edits import still_diagnosed
from coderoute_ls.edits.answer.diagnostic_check import STILL_BROKEN, UNCHANGED
from coderoute_ls.edits.answer.target_region import Place
from coderoute_ls.text import split_lines

BEFORE, AFTER = "def g():\n", "\n\ndef h():\n    return 1\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    return X", "    return X", UNCHANGED),
        ("    return X", "    return x", ""),
        ("    return f(1", "    return f(2", STILL_BROKEN),
        ("    return f(1", "    return f(1)", ""),
        ("    return f(1, y", "    return f(1,\n        y", STILL_BROKEN),
        ("    y = X\n    return y", "    y = 1\n    return y", ""),
    ],
)
def test_a_diagnostic_is_still_there_only_where_that_is_certain(old: str, new: str, said: str) -> None:
    lines = old.split("\n")
    place = Place(Document("file:///a.py", "python", 1, split_lines(BEFORE + old + AFTER)), 1, 1 + len(lines))
    assert still_diagnosed([line + "\n" for line in new.split("\n")], place) == said


def test_a_syntax_error_elsewhere_in_the_file_says_nothing_of_the_fix() -> None:
    document = Document("file:///a.py", "python", 1, split_lines("def g():\n    return X\n\n\nbroken = (\n"))
    assert still_diagnosed(["    return x\n"], Place(document, 1, 2)) == ""


def test_a_language_without_a_grammar_is_believed() -> None:
    document = Document("file:///a.zzz", "zzz", 1, split_lines("((( X\n"))
    assert still_diagnosed(["((( y\n"], Place(document, 0, 1)) == ""
