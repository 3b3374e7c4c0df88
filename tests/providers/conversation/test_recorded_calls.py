"""Recorded answers with tool calls: ours are those that the vendor's own SDK read."""

from pathlib import Path

import httpx
import orjson
import pytest

from coderoute_ls.errors import ProviderError
from tests.providers.conversation.reading import read, told
from tests.providers.replaying import DIALECTS, Recording, by_bytes

FOLDER = Path(__file__).parents[4] / "shared/data/recordings"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="../shared/data/recordings is not here")
RECORDED = [
    Recording.read(path) for path in (sorted(FOLDER.glob("*.json")) if FOLDER.exists() else ()) if path.name != "index.json"
]
CALLED = [each for each in RECORDED if each.expected.get("tool_calls") and each.status == 200]
STREAMS_ARGUMENTS = "google-stream-tool-call-arguments"
"""The SDK shows the parts of a call that streams as calls without a name."""

NO_CALLS = frozenset({"UNEXPECTED_TOOL_CALL"})
"""The vendor says that the model called what there is not."""


def _ours(call: dict[str, str]) -> bool:
    """Whether it is for us to run: Amazon runs its own tools."""
    return not (call["name"] or "").startswith("nova_")


def _plain(recording: Recording) -> bytes:
    return httpx.Response(200, headers=recording.headers, content=recording.body).content


def _value(arguments: str | None) -> object:
    try:
        return orjson.loads(arguments or "{}")
    except orjson.JSONDecodeError:
        return arguments


@pytest.mark.parametrize("recording", CALLED, ids=lambda each: each.id)
def test_the_calls_are_those_of_the_vendors_own_sdk(recording: Recording) -> None:
    name = DIALECTS.get(recording.dialect, recording.dialect)
    heard = told(read(name, by_bytes(97)(_plain(recording))))
    wanted = [(call["name"], _value(call["arguments"])) for call in recording.expected["tool_calls"] if _ours(call)]
    if not recording.expected.get("complete", True):
        assert heard.finish.reason == "incomplete"
    elif heard.finish.reason == "length":
        assert list(heard.names.values()) == [name for name, _ in wanted] and not heard.calls
    elif recording.expected["finish_reason"] in NO_CALLS:
        assert heard.finish.reason == "error"
    elif STREAMS_ARGUMENTS in recording.id:
        assert heard.calls == [("getWeather", {"location": "Boston"}), ("getWeather", {"location": "San Francisco"})]
    else:
        assert heard.calls == ([("math_exp", "4 + 4")] if "custom-tool-call" in recording.id else wanted)
        assert heard.finish.reason == "tool_calls" or not wanted


@pytest.mark.parametrize("recording", [each for each in RECORDED if each.status == 200], ids=lambda each: each.id)
def test_what_is_beside_text_changes_no_text(recording: Recording) -> None:
    name = DIALECTS.get(recording.dialect, recording.dialect)
    if recording.dialect in ("openai-completions", "mistral-fim", "llamacpp-completion"):
        return
    try:
        heard = told(read(name, [_plain(recording)]))
    except ProviderError:
        assert "error" in recording.id
        return
    assert heard.text == (recording.expected["text"] or "")
    assert heard.finish.reason != "stop" or recording.expected.get("complete", True)
