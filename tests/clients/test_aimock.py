"""A vendor that nobody here wrote fails in every way it knows: each caller gets one clear error, and is not kept waiting."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.clients.programs import program
from tests.gateway.support import Served, relaying
from tests.gateway.test_round_trips import ASKED, ends
from tests.providers.independent.servers import free_port

pytestmark = pytest.mark.clients
FAULTS = ("--chaos-drop", "--chaos-malformed", "--chaos-disconnect", "--chaos-ratelimit")
FIXTURES = [
    {"match": {"userMessage": "cut"}, "response": {"content": "Some words and more of them. " * 9}, "truncateAfterChunks": 2},
    {"match": {"userMessage": "gone"}, "response": {"content": "Some words and more of them. " * 9}, "disconnectAfterMs": 50},
    {
        "match": {"userMessage": "limit"},
        "response": {"error": {"message": "Slow down", "type": "rate_limit_error"}, "status": 429},
    },
    {"match": {"userMessage": "Hi"}, "response": {"content": "Good day."}},
]


@asynccontextmanager
async def before_aimock(folder: Path, dialect: str, *arguments: str) -> AsyncGenerator[Served]:
    """A gateway whose only vendor is aimock, with these arguments."""
    fixtures = folder / "fixtures.json"
    fixtures.write_text(json.dumps({"fixtures": FIXTURES}), "utf-8")
    port = free_port()
    command = (program("node_modules", ".bin", "llmock"), "--port", str(port), "--fixtures", str(fixtures), *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    assert process.stdout is not None
    try:
        while b"listening" not in (line := await process.stdout.readline()):
            assert line, "it ended before it listened"
        async with relaying(f"http://127.0.0.1:{port}", dialect) as served:
            yield served
    finally:
        process.kill()
        await process.communicate()


async def asked(served: Served, format_: str, *, stream: bool, word: str = "Hi") -> tuple[int, bytes]:
    path, fields = ASKED[format_]
    body: Any = json.loads(json.dumps({"model": "coderoute", "stream": stream, **fields}).replace('"Hi"', f'"{word}"'))
    response = await served.client.post(path, json=body)
    return response.status_code, response.content


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_vendor_that_fails_before_it_answers_is_an_error_with_a_status(tmp_path: Path, fault: str) -> None:
    async with before_aimock(tmp_path, "openai-chat", fault, "1") as served:
        for format_ in ASKED:
            for stream in (False, True):
                status, body = await asked(served, format_, stream=stream)
                assert status in (422, 429, 502) and json.loads(body)["error"]["message"], body  # 422: nobody is left to ask


@pytest.mark.parametrize("word", ["cut", "gone", "limit"])
async def test_an_answer_that_breaks_off_has_one_end_and_no_good_one(tmp_path: Path, word: str) -> None:
    async with before_aimock(tmp_path, "openai-chat", "--latency", "20") as served:
        for format_ in ASKED:
            status, body = await asked(served, format_, stream=True, word=word)
            assert (status, ends(format_, body)) == (200, (0, 1)) or (status in (422, 429, 502) and b'"error"' in body), body
            status, body = await asked(served, format_, stream=False, word=word)
            assert status in (422, 429, 502) and b'"error"' in body, body


@pytest.mark.parametrize("dialect", ["openai-chat", "anthropic-messages", "openai-responses"])
async def test_what_it_answers_arrives(tmp_path: Path, dialect: str) -> None:
    async with before_aimock(tmp_path, dialect) as served:
        for format_ in ASKED:
            status, body = await asked(served, format_, stream=True)
            assert status == 200 and ends(format_, body) == (1, 0) and b"Good" in body
