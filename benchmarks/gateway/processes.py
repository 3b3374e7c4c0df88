"""The vendor, our gateway and the others, each as a process; an arm is where a client sends its requests."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from benchmarks import peers
from benchmarks.driving import resident_mb
from benchmarks.loopback import KEY, settings
from coderoute_ls.storage import HOME_VARIABLE

NAME = "deepseek-v4-flash"
LITELLM_KEY = "sk-litellm-benchmark-0123456789abcdef"
"""It starts with none that is shorter."""
TOKEN = "cr-token-of-a-benchmark"
QUIET = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "DO_NOT_TRACK": "1", "NO_PROXY": "127.0.0.1,localhost"}


@dataclass(frozen=True)
class Arm:
    """An address that answers chat completions."""

    name: str
    url: str
    """Up to ``/v1``."""
    model: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    pid: int = 0


def direct(port: int) -> Arm:
    return Arm("direct", f"http://127.0.0.1:{port}/v1", "m")


@dataclass(frozen=True)
class Gateway:
    """Ours, and how it is."""

    arm: Arm
    process: "subprocess.Popen[str]"

    def told(self) -> dict[str, Any]:
        """Its memory in MB, open files and tasks."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


_vendors: dict[int, "subprocess.Popen[str]"] = {}


def closings(port: int) -> IO[str]:
    """What the model at this port prints."""
    said = _vendors[port].stdout
    assert said is not None
    return said


def vendor_pid(port: int) -> int:
    """The process of the model at this port."""
    return _vendors[port].pid


@contextmanager
def model() -> Generator[int]:
    """The vendor's port, while it runs."""
    with _running([sys.executable, "-m", "benchmarks.gateway.model"]) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        _vendors[port] = process
        yield port


def with_tools(port: int) -> str:
    """Settings that make the vendor at this port the only one, under a name that the catalogue knows as a caller of tools."""
    return settings(port).replace('id = "m"', f'id = "{NAME}"')


@contextmanager
def ours(port: int, home: Path) -> Generator[Gateway]:
    """Our gateway in front of the vendor at this port, and of a second name of it that is asked to fail."""
    config = home / "config"
    config.mkdir(parents=True)
    flaky = with_tools(port).replace("providers.bench", "providers.flaky").replace("coding = 0.9", "coding = 0.1")
    (config / "config.toml").write_text(with_tools(port) + flaky, "utf-8")
    environ = {HOME_VARIABLE: str(home), KEY: "bench-key-of-no-value", "TOKEN": TOKEN}
    with _running([sys.executable, "-m", "benchmarks.gateway.watched"], environ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        yield Gateway(Arm("ours", url, "coderoute", {"authorization": f"Bearer {TOKEN}"}, process.pid), process)


@contextmanager
def litellm(port: int, installed: Path, home: Path) -> Generator[Arm]:
    """LiteLLM's proxy: one worker, no database."""
    said = {"model": "openai/m", "api_base": f"http://127.0.0.1:{port}/v1", "api_key": "none"}
    config = home / "litellm.yaml"
    general = {"master_key": LITELLM_KEY}
    models = [{"model_name": "m", "litellm_params": said}]
    config.write_text(json.dumps({"model_list": models, "general_settings": general}), "utf-8")
    at = _free_port()
    command = [str(peers.litellm(installed)), "--config", str(config), "--host", "127.0.0.1", "--port", str(at)]
    with _running(command, QUIET) as process:
        _wait(at)
        yield Arm("LiteLLM", f"http://127.0.0.1:{at}/v1", "m", {"authorization": f"Bearer {LITELLM_KEY}"}, process.pid)


@contextmanager
def portkey(port: int, installed: Path) -> Generator[Arm]:
    """Portkey's gateway."""
    at = _free_port()
    with _running(
        ["node", str(peers.portkey(installed)), f"--port={at}", "--headless"], {"TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"}
    ) as process:
        _wait(at)
        headers = {
            "x-portkey-provider": "openai",
            "x-portkey-custom-host": f"http://127.0.0.1:{port}/v1",
            "authorization": "Bearer none",
        }
        yield Arm("Portkey", f"http://127.0.0.1:{at}/v1", "m", headers, process.pid)


@contextmanager
def _running(command: list[str], environ: Mapping[str, str] | None = None) -> Generator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if sys.executable == command[0] else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **(environ or {})},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(port: int, seconds: float = 90) -> None:
    """Until somebody listens there. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"Nobody listens at port {port}.")


def memory_mb(arm: Arm) -> float:
    """Of the process behind an arm; 0 where it is not a gateway's."""
    return resident_mb(arm.pid) if arm.pid else 0.0
