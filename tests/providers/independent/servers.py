"""Starts the servers that nobody here wrote, as processes; each fixture skips where its server is not installed."""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INSTALLED = HERE.parents[2] / ".venv" / "independent"
LITELLM_KEY = "sk-litellm-test"
TEXT = "The quick brown fox. Grüße 🦀"


def program(*parts: str) -> str:
    """A program of `install`'s environment; skips the test where it is absent."""
    path = INSTALLED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path.name} is not installed; `sh tests/providers/independent/install` installs it")
    return str(path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(command: list[str], ready: str, **environment: str) -> Generator[str]:
    """Run a server; yields the line of its output that says it is ready."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | environment,
    )
    assert process.stdout is not None
    try:
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if ready in line:
                break
        else:
            pytest.fail(f"{command[0]} ended before it was ready:\n" + "".join(said[-30:]))
        # a server whose output nobody reads stands still once the pipe is full
        threading.Thread(target=process.communicate, daemon=True).start()
        yield said[-1]
    finally:
        process.terminate()
        process.wait()


@contextmanager
def litellm(folder: Path) -> Generator[str]:
    """LiteLLM's proxy with one mocked model; yields its address."""
    command = program("bin", "litellm")
    config = folder / "litellm.yaml"
    model = {"model_name": "mocked", "litellm_params": {"model": "openai/x", "api_key": "none", "mock_response": TEXT}}
    said = {"model_list": [model], "general_settings": {"master_key": LITELLM_KEY}}
    config.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    port = free_port()
    arguments = ["--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    with serving([command, *arguments], "Uvicorn running", LITELLM_LOCAL_MODEL_COST_MAP="True"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def aimock(folder: Path) -> Generator[str]:
    """aimock with an answer, a thought, a refusal and a stream that is cut off; yields its address."""
    command = program("node_modules", ".bin", "llmock")
    fixtures = folder / "aimock.json"
    answers = [
        {"match": {"userMessage": "greet"}, "response": {"content": TEXT}},
        {"match": {"userMessage": "think"}, "response": {"content": "42", "reasoning": "Six times seven."}},
        {
            "match": {"userMessage": "limit"},
            "response": {"error": {"message": "Rate limited", "type": "rate_limit_error"}, "status": 429},
        },
        {"match": {"userMessage": "cut"}, "response": {"content": TEXT * 5}, "truncateAfterChunks": 2},
    ]
    fixtures.write_text(json.dumps({"fixtures": answers}))
    port = free_port()
    with serving([command, "--port", str(port), "--fixtures", str(fixtures), "--strict"], "listening"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def llamacpp(folder: Path) -> Generator[str]:
    """llama.cpp's server over random weights; yields its address."""
    with serving([program("bin", "python"), str(HERE / "llama.py"), str(folder)], "listening on http://") as line:
        yield line[line.index("http://") :].strip()
