"""The savings table once more, by a script that knows only the exported file. Run: ``python naive.py FILE.csv``."""

import csv
import json
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path


def savings(path: Path) -> dict[str, dict[str, Decimal]]:
    """For each alternative: calls that have it, what they cost, what they would have cost. Rows of one call share ``decision``;
    all that was spent in it counts, offers that failed included."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        spent[row["decision"] or row["id"]] += Decimal(row["billed_usd"])
    table: dict[str, dict[str, Decimal]] = {}
    for kind in ("strongest", "single"):
        told = [row for row in rows if row[f"{kind}_usd"] != ""]
        table[kind] = {
            "calls": Decimal(len(told)),
            "billed": sum((spent[row["decision"] or row["id"]] for row in told), Decimal(0)),
            "instead": sum((Decimal(row[f"{kind}_usd"]) for row in told), Decimal(0)),
        }
    return table


if __name__ == "__main__":
    found = {kind: {name: str(value) for name, value in line.items()} for kind, line in savings(Path(sys.argv[1])).items()}
    sys.stdout.write(json.dumps(found))
