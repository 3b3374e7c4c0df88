"""Secrets: the share of kinds of canaries that leak, masked lines in ten real packages, and what a look at a prompt costs."""

import os
import random
import statistics
import sysconfig
import time
from pathlib import Path
from typing import Any

from coderoute_ls.ignore import generated, redact, secrets_in
from coderoute_ls.ignore.secrets import search
from tests.ignore.canaries import canaries
from tests.ignore.other_canaries import other_canaries

SEEDS = 20
PACKAGES = 10
PROMPT_CHARS = 8_000
"""2,000 tokens."""
ENDINGS = (".py", ".js", ".ts", ".mjs", ".cjs", ".tsx")
MOST_BYTES = 1 << 20
ROOT = Path(__file__).parents[1]


def leaks() -> dict[str, int]:
    """Kinds of canaries with the number of seeds at which one of their secrets stays."""
    found: dict[str, int] = {}
    for seed in range(SEEDS):
        for canary in (*canaries(seed), *other_canaries(seed)):
            clean = redact(f"import os\n\n{canary.text}\n\nend\n")
            found[canary.kind] = found.get(canary.kind, 0) + any(secret in clean for secret in canary.secrets)
    return found


def packages() -> list[Path]:
    """The largest installed packages, eight of Python and two of JavaScript; or the folders named in ``PACKAGES``."""
    if named := os.environ.get("PACKAGES"):
        return [Path(name) for name in named.split(os.pathsep)]
    installed = Path(sysconfig.get_paths()["purelib"])
    modules = ROOT / "client-vscode" / "node_modules"
    python = sorted(
        (path for path in installed.iterdir() if path.is_dir() and path.suffix != ".dist-info"), key=_size, reverse=True
    )
    script = sorted((path for path in modules.iterdir() if path.is_dir()), key=_size, reverse=True) if modules.exists() else []
    chosen = script[:2]
    return python[: PACKAGES - len(chosen)] + chosen


def sources(folder: Path) -> list[str]:
    """The texts that people wrote: neither generated nor minified, as the server sees them."""
    texts: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in ENDINGS and path.is_file() and path.stat().st_size <= MOST_BYTES:
            text = path.read_text("utf-8", "replace")
            if not generated(str(path), text[:4_000]):
                texts.append(text)
    return texts


def masked_lines(text: str) -> int:
    return sum(before != after for before, after in zip(text.split("\n"), redact(text).split("\n"), strict=True))


def run() -> dict[str, Any]:
    kinds = leaks()
    leaking = {kind: count for kind, count in kinds.items() if count}
    share = sum(kinds.values()) / SEEDS / len(kinds)
    print(
        f"{len(kinds)} kinds of canaries at {SEEDS} seeds: {100 * share:.2f} % of kinds leak on average, {len(leaking)} ever do"
    )
    for kind, count in sorted(leaking.items(), key=lambda pair: -pair[1]):
        print(f"  {count:2d} of {SEEDS}  {kind}")
    lines = masked = 0
    prompts: list[str] = []
    for folder in packages():
        texts = sources(folder)
        here, hidden = sum(text.count("\n") for text in texts), sum(map(masked_lines, texts))
        lines, masked = lines + here, masked + hidden
        prompts += [text[:PROMPT_CHARS] for text in texts if len(text) > PROMPT_CHARS][:12]
        print(f"  {10_000 * hidden / max(here, 1):6.2f} masked lines in 10,000: {hidden:4d} of {here:7d}  {folder.name}")
    print(f"{10_000 * masked / max(lines, 1):.2f} masked lines in 10,000 of {lines} lines of {PACKAGES} packages")
    first, again = timed(prompts)
    print(f"a prompt of 2,000 tokens: {first:.2f} ms at the first look, {again:.3f} ms when its lines are known (medians)")
    return {
        "leaking_percent": round(100 * share, 3),
        "masked_per_10000": round(10_000 * masked / max(lines, 1), 3),
        "first_ms": first,
        "again_ms": again,
    }


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.suffix in ENDINGS and path.is_file())


def timed(prompts: list[str]) -> tuple[float, float]:
    """Median milliseconds to redact a prompt and to check it, when it is new and when its lines are known."""
    random.Random(1).shuffle(prompts)
    first: list[float] = []
    again: list[float] = []
    for _ in range(5):
        search.forget()
        for times in (first, again):
            for prompt in prompts[:40]:
                began = time.perf_counter()
                secrets_in(redact(prompt))
                times.append(1_000 * (time.perf_counter() - began))
    return round(statistics.median(first), 3), round(statistics.median(again), 3)
