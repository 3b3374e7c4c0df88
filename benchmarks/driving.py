"""A server process as an editor drives it, one message at a time: asked, changed, weighed and timed. Times are milliseconds."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from coderoute_ls.server.rpc.framing import framed, length_in

Json = dict[str, Any]

INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""The environment, where Python keeps the bytecode of what it has compiled once, as it does for an installed package."""


class Spawned:
    """A server on pipes, timed from before its process exists."""

    def __init__(self, command: list[str], home: Path, environ: dict[str, str] | None = None) -> None:
        self._began = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**INSTALLED, "CODEROUTE_HOME": str(home), **(environ or {})},
        )
        self.pid = self._process.pid

    def say(self, message: Json) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(framed(body))
        self._process.stdin.flush()

    def heard(self) -> Json:
        """The next message."""
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            length = length_in(line) or length
        return json.loads(self._process.stdout.read(length))

    def answered(self, request: int | None) -> float:
        """Milliseconds since the spawn at which this request was answered (None: anything was said)."""
        while True:
            message = self.heard()
            if request is None or ("method" not in message and message.get("id") == request):
                return 1000 * (time.perf_counter() - self._began)

    def memory_mb(self) -> float:
        """Resident memory of the process itself."""
        return resident_mb(self.pid)

    def cpu_s(self) -> float:
        """Processor time of the process itself, without its children."""
        return cpu_s(self.pid)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def resident_mb(pid: int) -> float:
    """Memory that a process has in RAM."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def cpu_s(pid: int) -> float:
    """Processor time that a process has taken, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """The processes that a process has started, and that run."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def children_mb(pid: int) -> float:
    """Memory of its children: a server's built-in engine."""
    return sum(resident_mb(child) for child in children(pid))


class Driven(Spawned):
    """A server past its handshake, with documents."""

    def __init__(
        self, command: list[str], home: Path, capabilities: Json | None = None, environ: dict[str, str] | None = None
    ) -> None:
        super().__init__(command, home, environ)
        wishes = {"processId": None, "rootUri": None, "capabilities": capabilities or {}}
        self.say({"id": 0, "method": "initialize", "params": wishes})
        self.answered(0)
        self.say({"method": "initialized", "params": {}})
        self._last = 0
        self.ask()

    def request(self, method: str, params: Json) -> int:
        """Send a request without waiting; its id."""
        self._last += 1
        self.say({"id": self._last, "method": method, "params": params})
        return self._last

    def ask(self) -> float:
        """One round trip that does no work: an unknown method, which every server refuses."""
        began = time.perf_counter()
        self.answered(self.request("bench/nothing", {}))
        return 1000 * (time.perf_counter() - began)

    def open(self, uri: str, text: str, language: str = "plaintext") -> float:
        """From having sent the document until the server is free again."""
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.say({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return self.ask()

    def change(self, uri: str, line: int, version: int, character: int = 4, text: str = "x") -> float:
        """From sending a typed text until the server is free again."""
        place = {"line": line, "character": character}
        params = {
            "textDocument": {"uri": uri, "version": version},
            "contentChanges": [{"range": {"start": place, "end": place}, "text": text}],
        }
        began = time.perf_counter()
        self.say({"method": "textDocument/didChange", "params": params})
        self.ask()
        return 1000 * (time.perf_counter() - began)

    def close(self, uri: str) -> float:
        began = time.perf_counter()
        self.say({"method": "textDocument/didClose", "params": {"textDocument": {"uri": uri}}})
        self.ask()
        return 1000 * (time.perf_counter() - began)

    def blocked(self, method: str, params: Json, after_s: float = 0.1) -> tuple[float, float]:
        """Time to the answer of a request, and the longest that the server kept anybody else waiting meanwhile and a moment
        after: round trips are sent one after another, and the slowest counts.
        """
        began = time.perf_counter()
        asked = self.request(method, params)
        answered, slowest = 0.0, 0.0
        while not answered or time.perf_counter() - began < answered / 1000 + after_s:
            sent = time.perf_counter()
            ping = self.request("bench/nothing", {})
            while (message := self.heard()).get("id") != ping or "method" in message:
                if message.get("id") == asked and "method" not in message:
                    answered = 1000 * (time.perf_counter() - began)
            slowest = max(slowest, 1000 * (time.perf_counter() - sent))
            time.sleep(0.001)
        return answered, slowest
