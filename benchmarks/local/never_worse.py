"""Whether a weak local model makes ghost text worse: real lines with their end masked, at the engine alone and with the model."""

import asyncio
import statistics
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.embedded_data import REPORT, releases
from benchmarks.ghost_text_typing import PACKAGES
from benchmarks.local.serving import Relay, edited
from coderoute_ls.app.measurement.masked_lines import MaskedLine, masked_lines, shares
from coderoute_ls.app.measurement.measured_models import Measured, keep
from coderoute_ls.lsp_client.scripted_editor import Editor, items_of

PLACES = 60
NO_BETTER = Measured(40, 2, 12, "2026-12-01")
"""What `coderoute-ls models measure` keeps of a model that is no better than the built-in engine."""
GIT_S = 0.5
"""Meanwhile git says whether it ignores a file that was just opened; until then nothing is asked about it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one way of completing showed at the masked lines."""

    right: int
    wrong: int
    asked: int
    """Questions that reached the model."""
    p50_ms: float
    worst_ms: float
    """From the editor's question to the answer that showed something; NaN where none did."""

    def plain(self) -> dict[str, float]:
        return asdict(self)


def code(folder: Path) -> list[MaskedLine]:
    """The newest releases of three packages, written there, and lines of them."""
    for package in (package for package in REPORT if package.name in PACKAGES):
        for path, lines in releases(package)[1].items():
            file = folder / package.name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(lines), "utf-8")
    return list(masked_lines(folder, PLACES))


def ways(relay: Relay, measured: Measured) -> Mapping[str, tuple[str, Measured | None]]:
    """Name → config.toml and what was measured. The last two ask the model though it is no good: because the user says so."""
    file = f'[providers.local]\nmodel_path = "{relay.child.path}"\n'
    offer = f"local/{relay.child.path.stem}"
    scored = f'models = [{{ id = "{relay.child.path.stem}", coding = 0.9, completion = 0.9 }}]\n'
    return {
        "engine alone": ("", None),
        "unscored": (file, None),
        "measured": (file, measured),
        "named by the user": (f'[actions.inline_completion]\nmodel = "{offer}"\n{file}', None),
        "scored 0.9 by the user": (file + scored, None),
    }


async def shown(
    relay: Relay, config: str, measured: Measured | None, places: list[MaskedLine], folder: Path, *, home: Path
) -> Shown:
    """Ask the real server at each place, as an editor does after a key."""
    if measured is not None:
        keep(home / "state", f"local/{relay.child.path.stem}", measured)
    since, texts, took = len(relay.requests), list[str](), list[float]()
    async with edited(config, home, folder, relay.server) as editor:
        await editor.until(lambda: editor.has_learned(folder))
        for place in places:
            text, seconds = await _at(editor, place)
            texts.append(text)
            took += [seconds * 1_000] if text else []
    right, wrong = shares(places, texts)
    asked = sum("chat" in request.path or "completion" in request.path for request in relay.requests[since:])
    return Shown(right, wrong, asked, statistics.median(took or [float("nan")]), max(took or [float("nan")]))


async def _at(editor: Editor, place: MaskedLine) -> tuple[str, float]:
    """What is shown behind the cursor, and the seconds until then."""
    document = place.document
    buffer = editor.open(document.uri, "".join(document.lines), document.language)
    await asyncio.sleep(GIT_S)
    began = time.perf_counter()
    items = items_of(await editor.inline(buffer, place.position, invoked=False).result)
    seconds, text = time.perf_counter() - began, ""
    if items:
        before = buffer.text[: buffer.offset(buffer.position(place.position))]
        start = buffer.offset(items[0]["range"]["start"]) if "range" in items[0] else len(before)
        text = items[0]["insertText"].removeprefix(before[start:])
    editor.close(buffer)
    return text, seconds
