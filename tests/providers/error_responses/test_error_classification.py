"""A refusal is what its words say, and it concerns the smallest thing that they allow."""

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.errors import (
    AuthenticationFailed,
    ContentRefused,
    ContextTooLong,
    ModelNotAllowed,
    ModelNotFound,
    OutOfCredit,
    PriceAboveLimit,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RequestRejected,
    Scope,
)
from coderoute_ls.providers.configured_vendors import VENDORS
from coderoute_ls.providers.error_responses.error_classification import failure_from_response, failure_in_stream
from tests.providers.error_responses.context_words import SOUNDS_SO, TOO_LONG, TYPES

VENDOR = VENDORS["openai"]


def refusal(status: int, message: str, **more: object) -> ProviderError:
    body = json.dumps({"error": {"message": message, **more}}).encode()
    return failure_from_response(VENDOR, status, {}, body, model="m-1")


def shapes(message: str) -> list[object]:
    """The same complaint as vendors wrap it."""
    return [
        {"error": {"message": message}},
        {"error": message},
        {"message": message},
        {"object": "error", "message": message, "type": "BadRequestError"},
        {"detail": [{"type": "value_error", "loc": ["body", "messages"], "msg": message}]},
        [{"error": {"message": message, "status": "INVALID_ARGUMENT"}}],
        {"error": {"message": json.dumps({"error": {"message": message}})}},
        {"error": {"message": "Provider returned error", "metadata": {"raw": json.dumps({"message": message})}}},
        message,
    ]


@pytest.mark.parametrize(("vendor", "status", "message"), TOO_LONG)
def test_every_vendors_words_for_a_prompt_that_is_too_long_are_known(vendor: str, status: int, message: str) -> None:
    for shape in shapes(message):
        error = failure_from_response(VENDOR, status, {}, json.dumps(shape).encode())
        assert type(error) is ContextTooLong, (vendor, shape)
        assert error.scope == "request"


@pytest.mark.parametrize("code", TYPES)
def test_a_code_says_it_where_the_message_says_nothing(code: str) -> None:
    assert type(refusal(400, "Bad request.", type=code)) is ContextTooLong
    assert type(refusal(400, "Bad request.", code=code)) is ContextTooLong


@pytest.mark.parametrize(("status", "message", "kind"), SOUNDS_SO)
def test_what_only_sounds_like_a_prompt_too_long_is_something_else(status: int, message: str, kind: str) -> None:
    assert type(refusal(status, message)).__name__ == kind


FORBIDDEN: tuple[tuple[str, type[ProviderError], Scope], ...] = (
    ("Incorrect API key provided: sk-…", AuthenticationFailed, "vendor"),
    ("The security token included in the request is invalid.", AuthenticationFailed, "vendor"),
    ("Your API key does not have permission to use the specified resource.", AuthenticationFailed, "vendor"),
    ("You have insufficient permissions for this operation. Missing scopes: model.request", AuthenticationFailed, "vendor"),
    ("Authentication failed", AuthenticationFailed, "vendor"),
    ("Invalid credentials", AuthenticationFailed, "vendor"),
    ("The model m1 is blocked at the organization level.", ModelNotAllowed, "model"),
    ("This model is not available to your project.", ModelNotAllowed, "model"),
    ("You don't have access to the model with the specified model ID.", ModelNotAllowed, "model"),
    ("Access to model meta-llama/x is gated. You must accept the terms.", ModelNotAllowed, "model"),
    ("User: arn:aws:x is not authorized to perform: bedrock:InvokeModel on resource: y", ModelNotAllowed, "model"),
    ("Project does not have access to model `gpt-5`", ModelNotAllowed, "model"),
    ("Model `x` requires a paid subscription", ModelNotAllowed, "model"),
    ("The model `x` does not exist.", ModelNotFound, "model"),
    ("Request blocked: prompt injection patterns detected", ContentRefused, "request"),
    ("Blocked by guardrail grd_abc123", ContentRefused, "request"),
    ("Your input was flagged by moderation", ContentRefused, "request"),
    ("The request violates our usage policy", ContentRefused, "request"),
    ("Country, region, or territory not supported", ProviderUnavailable, "offer"),
    ("This service is not available in your region", ProviderUnavailable, "offer"),
    ("The caller does not have permission", ProviderUnavailable, "offer"),
    ("Access denied", ProviderUnavailable, "offer"),
    ("Forbidden", ProviderUnavailable, "offer"),
    ("", ProviderUnavailable, "offer"),
    ("Your team doesn't have any credits or licenses yet", OutOfCredit, "account"),
    ("Key limit exceeded (total limit)", OutOfCredit, "account"),
    ("Budget limit exceeded", OutOfCredit, "account"),
    ("Rate limit exceeded", RateLimited, "offer"),
    ("Your chosen model requires moderation and your input was flagged", ContentRefused, "request"),
    (
        'google/m requires moderation on Azure. Your input was flagged for "hate". No credits were charged.',
        ContentRefused,
        "request",
    ),
    ("The request failed. No credits were charged.", ProviderUnavailable, "offer"),
    ("OpenAI is requiring a key to access this model, which you can add in your settings", ModelNotAllowed, "model"),
    ("Your account is suspended, please check your plan and billing details", OutOfCredit, "account"),
    ("exceeded_current_quota_error", OutOfCredit, "account"),
    ("Sorry, your account balance is insufficient", OutOfCredit, "account"),
    ("AI Gateway requires a valid credit card on file to service requests.", OutOfCredit, "account"),
    ("This organization has been disabled.", AuthenticationFailed, "vendor"),
)


@pytest.mark.parametrize(("message", "kind", "scope"), FORBIDDEN, ids=[row[0][:40] or "nothing" for row in FORBIDDEN])
def test_only_words_about_the_key_make_a_403_concern_the_vendor(message: str, kind: type[ProviderError], scope: Scope) -> None:
    error = refusal(403, message)
    assert (type(error), error.scope) == (kind, scope)
    assert error.user_message.endswith(".") and "\n" not in error.user_message


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Incorrect API key provided: xa***fg.", AuthenticationFailed),
        ("This organization has been disabled.", AuthenticationFailed),
        ("Content Exists Risk", ContentRefused),
        ("The request was rejected because it was considered high risk", ContentRefused),
        ("You have reached your specified API usage limits. You will regain access on 2026-12-01.", OutOfCredit),
        ("API key not valid. Please pass a valid API key.", AuthenticationFailed),
        ("Invalid key 'top_k' in request", RequestRejected),
        ("Unexpected token < in JSON: invalid token at position 0", RequestRejected),
        ("the key must be a string", RequestRejected),
        ("Invalid token: 99999 is not in the vocabulary", RequestRejected),
        ("permission to use temperature is missing", RequestRejected),
    ],
)
def test_a_400_concerns_more_only_where_it_cannot_mean_the_request(message: str, kind: type[ProviderError]) -> None:
    assert type(refusal(400, message)) is kind


@pytest.mark.parametrize(
    ("body", "kind", "scope"),
    [
        (b'{"error":{"type":"forbidden","message":"Request not allowed"}}', ProviderUnavailable, "offer"),
        (b'{"type":"error","error":{"type":"permission_error","message":"this model requires a subscription"}}',
         ModelNotAllowed, "model"),
        (b"{'message': 'User x is not authorized to access model y or model does not exist'}", ModelNotFound, "model"),
        (b"error code: 1010", ProviderUnavailable, "offer"),
        (b'{"message":"Forbidden"}', ProviderUnavailable, "offer"),
        (b'{"error":{"code":403,"message":"Budget limit exceeded","metadata":{"limit_source":"openrouter_workspace_budget"}}}',
         OutOfCredit, "account"),
        (b'{"error":{"code":403,"status":"PERMISSION_DENIED","message":"The API has not been used in project 1"}}',
         ProviderUnavailable, "offer"),
    ],
)  # fmt: skip
def test_403s_that_people_have_met(body: bytes, kind: type[ProviderError], scope: Scope) -> None:
    error = failure_from_response(VENDOR, 403, {}, body)
    assert (type(error), error.scope) == (kind, scope)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("0 endpoints out of 1 requested are available matching your guardrail restrictions and data policy.", ModelNotAllowed),
        ("None of the providers match your privacy preference", ModelNotAllowed),
        ("All providers have been ignored. To change your default ignored providers, visit your settings", ModelNotAllowed),
        ("All endpoints found have been filtered by your privacy settings", ModelNotAllowed),
        (
            "No endpoints found for a/b-4.1. Every candidate endpoint was removed during routing: Filter by Guardrails",
            ModelNotAllowed,
        ),
        ("No endpoints found for a/b. Every candidate endpoint was removed: Filter by Max Price removed c", PriceAboveLimit),
        ("No endpoints found for a/b.", ModelNotFound),
        ("10 endpoints were tried; the model a/b was not found", ModelNotFound),
    ],
)
def test_a_broker_that_knows_the_model_and_may_ask_no_host_of_it_has_not_lost_the_model(
    message: str, kind: type[ProviderError]
) -> None:
    assert type(refusal(404, message)) is kind


@pytest.mark.parametrize("status", [400, 402, 403, 407, 429, 451])
@pytest.mark.parametrize("title", ["Blocked by policy", "Access key required", "Out of credit", "Log in to the network"])
def test_a_web_page_speaks_for_no_vendor(status: int, title: str) -> None:
    page = f"<!doctype html><html><title>{title}</title></html>".encode()
    error = failure_from_response(VENDOR, status, {"content-type": "application/json"}, page)
    assert (type(error), error.scope) == (ProviderUnavailable, "offer")
    assert "proxy" in error.user_message


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("This request requires more credits, or fewer max_tokens. You asked for 4096, the rest pays 900.", RequestRejected),
        ("You requested up to 65536 tokens, but can only afford 2345.", RequestRejected),
        ("This request requires more credits, or fewer max_tokens. You asked for 4096, but can only afford 0.", OutOfCredit),
        ("You requested up to 800 tokens, but can only afford -12.", OutOfCredit),
        ("weight_exceeds_budget", RequestRejected),
        ("Insufficient credits", OutOfCredit),
        ("Insufficient Balance", OutOfCredit),
        ("", OutOfCredit),
    ],
)
def test_a_402_about_the_size_of_a_request_concerns_that_request(message: str, kind: type[ProviderError]) -> None:
    assert type(refusal(402, message)) is kind


def test_a_402_that_says_when_to_come_back_is_a_limit() -> None:
    error = failure_from_response(VENDOR, 402, {"retry-after": "12"}, b'{"error":{"message":"in-flight budget exhausted"}}')
    assert (type(error), error.retry_after) == (RateLimited, 12.0)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("context_length_exceeded", ContextTooLong),
        ("max_tokens_exceeded", RequestRejected),
        ("token_limit_exceeded", RequestRejected),
        ("string_too_long", ContextTooLong),
        ("authentication", AuthenticationFailed),
        ("payment_required", OutOfCredit),
        ("rate_limit_exceeded", RateLimited),
        ("provider_overloaded", ProviderUnavailable),
        ("provider_unavailable", ProviderUnavailable),
        ("invalid_request", RequestRejected),
        ("invalid_prompt", RequestRejected),
        ("not_found", ModelNotFound),
        ("payload_too_large", ContextTooLong),
        ("content_policy_violation", ContentRefused),
        ("refusal", ContentRefused),
        ("server", ProviderUnavailable),
        ("timeout", ProviderUnavailable),
        ("unmapped", ProviderUnavailable),
        ("availability.no_provider", ProviderUnavailable),
        ("availability.model_warming_up", ProviderUnavailable),
    ],
)
def test_openrouters_own_type_is_read_in_each_of_its_faces(kind: str, expected: type[ProviderError]) -> None:
    for payload in (
        {"error": {"code": 500, "message": "Provider returned error", "metadata": {"error_type": kind}}},
        {"error": {"type": "api_error", "message": "Provider returned error", "error_type": kind}},
        {"status": "failed", "error": {"code": "server_error", "message": "Provider returned error"}, "error_type": kind},
    ):
        assert type(failure_in_stream(VENDORS["openrouter"], payload)) is expected


@pytest.mark.parametrize(
    "message",
    [
        "No endpoints found that satisfy the max price for this request",  # OpenRouter's own words, in the summer of 2026
        "No endpoints available within your max_price",
        "No allowed providers are available under the requested maximum price of $2.70",
        "No provider offers this model at or below that price.",
        "No allowed providers are available.",  # all that some of its faces say of it
    ],
)
@pytest.mark.parametrize("status", [400, 404])
def test_a_refusal_for_the_price_takes_no_model_for_gone(message: str, status: int) -> None:
    error = refusal(status, message)
    assert (type(error), error.scope) == (PriceAboveLimit, "model")
    assert "models refresh" in error.user_message


@pytest.mark.parametrize(
    "message", ["No endpoints found for maker/price-model.", "Model not found: max-priced", "maker/m is not a valid model ID"]
)
def test_a_model_that_is_gone_is_not_taken_for_a_dear_one(message: str) -> None:
    assert type(refusal(404, message)) is ModelNotFound


@pytest.mark.parametrize(
    "message",
    [
        "No endpoints found matching your data policy",
        "No endpoints found that support tool use",
        "No endpoints found that can handle the requested parameters.",
        "No allowed providers are available for the selected model. Providers serving m: a, but your account permits only: b.",
    ],
)
def test_an_endpoint_that_fits_no_wish_concerns_one_offer(message: str) -> None:
    error = refusal(404, message)
    assert (type(error), error.scope) == (ModelNotAllowed, "offer")


WIDTH: dict[Scope, int] = {"request": 0, "offer": 1, "model": 2, "account": 3, "vendor": 4}
_KEY_WORDS = (
    "key",
    "token",
    "authenti",
    "authoriz",
    "credential",
    "unauthor",
    "signature",
    "scope",
    "permissions for",
    "has been disabled",
)
_MONEY_WORDS = ("credit", "key limit", "budget", "suspended", "quota", "balance", "billing", "paid", "spend")


@given(
    status=st.sampled_from([400, 402, 403, 404, 408, 409, 413, 422, 429, 451, 500, 502, 503, 529]),
    message=st.sampled_from([row[0] for row in FORBIDDEN] + [row[2] for row in TOO_LONG] + [row[1] for row in SOUNDS_SO])
    | st.text(max_size=60),
    data=st.data(),
)
def test_no_refusal_concerns_more_than_its_words_allow(status: int, message: str, data: st.DataObject) -> None:
    body = json.dumps(data.draw(st.sampled_from(shapes(message)))).encode()
    error = failure_from_response(VENDOR, status, {}, body)
    assert error.scope in get_args(Scope)
    if error.scope == "vendor":
        assert any(word in message.lower() for word in _KEY_WORDS)
    if error.scope == "account":
        assert status in (400, 402, 403, 412, 429)
        assert status == 402 or any(word in message.lower() for word in _MONEY_WORDS)


def test_an_account_that_was_suspended_for_its_bills_is_out_of_credit() -> None:
    error = refusal(412, "Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay.")
    assert (type(error), error.scope) == (OutOfCredit, "account")


def test_a_402_about_the_tokens_of_one_request_concerns_that_request() -> None:
    assert refusal(402, "Prompt tokens limit exceeded: 12000 > 9000. To increase, upgrade to a paid account").scope == "request"


@given(st.binary(max_size=300), st.integers(400, 599))
def test_any_bytes_make_one_sentence(body: bytes, status: int) -> None:
    error = failure_from_response(VENDOR, status, {}, body)
    assert error.user_message.endswith((".", "?")) and "\n" not in error.user_message
