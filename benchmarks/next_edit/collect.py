"""Places of real releases that the last edits may be done again at, and whether they were: the confidence is fitted on them."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks.embedded_data import Package, Texts, releases
from benchmarks.next_edit.hunks import Hunk, done, hunks, near_or_in, shifted
from coderoute_ls.domain.next_edits import PastEdit
from coderoute_ls.next_edit.by_example.repetition import Weighed, weighed_sites
from coderoute_ls.next_edit.by_example.text import Text

KEPT = 24
MOST_HUNKS = 60
_LANGUAGES = {
    "py": "python", "ts": "typescript", "tsx": "typescriptreact", "go": "go", "rs": "rust", "java": "java", "c": "c", "h": "c",
    "cc": "cpp", "cpp": "cpp",
}  # fmt: skip


def language_of(path: str) -> str:
    suffix = path.rsplit(".", 1)[-1]
    return {"py": "python", "ts": "typescript", "tsx": "typescriptreact", "go": "go", "rs": "rust", "java": "java"}.get(
        suffix, "cpp" if suffix in ("cc", "cpp") else "c"
    )


def changed_files(old: Texts, new: Texts) -> list[str]:
    return [path for path in sorted(new) if path in old and old[path] != new[path]]


def bare(lines: Sequence[str]) -> list[str]:
    return [line.rstrip("\r\n") for line in lines]


def past(path: str, now: Sequence[str], hunk: Hunk, number: float) -> PastEdit:
    return PastEdit(path, path, language_of(path), tuple(now[hunk.first : hunk.end]), hunk.new, hunk.first, number)


def moved(edits: list[PastEdit], path: str, hunk: Hunk) -> list[PastEdit]:

    added = len(hunk.new) - (hunk.end - hunk.first)
    return [replace(e, line=e.line + added) if e.uri == path and e.line >= hunk.end else e for e in edits]


def rows(package: Package, budget: float = 60.0) -> Iterator[tuple[Weighed, bool, str, int]]:
    """Each place with whether the release did it, the file and the line. ``budget``: seconds."""
    old, new = releases(package)
    edits: list[PastEdit] = []
    ends = time.perf_counter() + budget
    paths = changed_files(old, new)
    random.Random(package.name).shuffle(paths)
    for path in paths:
        now = bare(old[path])
        left = hunks(now, bare(new[path]))
        if not 2 <= len(left) <= MOST_HUNKS:
            continue
        while len(left) > 1 and time.perf_counter() < ends:
            hunk, left = left[0], shifted(left)
            edits = [*moved(edits, path, hunk), past(path, now, hunk, 0)][-KEPT:]
            now = done(now, hunk)
            text = Text(path, language_of(path), [f"{line}\n" for line in now])
            for weighed in weighed_sites(edits, text, hunk.first):
                first = text.offsets.line(weighed.site.start)
                yield weighed, _right(weighed, text, left), path, first


def _right(weighed: Weighed, text: Text, left: Sequence[Hunk]) -> bool:
    site, now = weighed.site, text.lines
    first, last = text.offsets.line(site.start), text.offsets.line(site.end)
    a, b = text.offsets.start(first), text.offsets.start(last) + len(now[last])
    lines = (text.text[a : site.start] + site.new + text.text[site.end : b]).split("\n")
    return any(near_or_in(hunk, Hunk(first, last + 1, tuple(lines)), now) for hunk in left)
