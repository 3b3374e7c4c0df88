"""What a quality floor saves and loses on public tasks with real bills: our choice beside six other ways to choose.

``python -m benchmarks policy``; it reads the builders' shared data and writes ``docs/savings.md``. ``python -m benchmarks.policy
FOLDER`` prints the document for another set of outcomes (see README.md here).
"""

from pathlib import Path

from benchmarks.policy.document import document, figures
from benchmarks.policy.outcomes import AIDER, aider
from benchmarks.policy.rounds import compare

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "savings.md"
DATA = ROOT.parent / "shared" / "data"


def run(data: Path = DATA) -> dict[str, object]:
    """Prints the document, writes it, and returns the figures by floor."""
    found = compare(aider(data / AIDER))
    text = document(found)
    print(text)
    DOCUMENT.write_text(text, "utf-8")
    return figures(found)
