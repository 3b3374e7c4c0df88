"""Lines that bring names into a file."""

import re
from collections.abc import Sequence

IMPORT = re.compile(
    r"(?:import|from|using|use|#include|#import|require|require_relative|package|namespace|<\?php|'use strict'|\"use)\b"
)


def imports_first(lines: Sequence[str]) -> int:
    """How many lines, blank ones too, are imports before anything else."""
    count = 0
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if not IMPORT.match(line.strip()):
            break
        count = number + 1
    return count
