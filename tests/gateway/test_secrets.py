"""Secrets in a caller's request: told, or refused, never changed; and the gateway's own keys stay where they are."""

from dataclasses import replace
from pathlib import Path

import pytest

from coderoute_ls.domain import Message, Prompt
from coderoute_ls.domain.conversation import Tool
from coderoute_ls.engine.secret_check import cleared, texts_of
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.gateway.http.token_file import FILE_NAME, token_in
from tests.engine.support import answer, call
from tests.gateway.support import serving

KEY = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
MESSAGE = {"role": "user", "content": f"token = '{KEY}'"}


async def test_a_secret_is_told_and_sent_or_refused_as_the_user_says() -> None:
    async with serving({"cheap": [answer(), answer()]}) as served:
        told = await served.chat(messages=[MESSAGE])
        assert told.headers["x-coderoute-secrets"] and KEY in served.world.upstream.prompts[0].messages[0].words
        assert "x-coderoute-secrets" not in (await served.chat()).headers
    async with serving({}, settings={"gateway": {"secrets": "refuse"}}) as served:
        refused = await served.chat(messages=[MESSAGE])
        assert refused.status_code == 400 and KEY not in refused.text and not served.world.upstream.asked


async def test_a_secret_in_what_a_tool_says_is_told_too() -> None:
    schema = {"type": "object", "properties": {"q": {"type": "string", "default": f"token = '{KEY}'"}}}
    tools = [{"type": "function", "function": {"name": "search", "parameters": schema}}]
    async with serving({"cheap": [answer()]}) as served:
        told = await served.chat(tools=tools)
        assert told.headers["x-coderoute-secrets"]
    async with serving({}, settings={"gateway": {"secrets": "refuse"}}) as served:
        refused = await served.chat(tools=tools)
        assert refused.status_code == 400 and KEY not in refused.text and not served.world.upstream.asked


SAID = f"token = '{KEY}'"
_READ: tuple[dict[str, object], ...] = (
    {"description": SAID},
    {"title": SAID},
    {"$comment": SAID},
    {"default": [1, {"er": SAID}]},
    {"examples": [None, SAID]},
    {"properties": {"description": {"type": "string", "description": SAID}}},
    {"anyOf": [{"type": "string"}, {"type": "string", "example": SAID}]},
)
_NOT_READ: tuple[dict[str, object], ...] = (
    {"enum": [SAID]},
    {"const": SAID},
    {"pattern": SAID},
    {"properties": {"title": {"type": "string", "pattern": SAID}}},
    {"description": {"pattern": SAID}},
)


@pytest.mark.parametrize(("schema", "read"), [*((each, True) for each in _READ), *((each, False) for each in _NOT_READ)])
def test_of_a_tool_exactly_those_words_are_looked_at_that_would_be_masked(schema: dict[str, object], read: bool) -> None:
    tool = Tool("search", "It looks.", schema)
    assert (SAID in texts_of(tool)) == read
    assert len(texts_of(tool)) == 1 + read
    said = replace(call(), prompt=Prompt(messages=(Message("user", "Hello"),), tools=(tool,)))
    masked = cleared(said).prompt.tools[0]
    assert (masked != tool) == read and (KEY in repr(masked)) != read


def test_the_token_is_made_once_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    token = token_in(tmp_path)
    assert token == token_in(tmp_path) and len(token) > 40
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0
    assert token != token_in(tmp_path / "elsewhere")


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 1_000, b"\xff" * 40, b"two words that are long enough"])
def test_a_token_file_that_cannot_be_one_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(ConfigurationError, match="Remove the file"):
        token_in(tmp_path)
