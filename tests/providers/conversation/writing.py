"""Writes a prompt in a dialect, as it would be sent."""

from dataclasses import replace
from typing import Any

from coderoute_ls.domain import Message, Offer, Prompt
from coderoute_ls.domain.conversation import Content, Loss, Tool, ToolCall, ToolResult
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.providers.dialect import DialectCall, DialectRequest, dialect

CHATTING = (
    "openai-chat", "openai-responses", "anthropic-messages", "gemini", "bedrock-converse", "bedrock-invoke", "cohere-v2",
    "ollama", "vertex-anthropic",
)  # fmt: skip
WEATHER = Tool("get_weather", "The weather in a city.", {"type": "object", "properties": {"city": {"type": "string"}}})
PNG = b"\x89PNG\r\n\x1a\n"


def wire(
    name: str, prompt: Prompt, *, vendor: str = "test", model: str = "m-1", effort: str | None = None, **able: bool
) -> DialectCall:
    """The request for this prompt."""
    known = VENDORS.get(vendor)
    row = replace(known, dialect=name) if known is not None else Vendor(vendor, "Test vendor", name, "http://127.0.0.1")
    offer = Offer(f"{vendor}/{model}", model, vendor, model, name, effort=effort, capabilities=able)
    return dialect(name).encode(DialectRequest(row, offer, prompt, True, effort))


def sent(name: str, prompt: Prompt, **more: Any) -> Any:
    """The body of that request."""
    return wire(name, prompt, **more).body


def codes(losses: tuple[Loss, ...]) -> list[tuple[str, str]]:
    """Severity and code of each loss."""
    return [(loss.severity, loss.code) for loss in losses]


def used(*calls: ToolCall, results: tuple[ToolResult, ...] | None = None, then: tuple[Content, ...] = ()) -> Prompt:
    """A conversation in which tools were called and have answered."""
    answers = results if results is not None else tuple(ToolResult(call.id, ()) for call in calls)
    said = (Message("user", "Hi"), Message("assistant", parts=calls), Message("user", parts=(*answers, *then)))
    return Prompt(messages=said, tools=(WEATHER,))
