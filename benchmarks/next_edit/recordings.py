"""What twelve providers answered, as texts: each wire format says which part of the buffer it wrote anew."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.next_edit.scenarios import Scenario
from coderoute_ls.domain import Position


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer."""

    request: str
    response: str


def providers(folder: Path) -> list[str]:
    return sorted({path.stem for path in folder.glob("*/*.ndjson")})


def exchanges(scenario: Scenario, provider: str) -> list[Exchange]:
    """In the order of the cases; none where the provider was not asked."""
    path = scenario.path.with_suffix("") / f"{provider}.ndjson"
    if not path.is_file():
        return []
    found: dict[int, dict[str, str]] = {}
    for line in path.read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        kind, number = str(row["kind"]), int(row.get("interaction", 0))
        if kind != "meta":
            body = base64.b64decode(str(row.get("body_b64", ""))).decode("utf-8", "replace")
            found.setdefault(number, {})[kind] = body
    return [Exchange(pair.get("request", ""), pair.get("response", "")) for _, pair in sorted(found.items())]


def written(provider: str, exchange: Exchange, buffer: str) -> str | None:
    """The buffer's text as the answer would leave it; None where nothing was answered that can be read."""
    family = next(read for name, read in _READ if provider.startswith(name))
    try:
        return family(exchange, buffer)
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def _place(said: dict[str, Any]) -> Position:
    return Position(int(said["line"]), int(said["character"]))


def _copilot(exchange: Exchange, buffer: str) -> str | None:
    edits: list[dict[str, Any]] = json.loads(exchange.response)
    lines = buffer.split("\n")
    for edit in edits[:1]:
        start, end = _place(edit["range"]["start"]), _place(edit["range"]["end"])
        before = "\n".join([*lines[: start.line], lines[start.line][: start.character]])
        after = "\n".join([lines[end.line][end.character :], *lines[end.line + 1 :]])
        return before + str(edit["text"]) + after
    return None


def _sweep_service(exchange: Exchange, buffer: str) -> str | None:
    answer = json.loads(exchange.response.strip().splitlines()[0])
    if not answer["completion"]:
        return None
    return buffer[: answer["start_index"]] + answer["completion"] + buffer[answer["end_index"] :]


def _choice(exchange: Exchange) -> str:
    choice: dict[str, Any] = json.loads(exchange.response)["choices"][0]
    return choice["text"] if "text" in choice else choice["message"]["content"]


def _prompt(exchange: Exchange) -> str:
    request: dict[str, Any] = json.loads(exchange.request)
    return request["prompt"] if "prompt" in request else request["messages"][-1]["content"]


def _replaced(buffer: str, region: str, new: str) -> str | None:
    """The region as it stands in the buffer; the ends of a region's lines are not told apart from its own."""
    for old in (region, region.rstrip("\n")):
        if old and buffer.count(old) == 1:
            return buffer.replace(old, new.rstrip("\n") + ("\n" if old.endswith("\n") else ""), 1)
    return None


def _zeta(exchange: Exchange, buffer: str) -> str | None:
    prompt = _prompt(exchange).replace("<|user_cursor_is_here|>", "")
    region = prompt.split("<|editable_region_start|>\n", 1)[1].split("\n<|editable_region_end|>", 1)[0]
    answer = _choice(exchange).split("<|editable_region_end|>", 1)[0]
    answer = answer.split("<|editable_region_start|>\n", 1)[-1].replace("<|user_cursor_is_here|>", "")
    return _replaced(buffer, region, answer)


def _zeta2(exchange: Exchange, buffer: str) -> str | None:
    prompt = _prompt(exchange).replace("<|user_cursor|>", "")
    region = prompt.split("<<<<<<< CURRENT\n", 1)[1].rsplit("=======\n", 1)[0]
    answer = _choice(exchange).split(">>>>>>> UPDATED", 1)[0].replace("<|user_cursor|>", "")
    return None if "NO_EDITS" in answer else _replaced(buffer, region, answer)


def _sweep(exchange: Exchange, buffer: str) -> str | None:
    prompt = _prompt(exchange)
    current, updated = re.split(r"<\|file_sep\|>updated/[^\n]*\n", prompt.split("<|file_sep|>current/", 1)[1], maxsplit=1)
    region = current.split("\n", 1)[1].replace("<|cursor|>", "")
    return _replaced(buffer, region, updated + _choice(exchange))


def _mercury(exchange: Exchange, buffer: str) -> str | None:
    prompt = _prompt(exchange).replace("<|cursor|>", "")
    region = prompt.split("<|code_to_edit|>\n", 1)[1].split("\n<|/code_to_edit|>", 1)[0]
    answer = re.sub(r"\A\s*```[^\n]*\n|\n?```\s*\Z", "", _choice(exchange))
    return None if answer.strip() == "None" else _replaced(buffer, region, answer)


def _insertion(exchange: Exchange, buffer: str) -> str | None:
    before, after = _prompt(exchange).removeprefix("<|fim_prefix|>").removesuffix("<|fim_middle|>").split("<|fim_suffix|>", 1)
    return before + _choice(exchange) + after if (before + after).rstrip("\n") == buffer.rstrip("\n") else None


_READ: tuple[tuple[str, Callable[[Exchange, str], str | None]], ...] = (
    ("copilot", _copilot),
    ("sweepapi", _sweep_service),
    ("sweep-next-edit", _sweep),
    ("mercury", _mercury),
    ("zeta-2", _zeta2),
    ("zeta", _zeta),
    ("", _insertion),
)


def texts(scenario: Scenario, provider: str) -> Iterator[str | None]:
    """The text after each answer, always from the scenario's buffer."""
    for exchange in exchanges(scenario, provider):
        yield written(provider, exchange, scenario.buffer)
