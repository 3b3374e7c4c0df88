"""A real small model at work through the real server: what a key makes it read, ghost text beside an action, cancelling, and who
completes masked lines better; each beside the layout and the child of before. Needs the weights (`make test-models`)."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.local import beside, keystrokes, never_worse
from benchmarks.local.serving import relayed
from tests.support.weights import smollm2, with_hole_tokens

HOLE = "<reponame>{prefix}<file_sep>{suffix}<filename>"
"""SmolLM2 has no marks for holes: three of its tokens stand in for them. Measured is what it reads, not what it says."""


def run() -> dict[str, Any]:
    """All figures, printed as they are found."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_all(Path(folder)))


async def _all(work: Path) -> dict[str, Any]:
    model = with_hole_tokens(smollm2(), work / "smollm2-with-hole-tokens.gguf")
    figures: dict[str, Any] = {}
    async with relayed(model) as relay:
        now = await keystrokes.typed(relay, HOLE, work / "keys")
        figures["keys"] = {str(line): keystrokes.summary(keys) for line, keys in now.items()}
        _print("A key, now", figures["keys"])
        found = await beside.measured(relay, HOLE, work / "beside")
        figures["beside"] = found.plain()
        _print("Ghost text beside an action; cancelling it", {"": figures["beside"]})
    async with relayed(model, before=True) as relay:
        before = await keystrokes.typed_before(relay)
        figures["keys_before"] = {str(line): keystrokes.summary(keys) for line, keys in before.items()}
        _print("A key, before (llama.cpp's /infill)", figures["keys_before"])
    async with relayed(smollm2()) as relay:
        places = never_worse.code(work / "code")
        figures["never_worse"] = {}
        for name, (config, measured) in never_worse.ways(relay, never_worse.NO_BETTER).items():
            found = await never_worse.shown(relay, config, measured, places, work / "code", home=work / name.replace(" ", "-"))
            figures["never_worse"][name] = found.plain()
            _print(f"{len(places)} masked lines of real packages, {name}", {"": found.plain()})
    return figures


def _print(title: str, rows: dict[str, dict[str, float]]) -> None:
    print(f"\n{title}")
    for name, row in rows.items():
        print(f"  {f'line {name}:' if name else '':10}" + ", ".join(f"{key} {value:g}" for key, value in row.items()))
