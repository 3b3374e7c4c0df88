"""Everything that can go wrong with a vendor ends in one clear sentence, and sends no key anywhere else."""

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Callable
from urllib.parse import quote as percent

import httpx
import orjson
import pytest

from coderoute_ls.domain import Delta
from coderoute_ls.errors import (
    AuthenticationFailed,
    BoundExceeded,
    ConnectionFailed,
    ContentRefused,
    ContextTooLong,
    DeadlineExceeded,
    ModelNotFound,
    OutOfCredit,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RequestRejected,
)
from coderoute_ls.providers.configured_vendors import VENDORS
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.error_responses.error_classification import failure_from_response, failure_in_stream
from coderoute_ls.providers.key_redaction import quote, redact
from coderoute_ls.providers.provider_client import ProviderClient
from tests.providers.asking import CHAT, KEY, listen, offer, providers, vendor
from tests.support.provider import ScriptedProvider

NOW = 1_790_000_000.0

Refusal = tuple[str, int, dict[str, str], str, type[ProviderError], float | None]
ZOO: list[Refusal] = [
    (
        "openai",
        401,
        {},
        '{"error":{"message":"Incorrect API key provided: sk-wr***","code":"invalid_api_key"}}',
        AuthenticationFailed,
        None,
    ),
    (
        "xai",
        400,
        {},
        '{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***fg."}',
        AuthenticationFailed,
        None,
    ),
    (
        "google",
        400,
        {},
        '{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}',
        AuthenticationFailed,
        None,
    ),
    ("bedrock", 403, {}, '{"message":"The security token included in the request is invalid."}', AuthenticationFailed, None),
    ("openai", 401, {}, "", AuthenticationFailed, None),
    ("deepseek", 402, {}, '{"error":{"message":"Insufficient Balance","type":"unknown_error"}}', OutOfCredit, None),
    ("openai", 429, {}, '{"error":{"type":"insufficient_quota","message":"You exceeded your current quota"}}', OutOfCredit, None),
    (
        "xai",
        403,
        {},
        '{"code":"x","error":"Your newly created team doesn\'t have any credits or licenses yet."}',
        OutOfCredit,
        None,
    ),
    (
        "anthropic",
        400,
        {},
        '{"error":{"message":"Your credit balance is too low to access the Anthropic API."}}',
        OutOfCredit,
        None,
    ),
    ("groq", 429, {"retry-after": "7"}, '{"error":{"message":"Rate limit reached"}}', RateLimited, 7.0),
    ("openai", 429, {"retry-after-ms": "250"}, "{}", RateLimited, 0.25),
    ("openai", 429, {"retry-after": "Mon, 21 Sep 2026 14:13:25 GMT"}, "{}", RateLimited, 5.0),
    ("openai", 429, {"retry-after": "never"}, "", RateLimited, None),
    ("openai", 429, {"retry-after": "-3"}, "", RateLimited, None),
    ("openai", 429, {"retry-after": "1e300"}, "", RateLimited, 86_400.0),
    ("groq", 429, {}, '{"error":{"message":"Please try again in 1m2.5s. Visit"}}', RateLimited, 62.5),
    (
        "google",
        429,
        {},
        '{"error":{"code":429,"message":"You exceeded your current quota","details":[{"@type":"RetryInfo","retryDelay":"34s"}]}}',
        RateLimited,
        34.0,
    ),
    ("groq", 413, {}, '{"error":{"message":"Request too large for model","code":"rate_limit_exceeded"}}', ContextTooLong, None),
    ("openai", 429, {}, '{"error":{"message":"Request too large for gpt-4o on tokens per min (TPM)"}}', ContextTooLong, None),
    (
        "vllm",
        400,
        {},
        '{"object":"error","message":"This model\'s maximum context length is 32768 tokens."}',
        ContextTooLong,
        None,
    ),
    (
        "cohere",
        400,
        {},
        '{"message":"too many tokens: total number of tokens in the prompt cannot exceed 4081"}',
        ContextTooLong,
        None,
    ),
    ("bedrock", 429, {}, '{"message":"Too many tokens, please wait before trying again."}', RateLimited, None),
    ("openai", 404, {}, '{"error":{"code":"model_not_found","message":"The model x does not exist"}}', ModelNotFound, None),
    ("openrouter", 400, {}, '{"error":{"code":400,"message":"foo/bar is not a valid model ID"}}', ModelNotFound, None),
    ("ollama", 404, {}, '{"error":"model \'x\' not found, try pulling it first"}', ModelNotFound, None),
    ("openai", 404, {}, "<html>nginx</html>", ModelNotFound, None),
    ("azure", 400, {}, '{"error":{"code":"content_filter","message":"The response was filtered"}}', ContentRefused, None),
    (
        "openrouter",
        403,
        {},
        '{"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":["hate"]}}}',
        ContentRefused,
        None,
    ),
    (
        "mistral",
        422,
        {},
        '{"detail":[{"type":"extra_forbidden","loc":["body","x"],"msg":"Extra inputs are not permitted"}]}',
        RequestRejected,
        None,
    ),
    ("mistral", 422, {}, '{"detail":"Unprocessable"}', RequestRejected, None),
    ("deepseek", 400, {"content-type": "application/octet-stream"}, '{"error":{"message":"bad"}}', RequestRejected, None),
    ("openai", 502, {}, "<html><body><h1>502 Bad Gateway</h1></body></html>", ProviderUnavailable, None),
    (
        "anthropic",
        529,
        {},
        '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
        ProviderUnavailable,
        None,
    ),
    ("openai", 500, {}, "", ProviderUnavailable, None),
    ("openai", 503, {}, '"down"', ProviderUnavailable, None),
    ("openai", 400, {}, "[[[[[[[[[[[[[[1]]]]]]]]]]]]]]", RequestRejected, None),
]
"""Vendor, status, headers, body; class and seconds to wait."""


@pytest.mark.parametrize("refusal", ZOO, ids=lambda refusal: f"{refusal[0]} {refusal[1]} {refusal[4].__name__}")
def test_every_shape_of_refusal_has_its_class_and_one_sentence(refusal: Refusal) -> None:
    name, status, headers, body, kind, wait = refusal
    error = failure_from_response(VENDORS[name], status, headers, body.encode(), model="m-1", now=lambda: NOW)
    assert type(error) is kind
    assert error.retry_after == pytest.approx(wait)  # pyright: ignore[reportUnknownMemberType]
    assert (error.provider, error.status) == (name, status)
    assert error.user_message.endswith(".")
    assert "\n" not in error.user_message
    assert "***" not in error.user_message


def test_a_refused_key_is_named_with_its_remedy() -> None:
    error = failure_from_response(VENDORS["openai"], 401, {}, b"{}")
    assert error.user_message == (
        "OPENAI_API_KEY was refused by OpenAI (401): set a valid key, or store one with `coderoute-ls keys set openai`."
    )


def test_a_failure_inside_a_stream_keeps_its_own_status() -> None:
    error = failure_in_stream(VENDORS["groq"], {"error": {"message": "Invalid input", "status_code": 400}})
    assert (type(error), error.status) == (RequestRejected, 400)


def test_long_quotations_are_not_repeated_for_they_may_be_the_users_code() -> None:
    said = quote("invalid type: string `" + "def secret_algorithm(): return 42; " * 3 + "`, expected a map")
    assert said == "invalid type: string …, expected a map"


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-AbCdEfGhIjKlMnOp",
        "sk-ant-api03-abcdefgh",
        "gsk_abcdefghijklmnop",
        "AIzaSyA1234567890abcdef",
        "xai-abcdefghijklmnop",
        "Bearer abc123def456",
        "ghp_abcdefghijklmnop1234",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    ],
)
def test_what_looks_like_a_key_is_cut_out(secret: str) -> None:
    assert secret.rpartition(" ")[2] not in redact(f"the key {secret} was refused")


def test_a_known_secret_is_cut_out_whatever_it_looks_like() -> None:
    assert redact("my correcthorse key", ["correcthorse"]) == "my [key] key"


@pytest.mark.parametrize(
    "text", ["task-force", "the desk-lamp-is-on", "x = risk_assessment", "bearer of bad news", "no api key given"]
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


# --- over the wire ------------------------------------------------------------------------------------------------------


async def _refused(
    client: ProviderClient, server: ScriptedProvider, status: int, body: bytes, headers: dict[str, str]
) -> ProviderError:
    heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
    await (await server.request()).respond(status, body, headers)
    with pytest.raises(ProviderError) as caught:
        await heard
    return caught.value


async def test_a_gzip_bomb_meets_the_bound_before_it_fills_the_memory() -> None:
    size = 128 << 20
    bomb = gzip.compress(b'{"x": "' + b"0" * size, compresslevel=9)
    async with ScriptedProvider() as server:
        client = providers(server.url)
        tracemalloc.start()
        error = await _refused(client, server, 200, bomb, {"content-encoding": "gzip"})
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert isinstance(error, BoundExceeded)
        assert peak < size // 4
        await client.close()


async def test_a_bomb_as_an_error_page_is_read_a_little_and_no_further() -> None:
    bomb = gzip.compress(b"0" * (64 << 20), compresslevel=9)
    async with ScriptedProvider() as server:
        client = providers(server.url)
        assert isinstance(await _refused(client, server, 502, bomb, {"content-encoding": "gzip"}), ProviderUnavailable)
        await client.close()


@pytest.mark.parametrize(("encoding", "match"), [("gzip", "damaged"), ("br", "was not requested")])
async def test_an_unreadable_encoding_is_said(encoding: str, match: str) -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        error = await _refused(client, server, 200, bytes(range(128, 256)), {"content-encoding": encoding})
        assert isinstance(error, ProviderUnavailable)
        assert match in error.user_message
        await client.close()


async def test_an_endless_stream_of_comments_ends() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        request = await server.request()
        await request.start()
        with pytest.raises(ConnectionResetError):
            while True:
                await request.send(b": keep-alive\n\n" * 4_000)
        with pytest.raises(BoundExceeded):
            await heard
        await client.close()


async def test_a_line_of_a_megabyte_ends_the_answer() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        error = await _refused(client, server, 200, b"data: " + b"x" * (1 << 20), {"content-type": "text/event-stream"})
        assert isinstance(error, BoundExceeded)
        assert error.provider == "test"
        await client.close()


async def test_a_failure_after_text_says_that_text_had_come() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        deltas: list[Delta] = []

        async def listening() -> None:
            async for event in client.stream(offer(), CHAT):
                assert isinstance(event, Delta)
                deltas.append(event)

        heard = asyncio.create_task(listening())
        request = await server.request()
        await request.start()
        await request.text("half")
        await request.event({"error": {"code": 502, "message": "Provider disconnected"}})
        with pytest.raises(ProviderUnavailable) as caught:
            await heard
        assert deltas == [Delta("half")]
        assert caught.value.after_text
        await request.closed()
        await client.close()


async def test_nobody_listening_says_where() -> None:
    async with ScriptedProvider() as server:
        url = server.url
    client = ProviderClient({"test": vendor(url, key_env=(), local=True)}, lambda _: None)
    with pytest.raises(ConnectionFailed, match=f"No connection to Test vendor at {url}: is Test vendor running"):
        await listen(client.stream(offer(), CHAT))
    await client.close()


async def test_silence_before_the_answer_has_a_limit() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url, timeout_s=0.01)
        with pytest.raises(DeadlineExceeded, match="did not begin to answer in time"):
            await listen(client.stream(offer(), CHAT))
        await client.close()


class Silent(httpx.AsyncBaseTransport):
    """Begins to answer and falls silent; keeps the limits that it was given."""

    def __init__(self) -> None:
        self.limits: object = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.limits = request.extensions["timeout"]
        return httpx.Response(200, stream=_HalfAnAnswer())


class _HalfAnAnswer(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n'
        raise httpx.ReadTimeout("nothing came")


async def test_silence_in_the_middle_of_an_answer_has_a_limit() -> None:
    silent = Silent()
    client = ProviderClient({"test": vendor("https://api.test")}, {"test": KEY}.get, Transport(silent))
    with pytest.raises(DeadlineExceeded, match="went silent") as caught:
        await listen(client.stream(offer(), CHAT))
    assert caught.value.after_text
    assert silent.limits == {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 30.0}
    await client.close()


@pytest.mark.parametrize("key", ["sk-with-é", "sk-with\x00null", "sk-two\nlines"])
async def test_a_key_that_no_header_can_carry_is_not_sent(key: str) -> None:
    async with ScriptedProvider() as server:
        client = ProviderClient({"test": vendor(server.url)}, lambda _: key)
        with pytest.raises(AuthenticationFailed, match="TEST_API_KEY") as caught:
            await listen(client.stream(offer(), CHAT))
        assert key not in caught.value.user_message
        assert server.connections == 0
        await client.close()


async def test_the_line_end_behind_a_key_is_forgiven() -> None:
    async with ScriptedProvider() as server:
        client = ProviderClient({"test": vendor(server.url)}, lambda _: f"{KEY}\n")
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        request = await server.request()
        assert request.headers["authorization"] == f"Bearer {KEY}"
        await request.answer("ok")
        await heard
        await client.close()


async def test_every_kind_of_network_error_becomes_ours() -> None:
    class Broken(httpx.AsyncBaseTransport):
        def __init__(self, error: Exception) -> None:
            self.error = error

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise self.error

    failures = [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")]
    failures += [httpx.PoolTimeout("x"), httpx.WriteError("x"), httpx.ProxyError("x"), httpx.UnsupportedProtocol("x")]
    for failure in failures:
        client = ProviderClient({"test": vendor("https://api.test")}, {"test": KEY}.get, Transport(Broken(failure)))
        with pytest.raises(ConnectionFailed) as caught:
            await listen(client.stream(offer(), CHAT))
        assert KEY not in caught.value.user_message
        await client.close()


@pytest.mark.slow
async def test_a_thousand_cancelled_answers_leave_nothing_behind() -> None:
    async with ScriptedProvider() as server:
        client = providers(server.url)
        tasks = len(asyncio.all_tasks())
        for turn in range(1_000):
            heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
            request = await server.request()
            if turn % 3:
                await request.start()
            if turn % 3 == 2:
                await request.text("half")
            heard.cancel()
            await request.closed()
            await asyncio.wait([heard])
        assert (server.connections, server.in_flight, len(asyncio.all_tasks())) == (0, 0, tasks)
        await client.close()


def _late(key: str) -> str:
    return "x" * 190 + key


def _percent(key: str) -> str:
    return percent(key, safe="")


SPELLINGS: dict[str, Callable[[str], str]] = {"as it is": str, "capitals": str.upper, "percent": _percent, "at the cut": _late}


@pytest.mark.parametrize("key", ["correcthorse", "Plain.word+with/marks", "sk-proj-AbCdEfGhIjKlMnOp"])
@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
async def test_a_key_that_a_vendor_says_again_is_masked_by_its_value(key: str, spell: Callable[[str], str]) -> None:
    """Whatever it looks like, and also where the sentence would be cut in its middle."""
    async with ScriptedProvider() as server:
        client = ProviderClient({"test": vendor(server.url)}, lambda _: key)
        heard = asyncio.create_task(listen(client.stream(offer(), CHAT)))
        request = await server.request()
        await request.start(400, {"content-type": "application/json"})
        await request.send(orjson.dumps({"error": {"message": f"we do not know {spell(key)} here"}}))
        await request.end()
        with pytest.raises(ProviderError) as caught:
            await heard
        said = caught.value.user_message
        assert not any(key[:length].lower() in said.lower() for length in range(5, len(key) + 1))
        await client.close()
