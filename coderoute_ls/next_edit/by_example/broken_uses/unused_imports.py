"""An imported name that nothing uses, and a place at the cursor where a name is missing."""

import re
from collections.abc import Iterator

from coderoute_ls.next_edit.by_example.assembly import Place
from coderoute_ls.next_edit.by_example.broken_uses.broken_use import LIKELY
from coderoute_ls.next_edit.by_example.text import Text

_IMPORTED = re.compile(
    r"^[ \t]*(?:from\s+[\w.]+\s+import\s+(?P<python>[\w ,]+)|import\s+\{(?P<script>[^}]*)\}|import\s+[\w.]+\.(?P<java>\w+);)",
    re.MULTILINE,
)
_BEGUN = re.compile(r"\s*@\Z")


def missing_decorator(text: Text, line: int) -> Iterator[Place]:
    """A bare ``@`` at the cursor is the one imported name that is not used yet."""
    near = [at for at in (line, line - 1) if 0 <= at < len(text.lines) and _BEGUN.match(text.lines[at])]
    if not near:
        return
    unused = [name for name in _imported(text.text) if len(re.findall(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text.text)) == 1]
    if len(unused) == 1:
        at = text.offsets.start(near[0]) + len(text.lines[near[0]])
        yield Place(at, at, unused[0], LIKELY, f"`{unused[0]}` is imported and not used", "import", f"import {unused[0]}")


def _imported(text: str) -> list[str]:
    found: list[str] = []
    for match in _IMPORTED.finditer(text):
        names = match["python"] or match["script"] or match["java"] or ""
        found += [part.split(" as ")[-1].strip() for part in names.split(",") if part.strip()]
    return found
