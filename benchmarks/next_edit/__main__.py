"""``python -m benchmarks.next_edit [tuning | FOLDER]``: part 2 on the tuning set, or part 1 with the scenarios of a folder."""

import sys
from pathlib import Path

from benchmarks.embedded_data import TUNING
from benchmarks.next_edit import done_again, recorded
from benchmarks.next_edit.scenarios import SHARED

if __name__ == "__main__":
    said = sys.argv[1] if len(sys.argv) > 1 else ""
    if said == "tuning":
        done_again(TUNING)
    else:
        recorded.report(Path(said) if said else SHARED)
