"""Real agents do a task that needs a tool, through the gateway, on upstreams of their own format and of others."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest

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
        names = {"ANTHROPIC_MODEL": "coderoute", "ANTHROPIC_DEFAULT_HAIKU_MODEL": "coderoute"}
        ended = await run(command, tmp_path / "work", ANTHROPIC_BASE_URL=url, ANTHROPIC_AUTH_TOKEN=TOKEN, **names)
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
        config.write_text(
            'model = "coderoute"\nmodel_provider = "coderoute"\n[model_providers.coderoute]\nname = "CodeRoute"\n'
            f'base_url = "{url}/v1"\nenv_key = "CODEROUTE_GATEWAY_TOKEN"\nwire_api = "responses"\n',
            "utf-8",
        )
        options = ["--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"]
        ended = await run([codex, "exec", *options, TASK], tmp_path / "work", CODEROUTE_GATEWAY_TOKEN=TOKEN)
        assert ended.code == 0, ended.output
        assert (tmp_path / "work" / NAME).read_text("utf-8") == CONTENT, ended.output
        assert any("__" in name for name in model.offered), "tools of namespaces are kept"


@pytest.mark.parametrize("dialect", FORMATS)
async def test_opencode(tmp_path: Path, dialect: str) -> None:
    opencode = program("node_modules", ".bin", "opencode")
    async with modelled(tmp_path / "work", dialect) as (url, model):
        provider = {
            "npm": "@ai-sdk/openai-compatible",
            "name": "CodeRoute",
            "options": {"baseURL": f"{url}/v1", "apiKey": TOKEN},
            "models": {"coderoute": {"name": "CodeRoute"}},
        }
        config = tmp_path / "home" / ".config" / "opencode" / "opencode.json"
        config.parent.mkdir(parents=True)
        names = {"model": "coderoute/coderoute", "small_model": "coderoute/coderoute", "autoupdate": False, "share": "disabled"}
        config.write_bytes(orjson.dumps({"provider": {"coderoute": provider}, "permission": {"edit": "allow"}, **names}))
        ended = await run([opencode, "run", "--model", "coderoute/coderoute", TASK], tmp_path / "work")
        assert (ended.code, model.results[0].error) == (0, False), ended.output
        assert (tmp_path / "work" / NAME).read_text("utf-8") == CONTENT


@pytest.mark.parametrize("dialect", FORMATS)
async def test_aider(tmp_path: Path, dialect: str) -> None:
    """Aider writes what the model's text says: it asks for no tool."""
    aider = program("aider", "bin", "aider")
    words = f"{NAME}\n```\n{CONTENT}```\n"
    async with modelled(tmp_path / "work", dialect, words) as (url, _):
        options = ["--yes-always", "--no-git", "--no-check-update", "--no-show-model-warnings", "--edit-format", "whole"]
        named = ["--model", "openai/coderoute", "--openai-api-base", f"{url}/v1", "--openai-api-key", TOKEN]
        ended = await run([aider, *named, *options, "--message", TASK, NAME], tmp_path / "work")
        assert (tmp_path / "work" / NAME).read_text("utf-8") == CONTENT, ended.output


async def test_llm(tmp_path: Path) -> None:
    llm = program("sdks", "bin", "llm")
    async with modelled(tmp_path / "work", "anthropic-messages") as (url, _):
        models = tmp_path / "home" / "llm" / "extra-openai-models.yaml"
        models.parent.mkdir(parents=True)
        row = f"- model_id: coderoute\n  model_name: coderoute\n  api_base: {url}/v1\n  api_key_name: coderoute\n"
        models.write_text(row, "utf-8")
        command = [llm, "-m", "coderoute", "--key", TOKEN, "Hello"]
        ended = await run(command, tmp_path / "work", LLM_USER_PATH=str(models.parent))
        assert ended.output.strip() == "All done."
