"""Thousands of requests with something wrong in them: each is understood, or refused in words; nothing fails on the way to a
vendor either."""

from dataclasses import replace

import orjson
import pytest

from coderoute_ls.domain import Prompt
from coderoute_ls.errors import RequestRejected
from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.faces import all_faces
from tests.gateway.mutations import RICH, mutated
from tests.gateway.support import gateway_of
from tests.providers.conversation.writing import CHATTING, wire

MUTATIONS = 2_000


@pytest.mark.parametrize("format_", RICH)
def test_a_request_that_was_changed_anywhere_is_understood_or_refused(format_: str) -> None:
    gateway, _ = gateway_of({})
    (face,) = (face for face in all_faces() if face.format == format_)
    refused = 0
    for seed in range(MUTATIONS):
        body = orjson.dumps(mutated(format_, seed))
        try:
            try:
                call = gateway.call(face.decode(body, {}), {})
            except CallerError as error:
                refused += 1
                assert 400 <= error.status < 500 and 0 < len(error.message) < 1_000
                orjson.dumps(face.error(error))
                continue
            gateway.secrets(call)
            if seed % 4 == 0:
                gateway.engine.router.decide(call)
            if call.prompt.fim is None:
                _written(CHATTING[seed % len(CHATTING)], replace(call.prompt, loss="reject" if seed % 5 == 0 else "warn"))
        except Exception as error:
            raise AssertionError(f"seed {seed}: {body.decode()}") from error
    assert MUTATIONS / 10 < refused < MUTATIONS * 9 / 10


def _written(name: str, prompt: Prompt) -> None:
    """The dialect can write it, or says why not."""
    try:
        orjson.dumps(wire(name, prompt).body)
    except RequestRejected as error:
        assert error.user_message


@pytest.mark.parametrize("format_", RICH)
def test_what_was_not_changed_is_understood(format_: str) -> None:
    (face,) = (face for face in all_faces() if face.format == format_)
    gateway_of({})[0].call(face.decode(orjson.dumps(RICH[format_]), {}), {})
