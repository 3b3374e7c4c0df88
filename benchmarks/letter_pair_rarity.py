"""Fits the table of letter pairs to the words of code: ``python -m benchmarks.letter_pair_rarity [FOLDER …]``.

Prints the table's rows. Each entry says, in half bits, how much rarer the second character is after the first one in written code
than in a text drawn at random from letters and digits.
"""

import math
import re
import sys
import sysconfig
from collections import Counter
from pathlib import Path

from coderoute_ls.ignore.secrets.randomness import CLASSES, OFFSET, START, classes

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]{2,39}")
_DIGIT = CLASSES - 1


def counted(folders: list[Path]) -> Counter[str]:
    """Each word with the number of files that it stands in."""
    seen: Counter[str] = Counter()
    for folder in folders:
        for ending in ("*.py", "*.ts", "*.js"):
            for path in folder.rglob(ending):
                try:
                    seen.update(set(_WORD.findall(path.read_text("utf-8"))))
                except (OSError, UnicodeDecodeError):
                    continue
    return seen


def fitted(seen: Counter[str]) -> list[str]:
    """One row of characters per class of the first character."""
    counts = [[0.0] * CLASSES for _ in range(CLASSES)]
    for word, files in seen.items():
        if files > 1:
            kinds = classes(word)
            for first, second in zip(bytes([START]) + kinds, kinds, strict=False):
                counts[first][second] += 1 + math.log2(files)
    rows: list[str] = []
    for first, row in enumerate(counts):
        total = sum(row[1:]) + 3.1
        entries = [0] * CLASSES
        for second in range(1, CLASSES):
            drawn = (10 if second == _DIGIT else 1) / 62
            entries[second] = round(2 * (math.log2(drawn) - math.log2((row[second] + 3.1 * drawn) / total)))
        if first in (START, _DIGIT):
            entries[_DIGIT] = 0  # a number says nothing
        rows.append("".join(chr(OFFSET + entry) for entry in entries))
    return rows


if __name__ == "__main__":
    for line in fitted(counted([Path(name) for name in sys.argv[1:]] or [Path(sysconfig.get_paths()["stdlib"])])):
        print(f'    "{line}",')
