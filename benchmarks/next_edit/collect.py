"""Places of real releases that the last edits may be done again at, and whether they were: the confidence is fitted on them."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks.embedded_data import Package, Texts, releases
from benchmarks.next_edit.hunks import Hunk, done, hunks, on_the_way
from coderoute_ls.next_edit import PastEdit
from coderoute_ls.next_edit.examples.repetition import Weighed, weighed_sites
from coderoute_ls.next_edit.examples.text import Text

KEPT = 24
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


def rows(package: Package, budget: float = 60.0) -> Iterator[tuple[Weighed, bool, str, int, list[str], Hunk | None]]:
    old, new = releases(package)
    edits: list[PastEdit] = []
    began = time.perf_counter()
    for path in changed_files(old, new):
        now, then = bare(old[path]), bare(new[path])
        plan = hunks(now, then)
        if len(plan) < 2 or len(plan) > 60:
            continue
        for _ in range(len(plan) - 1):
            if time.perf_counter() - began > budget:
                return
            todo = hunks(now, then)
            if len(todo) < 2:
                break
            hunk = todo[0]
            edits = [*moved(edits, path, hunk), past(path, now, hunk, 0)][-KEPT:]
            now = done(now, hunk)
            left = hunks(now, then)
            text = Text(path, language_of(path), now)
            for weighed in weighed_sites(edits, text, hunk.first):
                site = weighed.site
                first, last = text.offsets.line(site.start), text.offsets.line(site.end)
                a, b = text.offsets.start(first), text.offsets.start(last) + len(now[last])
                lines = (text.text[a : site.start] + site.new + text.text[site.end : b]).split("\n")
                target = next((h for h in left if h.first <= first and last < max(h.end, h.first + 1)), None)
                right = target is not None and on_the_way(target, first, last + 1, lines, now)
                if not right:
                    right = any(_insertion(h, first, last + 1, lines, now) for h in left)
                yield weighed, right, path, first, lines, target


def _insertion(hunk: Hunk, first: int, end: int, new: list[str], now: list[str]) -> bool:
    """A change that writes whole lines may lie at the edge of a hunk."""
    if not (hunk.first - 1 <= first <= hunk.end and end <= hunk.end + 1):
        return False
    low, high = min(first, hunk.first), max(end, hunk.end)
    wide = Hunk(low, high, (*now[low : hunk.first], *hunk.new, *now[hunk.end : high]))
    return on_the_way(wide, first, end, new, now)
