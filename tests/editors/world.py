"""What surrounds a driven editor: a folder with code, a user's configuration, and one scripted vendor with two models."""

import asyncio
import subprocess
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.editors.installed import PATIENCE_S
from tests.support.provider import ScriptedProvider, ScriptedRequest

Asked = Literal["action", "ghost"]

KEY = "sk-scripted-0123456789"
VARIABLE = "DEEPSEEK_API_KEY"

CONFIGURATION = """
[providers.deepseek]
base_url = "{url}/v1"
key_env = "DEEPSEEK_API_KEY"

[[providers.deepseek.models]]
id = "swift"
coding = 0.78
completion = 0.75
fim = "openai-completions"
input = 0.2
output = 0.8
context = 128000
max_output = 32000
tools = true
images = true

[[providers.deepseek.models]]
id = "grand"
coding = 0.93
input = 3
output = 15
context = 128000
max_output = 32000
tools = true
images = true

[models]
allow = ["deepseek/swift", "deepseek/grand", "embedded/*"]

[inline]
soft_deadline_ms = 20000
hard_deadline_ms = 20000

[next_edit]
from = "examples"

[catalog]
refresh = 0
"""
"""``swift`` is good enough for a refactoring at the usual floor, 0.70, and not at 0.80, which ``quality = "best"`` asks for.
The deadlines are long because a browser and two busy cores are slow, and no test is about them."""

BEFORE = """\
def total(prices, rate):
    result = 0
    for price in prices:
        result = result + price
    return result + result * rate
"""
AFTER = """\
def total(prices, rate):
    net = sum(prices)
    return net + net * rate
"""
"""What the scripted models make of `BEFORE`."""
USES = """\
def total(prices, rate):
    result = 0
    for price in prices:
        result = result + price * rate
    note = "rate"
    if rate > 1:
        result = result - rate
    return result
"""
"""A parameter with several uses; the word in the string is none."""


REVIEWED = """\
class Cart:
    def total(self, prices, rate):
        result = 0
        for price in prices:
            result = result + price
        return result * rate

    def empty(self):
        return not self.items

    def size(self):
        return len(self.items)
"""
REWRITTEN = """\
class Cart:
    def total(self, prices: list[int], rate: float) -> float:
        return sum(prices) * rate

    def empty(self):
        return not self.items

    def size(self) -> int:
        # Items count once.
        return len(self.items)
"""
"""An edit of two changes: lines that are replaced by fewer, and a line that is replaced by more."""


@dataclass(frozen=True, slots=True)
class World:
    provider: ScriptedProvider
    folder: Path
    """The workspace."""
    home: Path
    """The user's directories of the server (CODEROUTE_HOME)."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Without a key: the variables that every server of this world gets."""
        return {"CODEROUTE_HOME": str(self.home)}

    async def asked(self, what: Asked = "action", at: str = "") -> ScriptedRequest:
        """The next request for an action, or for ghost text where the text before the cursor ends with ``at``. All others are
        answered with nothing."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                request = await self.provider.request()
                is_action = request.path.endswith("/chat/completions")
                if is_action == (what == "action") and str(request.json.get("prompt", "")).endswith(at):
                    return request
                with suppress(ConnectionResetError):  # a key press later, nobody waits for it any more
                    await request.answer("")

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


@asynccontextmanager
async def world(at: Path) -> AsyncGenerator[World]:
    async with ScriptedProvider() as provider:
        home, folder = at / "coderoute", at / "shop"
        (home / "config").mkdir(parents=True)
        (home / "config" / "config.toml").write_text(CONFIGURATION.format(url=provider.url))
        folder.mkdir()
        (folder / ".git").mkdir()
        yield World(provider, folder, home)


async def stream(request: ScriptedRequest, answer: str) -> None:
    """Answer line by line."""
    await request.start()
    for line in answer.splitlines(keepends=True):
        await request.text(line)
    await request.finish()


def git(folder: Path, *command: str) -> None:
    """Run git in a workspace."""
    own = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *own, *command], cwd=folder, capture_output=True, check=True)
