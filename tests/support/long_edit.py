"""An edit of 400 lines, for the review of it hunk by hunk."""

import random

from coderoute_ls.edits.review import hunks_of
from coderoute_ls.text import split_lines


def function(number: int) -> str:
    return f"def number_{number}(x):\n    y = x + {number}\n    return y\n\n"


def changed(number: int) -> str:
    """As the answer has it: of each five functions one is annotated, one is shortened, one gets a line, one is as it was."""
    return {
        0: f"def number_{number}(x: int) -> int:\n    y = x + {number}\n    return y\n\n",
        1: f"def number_{number}(x):\n    return x + {number}\n\n",
        2: f"def number_{number}(x):\n    print(x)\n    y = x + {number}\n    return y\n\n",
        3: f"def number_{number}(x):\n    y = x + {number}\n    return y  # {number}\n\n",
    }.get(number % 5, function(number))


LONG = "".join(map(function, range(100)))
"""400 lines."""
LONG_NEW = "".join(map(changed, range(100)))
HUNKS = hunks_of(split_lines(LONG)[:-1], split_lines(LONG_NEW)[:-1], 0)


def chosen(rejected: set[int]) -> list[str]:
    """The new text, with the old lines of these hunks."""
    lines = split_lines(LONG_NEW)[:-1]
    for hunk in reversed(HUNKS):
        if hunk.id in rejected:
            lines[hunk.place.first : hunk.place.last] = hunk.old
    return lines


def half() -> set[int]:
    """The hunks that are rejected where half of them is."""
    return set(random.Random(4).sample(range(len(HUNKS)), len(HUNKS) // 2))


def first_line(number: int, rejected: set[int]) -> int:
    """Where a hunk begins once these are rejected."""
    grown = sum(len(hunk.old) - len(hunk.new) for hunk in HUNKS[:number] if hunk.id in rejected)
    return HUNKS[number].place.first + grown
