"""A prompt that does not fit is known by families of words, in whatever sentence they stand."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.errors import ContextTooLong
from coderoute_ls.providers.configured_vendors import VENDORS
from coderoute_ls.providers.error_responses.context_length_exceeded import says_too_long
from coderoute_ls.providers.error_responses.error_classification import failure_from_response
from tests.providers.error_responses.plain_words import OTHER_THINGS, TOO_LONG

SENT = ("the prompt", "your input", "this request", "the conversation", "input of 9000 tokens", "prompt (9,000 tokens)")
EXCEEDS = ("exceeds", "is larger than", "is longer than", "surpasses", "is over the", "does not fit,")
WINDOWS = (
    "the model's context window",
    "the maximum of 8192 tokens",
    "the token limit",
    "max model len 8192",
    "the 8192 token window",
)
TIMES = ("rate limit", "tokens per minute", "please wait and retry", "quota")


@pytest.mark.parametrize("words", TOO_LONG)
def test_a_sentence_that_nobody_listed_is_understood(words: str) -> None:
    assert says_too_long(words.lower())


@pytest.mark.parametrize("words", OTHER_THINGS)
def test_what_is_too_many_or_too_long_besides_the_prompt_is_something_else(words: str) -> None:
    error = failure_from_response(VENDORS["openai"], 400, {}, json.dumps({"error": {"message": words}}).encode())
    assert type(error) is not ContextTooLong


@given(
    st.sampled_from(SENT),
    st.sampled_from(EXCEEDS),
    st.sampled_from(WINDOWS),
    st.sampled_from(["", "Error: ", "[400] ", "Invalid. "]),
)
def test_any_word_of_each_family_says_it(sent: str, exceeds: str, window: str, before: str) -> None:
    assert says_too_long(f"{before}{sent} {exceeds} {window}.".lower())


@given(st.sampled_from(SENT), st.sampled_from(EXCEEDS), st.sampled_from(WINDOWS), st.sampled_from(TIMES))
def test_words_about_a_rate_never_say_it(sent: str, exceeds: str, window: str, rate: str) -> None:
    assert not says_too_long(f"{sent} {exceeds} {window}: {rate}".lower())


@given(st.sampled_from(["image", "tool", "file", "stop sequence", "function name"]), st.sampled_from(EXCEEDS))
def test_another_thing_that_exceeds_its_limit_is_not_the_prompt(thing: str, exceeds: str) -> None:
    assert not says_too_long(f"messages[0]: the {thing} {exceeds} the maximum of 5000 in this request")
