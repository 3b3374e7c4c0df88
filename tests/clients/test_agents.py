"""Real agents do a task that needs a tool, through the gateway, on upstreams of their own format and of others."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import orjson
import pytest

from coderoute_ls.gateway.clients import clients
from tests.clients.programs import program, run
from tests.clients.writing_model import CONTENT, NAME, WritingModel
from tests.engine.support import CHEAP
from tests.gateway.support import TOKEN, able, relaying, serving

pytestmark = pytest.mark.clients
FORMATS = ("openai-chat", "anthropic-messages", "openai-responses")
TASK = f"Create the file {NAME}."


@asynccontextmanager
async def modelled(work: Path, dialect: str, words: str = "All done.") -> AsyncGenerator[tuple[str, WritingModel]]:
    """The address of a gateway whose upstream speaks this format, and the model at its end."""
    work.mkdir()  # noqa: ASYNC240
    model = WritingModel(work / NAME, words)
    async with serving({}, (able(CHEAP),), upstream=model) as last, relaying(last.url, dialect) as first:
        yield first.url, model


@pytest.mark.parametrize("dialect", FORMATS)
async def test_claude_code(tmp_path: Path, dialect: str) -> None:
    claude = program("node_modules", ".bin", "claude")
    async with modelled(tmp_path / "work", dialect) as (url, model):
        command = [claude, "-p", TASK, "--permission-mode", "acceptEdits", "--output-format", "json", "--allowedTools", "Write"]
        printed = clients()["claude"].render(url).replace("$(coderoute-ls gateway --token)", TOKEN)
        named = dict(re.findall(r'export (\w+)="(.*)"', printed))
        ended = await run(command, tmp_path / "work", **named)
        assert ended.code == 0, ended.output
        assert orjson.loads(ended.output)["result"] == "All done."
        assert (tmp_path / "work" / NAME).read_text("utf-8") == CONTENT
        assert model.results and not model.results[0].error


@pytest.mark.parametrize("dialect", FORMATS)
async def test_codex(tmp_path: Path, dialect: str) -> None:
    codex = program("node_modules", ".bin", "codex")
    async with modelled(tmp_path / "work", dialect) as (url, model):
        config = tmp_path / "home" / ".codex" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text(clients()["codex"].render(url).replace("# model_catalog_json", "model_catalog_json"), "utf-8")
        async with httpx.AsyncClient(trust_env=False, headers={"authorization": f"Bearer {TOKEN}"}) as client:
            (config.parent / "coderoute-models.json").write_bytes((await client.get(f"{url}/v1/models")).content)
        options = ["--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"]
        ended = await run([codex, "exec", *options, TASK], tmp_path / "work", CODEROUTE_GATEWAY_TOKEN=TOKEN)
        assert ended.code == 0, ended.output
        assert (tmp_path / "work" / NAME).read_text("utf-8") == CONTENT, ended.output
        assert any("__" in name for name in model.offered), "tools of namespaces are kept"
        assert "apply_patch" in model.offered and "apply patch" in ended.output


@pytest.mark.parametrize("dialect", FORMATS)
async def test_opencode(tmp_path: Path, dialect: str) -> None:
    opencode = program("node_modules", ".bin", "opencode")
    async with modelled(tmp_path / "work", dialect) as (url, model):
        config = tmp_path / "home" / ".config" / "opencode" / "opencode.jsonc"
        config.parent.mkdir(parents=True)
        config.write_text(clients()["opencode"].render(url), "utf-8")
        ended = await run([opencode, "run", TASK], tmp_path / "work", CODEROUTE_GATEWAY_TOKEN=TOKEN)
        assert (ended.code, model.results[0].error) == (0, False), ended.output
        assert (tmp_path / "work" / NAME).read_text("utf-8") == CONTENT


@pytest.mark.parametrize("dialect", FORMATS)
async def test_aider(tmp_path: Path, dialect: str) -> None:
    """Aider writes what the model's text says: it asks for no tool."""
    aider = program("aider", "bin", "aider")
    words = f"{NAME}\n```\n{CONTENT}```\n"
    async with modelled(tmp_path / "work", dialect, words) as (url, _):
        (tmp_path / "work" / ".aider.conf.yml").write_text(clients()["aider"].render(url), "utf-8")
        options = ["--yes-always", "--no-git", "--no-check-update", "--no-show-model-warnings", "--edit-format", "whole"]
        ended = await run([aider, *options, "--message", TASK, NAME], tmp_path / "work", OPENAI_API_KEY=TOKEN)
        assert (tmp_path / "work" / NAME).read_text("utf-8") == CONTENT, ended.output


async def test_llm(tmp_path: Path) -> None:
    llm = program("sdks", "bin", "llm")
    async with modelled(tmp_path / "work", "anthropic-messages") as (url, _):
        models = tmp_path / "home" / "llm" / "extra-openai-models.yaml"
        models.parent.mkdir(parents=True)
        models.write_text(clients()["llm"].render(url), "utf-8")
        command = [llm, "-m", "coderoute", "--key", TOKEN, "Hello"]
        ended = await run(command, tmp_path / "work", LLM_USER_PATH=str(models.parent))
        assert ended.output.strip() == "All done."
