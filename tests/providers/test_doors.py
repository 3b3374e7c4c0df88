"""Vendors that are reached in ways of their own: Bedrock and Vertex, with keys or with signatures of this machine."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.errors import AuthenticationFailed
from coderoute_ls.providers.configured_vendors import configured
from coderoute_ls.providers.connections.transport import Transport
from coderoute_ls.providers.credentials import credentials
from coderoute_ls.providers.dialect import DialectRequest, dialect
from coderoute_ls.providers.provider_client import ProviderClient
from coderoute_ls.providers.request_signing import Signer, aws_region
from tests.providers.asking import CHAT, listen, offer
from tests.providers.test_base_urls import Said
from tests.support.provider import Json, ScriptedProvider

CLOUDS = {
    "AWS_REGION": "eu-west-1",
    "GOOGLE_CLOUD_PROJECT": "mine",
    "GOOGLE_CLOUD_LOCATION": "europe-west4",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
    "GOOGLE_APPLICATION_CREDENTIALS": "/somewhere.json",
}
MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
CONVERSED: Json = {"output": {"message": {"content": [{"text": "hi"}]}}, "stopReason": "end_turn", "usage": {"inputTokens": 3}}
MESSAGE: Json = {"content": [{"type": "text", "text": "hi"}], "stop_reason": "end_turn", "usage": {"input_tokens": 3}}


def test_credentials_that_are_there_for_something_else_are_no_consent() -> None:
    unnamed = configured({}, CLOUDS)
    assert [credentials(unnamed, CLOUDS)[name] for name in ("bedrock", "vertex")] == [False, False]
    assert unnamed["vertex"].base_url == ""
    assert unnamed["bedrock"].signs == ""


def test_the_settings_name_them_and_a_bedrock_key_needs_no_name() -> None:
    pytest.importorskip("botocore")
    pytest.importorskip("google.auth")
    named = configured({"bedrock": Said(), "vertex": Said()}, CLOUDS)
    assert [credentials(named, CLOUDS)[name] for name in ("bedrock", "vertex")] == [True, True]
    with_key = {**CLOUDS, "AWS_BEARER_TOKEN_BEDROCK": "ABSKabcdefgh"}
    assert credentials(configured({}, with_key), with_key)["bedrock"]


@pytest.mark.parametrize(
    ("environ", "base"),
    [
        ({"AWS_REGION": "eu-west-1"}, "https://bedrock-runtime.eu-west-1.amazonaws.com"),
        ({"AWS_DEFAULT_REGION": "us-east-1"}, "https://bedrock-runtime.us-east-1.amazonaws.com"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"}, "https://bedrock-runtime.eu-west-1.amazonaws.com"),
        ({}, ""),
    ],
)
def test_bedrocks_address_has_the_region_that_aws_has(environ: Mapping[str, str], base: str) -> None:
    assert configured({}, environ)["bedrock"].base_url == base


@pytest.mark.parametrize(
    ("vendor", "base_url", "signs"),
    [
        ("bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com", "aws"),
        ("bedrock", "https://bedrock-runtime-fips.us-east-1.amazonaws.com", "aws"),
        ("bedrock", "https://vpce-0a.bedrock-runtime.us-east-1.vpce.amazonaws.com", "aws"),
        ("bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com.evil.example", ""),
        ("bedrock", "https://s3.amazonaws.com", ""),
        ("bedrock", "http://127.0.0.1:4000", ""),
        ("vertex", "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/google", "google"),
        ("vertex", "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/google", "google"),
        ("vertex", "https://aiplatform.googleapis.com.evil.example/v1", ""),
        ("vertex", "https://evilaiplatform.googleapis.com/v1", ""),
        ("vertex", "https://storage.googleapis.com/v1", ""),
    ],
)
def test_this_machines_credentials_sign_for_the_clouds_own_hosts_only(vendor: str, base_url: str, signs: str) -> None:
    moved = configured({vendor: Said(base_url=base_url)}, CLOUDS)[vendor]
    assert (moved.signs, bool(moved.key_env)) == (signs, bool(signs) and vendor == "bedrock")
    own = configured({"mine": Said("bedrock-converse" if vendor == "bedrock" else "gemini", base_url)}, CLOUDS)["mine"]
    assert (own.signs, own.key_env) == (signs, ())


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("us-central1", "us-central1-aiplatform.googleapis.com"),
        ("global", "aiplatform.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
    ],
)
def test_vertex_has_one_address_for_each_maker(location: str, host: str) -> None:
    row = configured({"vertex": Said()}, {"GOOGLE_CLOUD_PROJECT": "mine", "GOOGLE_CLOUD_LOCATION": location})["vertex"]
    base = f"https://{host}/v1/projects/mine/locations/{location}"
    assert row.request_url("gemini", "/models/m:generateContent") == f"{base}/publishers/google/models/m:generateContent"
    assert row.url("vertex-anthropic") == f"{base}/publishers/anthropic"
    assert row.url("openai-chat") == f"{base}/endpoints/openapi"


async def test_bedrock_is_asked_with_its_key() -> None:
    async with ScriptedProvider() as server:
        row = replace(VENDORS["bedrock"], base_url=server.url, endpoints={}, signs="")
        client = ProviderClient({"test": row}, {"bedrock": "ABSKabcdefgh"}.get)
        asked = replace(offer("bedrock-converse"), wire_id=MODEL)
        heard = asyncio.create_task(listen(client.stream(asked, CHAT)))
        request = await server.request()
        assert request.path == "/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse-stream"
        assert request.headers["authorization"] == "Bearer ABSKabcdefgh"
        assert request.json == {
            "system": [{"text": "Be brief."}],
            "messages": [{"role": "user", "content": [{"text": "Say hello."}]}],
            "inferenceConfig": {"maxTokens": 100},
        }
        await request.respond(200, CONVERSED)
        assert (await heard).text == "hi"
        await client.close()


async def test_bedrock_is_signed_for_and_the_signature_is_amazons() -> None:
    pytest.importorskip("botocore")
    environ = {"AWS_REGION": "eu-west-1"}
    async with ScriptedProvider() as server:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
                patch.delenv(name, raising=False)
            patch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            patch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
            row = replace(VENDORS["bedrock"], base_url=server.url, endpoints={})
            client = ProviderClient({"test": row}, lambda _: None, Transport(environ={}), signer=Signer(environ))
            heard = asyncio.create_task(listen(client.stream(replace(offer("bedrock-converse"), wire_id=MODEL), CHAT)))
            request = await server.request()
        signature = _signature(request.path, request.headers, request.body, "wJalrXUtnFEMI", "eu-west-1")
        assert request.headers["authorization"].endswith(f"Signature={signature}")
        assert "Credential=AKIDEXAMPLE/" in request.headers["authorization"]
        assert "/eu-west-1/bedrock/aws4_request" in request.headers["authorization"]
        await request.respond(200, CONVERSED)
        assert (await heard).text == "hi"
        await client.close()


def _signature(path: str, headers: Mapping[str, str], body: bytes, secret: str, region: str) -> str:
    """Signature version 4 as Amazon's documentation describes it, computed here from what the server received."""
    signed = headers["authorization"].split("SignedHeaders=")[1].split(",")[0]
    canonical = "\n".join(
        [
            "POST",
            path.replace("%", "%25"),
            "",
            *(f"{name}:{headers[name]}" for name in signed.split(";")),
            "",
            signed,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    stamp = headers["x-amz-date"]
    scope = f"{stamp[:8]}/{region}/bedrock/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://bedrock-runtime.us-gov-west-1.amazonaws.com/model/x", "us-gov-west-1"),
        ("https://bedrock-runtime-fips.us-east-1.amazonaws.com", "us-east-1"),
        ("https://bedrock-runtime.ap-southeast-2.api.aws", "ap-southeast-2"),
        ("https://proxy.example/bedrock", ""),
    ],
)
def test_a_request_is_signed_for_the_region_it_goes_to(url: str, region: str) -> None:
    assert aws_region(url) == region


@pytest.mark.parametrize("dialect_name", ["gemini", "vertex-anthropic"])
async def test_vertex_is_asked_with_a_token_of_a_service_account(
    dialect_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("google.auth")
    async with ScriptedProvider() as server:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(_service_account(tmp_path, server.url)))
        row = replace(VENDORS["vertex"], base_url=f"{server.url}/publishers/google", endpoints={})
        client = ProviderClient({"test": row}, lambda _: None, Transport(environ={}), signer=Signer({}))
        for again in (False, True):
            heard = asyncio.create_task(listen(client.stream(offer(dialect_name, capabilities={"streaming": False}), CHAT)))
            if not again:
                asked_for = await server.request()
                assert asked_for.path == "/token"
                await asked_for.respond(200, {"access_token": "ya29.token", "expires_in": 3600})
            request = await server.request()
            assert request.headers["authorization"] == "Bearer ya29.token"
            if dialect_name == "gemini":
                assert request.path == "/publishers/google/models/small-1:generateContent"
                parts = [{"content": {"parts": [{"text": "hi"}]}, "finishReason": "STOP"}]
                await request.respond(200, {"candidates": parts})
            else:
                assert request.path == "/publishers/google/models/small-1:rawPredict"
                assert request.json["anthropic_version"] == "vertex-2023-10-16"
                assert "model" not in request.json
                await request.respond(200, MESSAGE)
            assert (await heard).text == "hi"
        await client.close()


def _service_account(folder: Path, url: str) -> Path:
    rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    file = folder / "account.json"
    file.write_text(
        json.dumps(
            {
                "type": "service_account",
                "client_email": "x@mine.example",
                "private_key": pem,
                "private_key_id": "1",
                "token_uri": f"{url}/token",
                "project_id": "mine",
            }
        )
    )
    return file


async def test_credentials_that_are_missing_or_refused_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("botocore")
    pytest.importorskip("google.auth")
    file = tmp_path / "hunter2.json"
    file.write_text('{"type": "service_account", "private_key": "hunter2"}')
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    monkeypatch.setenv("AWS_PROFILE", "hunter2")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    for name, dialect_name, login in (
        ("vertex", "gemini", "gcloud auth application-default login"),
        ("bedrock", "bedrock-converse", "aws configure"),
    ):
        row = replace(VENDORS[name], base_url="http://127.0.0.1:1", endpoints={})
        client = ProviderClient({"test": row}, lambda _: None, signer=Signer({"AWS_PROFILE": "hunter2"}))
        with pytest.raises(AuthenticationFailed, match=login) as caught:
            await listen(client.stream(offer(dialect_name), CHAT))
        assert "hunter2" not in caught.value.user_message
        await client.close()


def test_an_effort_is_asked_of_claude_on_bedrock_and_of_nobody_whose_way_is_not_known() -> None:
    def asked(model: str, effort: str | None) -> object:
        one = replace(offer("bedrock-converse"), wire_id=model)
        prompt = replace(CHAT, max_tokens=8_000, temperature=0.2)
        return dialect("bedrock-converse").encode(DialectRequest(VENDORS["bedrock"], one, prompt, effort=effort)).body

    plain = {"maxTokens": 8_000, "temperature": 0.2}
    claude = asked(MODEL, "low")
    assert isinstance(claude, dict)
    assert claude["additionalModelRequestFields"] == {"thinking": {"type": "enabled", "budget_tokens": 1_024}}
    assert claude["inferenceConfig"] == {"maxTokens": 8_000}
    for model, effort in ((MODEL, None), (MODEL, "none"), ("amazon.nova-lite-v1:0", "high")):
        body = asked(model, effort)
        assert isinstance(body, dict)
        assert "additionalModelRequestFields" not in body
        assert body["inferenceConfig"] == plain


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("claude-sonnet-4-5@20250929", {"type": "enabled", "budget_tokens": 1_024}),
        ("claude-sonnet-4-5", {"type": "enabled", "budget_tokens": 1_024}),
        ("claude-opus-4-8", {"type": "adaptive"}),
    ],
)
def test_claude_on_vertex_thinks_as_its_generation_does(model: str, thinking: object) -> None:
    one = replace(offer("vertex-anthropic"), wire_id=model)
    prompt = replace(CHAT, max_tokens=8_000)
    encode = dialect("vertex-anthropic").encode
    assert encode(DialectRequest(VENDORS["vertex"], one, prompt, effort="low")).body["thinking"] == thinking
    assert "thinking" not in encode(DialectRequest(VENDORS["vertex"], one, prompt, effort="none")).body


@pytest.mark.parametrize(
    ("model", "field", "absent"),
    [
        ("anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic_version", "model"),
        ("amazon.nova-lite-v1:0", "schemaVersion", "model"),
        ("arn:aws:bedrock:us-east-1:1:imported-model/abc", "messages", "stream"),
    ],
)
def test_each_maker_is_invoked_in_its_own_shape(model: str, field: str, absent: str) -> None:
    call = dialect("bedrock-invoke").encode(
        DialectRequest(VENDORS["bedrock"], replace(offer("bedrock-invoke"), wire_id=model), CHAT)
    )
    assert call.path.endswith("/invoke-with-response-stream")
    assert "/" not in call.path.removeprefix("/model/").removesuffix("/invoke-with-response-stream")
    assert field in call.body
    assert absent not in call.body
