"""``python -m benchmarks.policy FOLDER``: the document for another set of outcomes, on standard output."""

import argparse
from pathlib import Path

from benchmarks.policy.document import document
from benchmarks.policy.outcomes import read
from benchmarks.policy.rounds import compare

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.policy", description=__doc__)
    parser.add_argument("folder", type=Path, help="set.json beside outcomes.csv or totals.csv; see benchmarks/policy/README.md")
    print(document(compare(read(parser.parse_args().folder))))
