"""Huge documents: how long the real server is deaf while they are opened, edited, asked about and closed, and what stays.

``python -m benchmarks documents``

A file of 30 MB, one of a million lines, a single line of 5 MB, and 500 open documents, everything switched on: the built-in
engine and a provider on loopback. The floor of opening is reading the message and cutting it into lines, nothing else. Targets
(issue 10): opened in ≤ 500 ms, once; edited in ≤ 50 ms; memory returns after closing.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import loopback
from benchmarks.driving import Driven, Json

EDITS = 20
LINE = "    value = compute(first, second)  # a line of ordinary length\n"
FUNCTION = "\n\ndef total_{0}(prices, discounts):\n    value = sum(prices) - sum(discounts)\n"
ASKS = {
    "ghost text": "textDocument/inlineCompletion",
    "code actions": "textDocument/codeAction",
    "completion": "textDocument/completion",
}


@dataclass(frozen=True)
class Case:
    """One kind of hugeness: which texts are open, and where the user works in the last of them."""

    name: str
    texts: Callable[[], list[str]]
    line: int
    character: int = 4


def _million() -> list[str]:
    return ["".join(f"x_{number} = {number}\n" for number in range(1_000_000))]


def _functions(size: int) -> str:
    text = "".join(FUNCTION.format(number) + LINE * 6 for number in range(1_000))
    return (text * (size // len(text) + 1))[:size]


CASES = (
    Case("30 MB, 650,000 lines", lambda: [_functions(30_000_000)], 150_000),
    Case("1,000,000 lines", _million, 500_000),
    Case("one line of 5 MB", lambda: ["data = [" + "12345, " * 700_000 + "]\n"], 0, 2_500_000),
    Case("500 documents of 400 lines", lambda: [LINE * 400] * 500, 200),
)


def _floor(text: str) -> float:
    """Milliseconds that JSON and lines alone take."""
    body = json.dumps({"text": text}).encode()
    began = time.perf_counter()
    json.loads(body)["text"].split("\n")
    return 1000 * (time.perf_counter() - began)


def _case(server: Driven, case: Case) -> dict[str, float]:
    texts = case.texts()
    before = server.memory_mb()
    uris = [f"file:///bench/{case.line}_{number}.py" for number in range(len(texts))]
    opened = [server.open(uri, text, "python") for uri, text in zip(uris, texts, strict=True)]
    uri = uris[-1]
    edited = [server.change(uri, case.line, version, case.character) for version in range(2, EDITS + 2)]
    figures = {"opened": max(opened), "floor": _floor(texts[-1]), "edited": median(edited), "edited, worst": max(edited)}
    for version, (name, method) in enumerate(ASKS.items(), EDITS + 2):
        server.change(uri, case.line, version, case.character)
        figures[name] = server.blocked(method, _params(method, uri, case))[1]
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 10**7, "character": 0}}
    selected = {**_params(ASKS["code actions"], uri, case), "range": everything}
    figures["all selected"] = server.blocked(ASKS["code actions"], selected)[1]
    if case.line:
        figures["rewrite"] = _rewrite(server, uri, case.line, EDITS + 2 + len(ASKS))
    figures["open MB"] = server.memory_mb() - before
    closed = [server.close(uri) for uri in uris]
    time.sleep(1.5)
    figures["closed"] = max(closed)
    figures["left MB"] = server.memory_mb() - before
    return figures


def _warm(server: Driven) -> None:
    """Let the server load what it loads once, in a document of ordinary size."""
    uri = "file:///bench/first.py"
    server.open(uri, FUNCTION.format(0) + LINE, "python")
    for method in ASKS.values():
        server.blocked(method, _params(method, uri, Case("", list, 3)), after_s=0.5)


def _rewrite(server: Driven, uri: str, line: int, version: int) -> float:
    """The longest wait while an action rewrites three lines: from its command until the editor's word on its edit came back."""
    region = {"start": {"line": line, "character": 0}, "end": {"line": line + 3, "character": 0}}
    run = {"command": "coderoute.run", "arguments": [{"action": "refactor", "uri": uri, "range": region}]}
    server.request("workspace/executeCommand", run)
    slowest, edited, until = 0.0, False, time.perf_counter() + 3
    while time.perf_counter() < until:
        sent = time.perf_counter()
        ping = server.request("bench/nothing", {})
        while (message := server.heard()).get("id") != ping or "method" in message:
            if message.get("method") == "workspace/applyEdit":
                (change,) = message["params"]["edit"]["documentChanges"]
                edits = sorted(change["edits"], key=lambda edit: -edit["range"]["start"]["line"])
                changes = [{"range": edit["range"], "text": edit["newText"]} for edit in edits]
                document = {"uri": uri, "version": version}
                server.say({"method": "textDocument/didChange", "params": {"textDocument": document, "contentChanges": changes}})
                server.say({"id": message["id"], "result": {"applied": True}})
                version += 1
                edited, until = True, time.perf_counter() + 0.5
        slowest = max(slowest, 1000 * (time.perf_counter() - sent))
        time.sleep(0.001)
    assert edited, "nothing was rewritten"
    return slowest


def _params(method: str, uri: str, case: Case) -> Json:
    place = {"line": case.line, "character": case.character + 1}
    document: Json = {"textDocument": {"uri": uri}}
    if method == ASKS["code actions"]:
        return {**document, "range": {"start": place, "end": place}, "context": {"diagnostics": []}}
    return {**document, "position": place, "context": {"triggerKind": 1}}


CAPABILITIES: Json = {
    "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
}
"""No inline completion: so that plain completion is asked as well, which is refused where ghost text is shown."""


def run() -> dict[str, object]:
    """Prints the figures and returns them."""
    found: dict[str, dict[str, float]] = {}
    for case in CASES:
        with tempfile.TemporaryDirectory() as home, loopback.provider() as port:
            (Path(home) / "config").mkdir()
            (Path(home) / "config" / "config.toml").write_text(loopback.settings(port))
            command = [sys.executable, "-m", "coderoute_ls", "serve"]
            server = Driven(command, Path(home), CAPABILITIES, {loopback.KEY: "bench-key-of-no-value"})
            _warm(server)
            found[case.name] = _case(server, case)
            server.end()
    columns = list(found[CASES[0].name])
    print(f"{'longest wait, ms; memory, MB':30}" + "".join(f"{column:>15}" for column in columns))
    for name, figures in found.items():
        print(f"{name:30}" + "".join(f"{figures[column]:15.1f}" if column in figures else f"{'–':>15}" for column in columns))
    return dict(found)


if __name__ == "__main__":
    run()
