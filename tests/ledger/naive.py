"""The savings table once more, by a script that knows only the exported file. Run: ``python naive.py FILE.csv``."""

import csv
import sys
from decimal import Decimal
from pathlib import Path


def savings(path: Path) -> dict[str, dict[str, Decimal]]:
    """For each alternative: calls that have it, what they cost, what they would have cost."""
    table = {kind: {"calls": Decimal(0), "billed": Decimal(0), "instead": Decimal(0)} for kind in ("strongest", "single")}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for kind, line in table.items():
                if row[f"{kind}_usd"] != "":
                    line["calls"] += 1
                    line["billed"] += Decimal(row["billed_usd"])
                    line["instead"] += Decimal(row[f"{kind}_usd"])
    return table


if __name__ == "__main__":
    sys.stdout.write(f"{savings(Path(sys.argv[1]))}\n")
