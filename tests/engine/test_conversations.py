"""Prompts with more than text: who is able to answer them, what pictures cost, and schemas where no model has a mode for them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from coderoute_ls.domain import Delta, Finish, Floor, Message, Offer, ProviderState, Request, State, Usage
from coderoute_ls.domain.conversation import (
    Content,
    DocumentPart,
    ImagePart,
    Note,
    OutputFormat,
    TextPart,
    Tool,
    ToolCallEnd,
    ToolCallPiece,
    ToolCallStart,
    ToolChoice,
    ToolResult,
)
from coderoute_ls.engine import Done, EngineCall
from coderoute_ls.engine.conversation.prompt_needs import sizes
from coderoute_ls.errors import NoOffer
from coderoute_ls.selection import Catalog, explain
from coderoute_ls.selection.pricing.media_tokens import page_tokens, picture_tokens
from coderoute_ls.selection.record import record, replay
from tests.engine.support import CHEAP, DEAR, Step, answer, call, heard, world

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000fa000000bb80802000000")
"""The head of a picture of 4,000 × 3,000 pixels."""
SCHEMA = OutputFormat("schema", {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]})


def able(offer: Offer, **capabilities: bool) -> Offer:
    return replace(offer, capabilities={**offer.capabilities, **capabilities})


def asking(**fields: Any) -> EngineCall:
    """A call whose prompt has these fields."""
    asked = call("explain", embedded={"enable": False})
    return replace(asked, prompt=replace(asked.prompt, **fields))


def showing(*parts: Content) -> EngineCall:
    return asking(messages=(Message("user", parts=parts),))


NEEDS: dict[str, EngineCall] = {
    "tools": asking(tools=(Tool("f"),)),
    "images": showing(ImagePart(PNG, "image/png")),
    "documents": showing(DocumentPart(b"%PDF", "application/pdf")),
    "structured_output": asking(output=SCHEMA, loss="reject"),
    "reasoning": asking(effort="high", loss="reject"),
}


@pytest.mark.parametrize("ability", NEEDS)
def test_only_who_is_known_to_be_able_is_asked(ability: str) -> None:
    asked = NEEDS[ability]
    engine = world({}, [CHEAP, able(DEAR, **{ability: True})]).engine
    routed = engine.choose(asked)
    assert routed.decision.chosen is not None and routed.decision.chosen.offer.provider == "dear"
    with pytest.raises(NoOffer, match="unable to"):
        world({}, [CHEAP]).engine.choose(asked)


@pytest.mark.parametrize("ability", ["tools", "images", "documents", "reasoning"])
def test_an_offer_that_the_user_names_is_taken_at_a_word_unless_it_is_known_to_be_unable(ability: str) -> None:
    named = replace(NEEDS[ability], pinned=CHEAP.id)
    assert world({}, [CHEAP]).engine.choose(named).decision.chosen is not None
    with pytest.raises(NoOffer):
        world({}, [able(CHEAP, **{ability: False})]).engine.choose(named)


def test_what_is_not_used_is_not_needed() -> None:
    engine = world({}, [CHEAP]).engine
    for asked in (
        asking(tools=(Tool("f"),), tool_choice=ToolChoice("none")),
        showing(DocumentPart(b"words", "text/plain")),
        asking(effort="none"),
        asking(output=OutputFormat("json")),
    ):
        assert engine.choose(asked).decision.chosen is not None


def test_a_picture_in_a_tools_result_is_one_too() -> None:
    with pytest.raises(NoOffer):
        world({}, [CHEAP]).engine.choose(showing(ToolResult("a", (ImagePart(PNG, "image/png"),))))


MODELS = [
    "anthropic/claude-opus-5.5", "anthropic/claude-haiku-4-5", "openai/gpt-6-astra", "openai/gpt-4.1-mini", "openai/gpt-5",
    "google/gemini-3.1-pro-preview", "google/gemini-2.5-flash", "qwen/qwen3.8-vl", "mistralai/mistral-medium-3.5",
    "x-ai/grok-4.3", "moonshotai/kimi-k3", "z-ai/glm-5.3", "somebody/new-model",
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_a_picture_of_twelve_megapixels_costs_what_its_vendor_says(model: str) -> None:
    assert 600 <= picture_tokens(model, 4_000, 3_000) <= 14_000
    assert picture_tokens(model, 64, 64) <= picture_tokens(model, 4_000, 3_000)
    assert picture_tokens(model, 0, 0) > 0
    assert page_tokens(model) > 200


def test_pictures_and_pages_are_in_the_estimate() -> None:
    seeing = replace(able(CHEAP, images=True, documents=True), model="anthropic/claude-haiku-4-5")
    engine = world({}, [seeing]).engine
    plain = engine.choose(call("explain")).decision.chosen
    seen = engine.choose(showing(TextPart("What does this do?"), ImagePart(PNG, "image/png"))).decision.chosen
    read = engine.choose(showing(TextPart("?"), DocumentPart(b"/Type /Page " * 3, "application/pdf"))).decision.chosen
    assert plain is not None and seen is not None and read is not None
    assert abs(seen.cost.tokens_in - plain.cost.tokens_in - 1_600) < 20
    assert read.cost.tokens_in > 3 * page_tokens("anthropic/claude-haiku-4-5")
    assert seen.cost.max_usd > plain.cost.max_usd


def test_sizes_are_read_from_the_first_bytes_and_guessed_where_they_cannot_be() -> None:
    odd = [ImagePart(b"nothing", "image/png"), ImagePart(url="https://x.test/a.png"), ImagePart(PNG, "image/png", detail="low")]
    images, pages = sizes(showing(ImagePart(PNG, "image/png"), *odd).prompt)
    assert images[0] == (4_000, 3_000)
    assert all(width > 0 and height > 0 for width, height in images)
    assert pages == 0


def test_a_decision_about_pictures_is_the_same_when_it_is_made_again() -> None:
    seeing = [able(CHEAP, images=True), able(DEAR, images=True)]
    wanted = Request("explain", "coding", Floor(0.5), 100, images=((4_000, 3_000),), pages=2, required=frozenset({"images"}))
    state = State(1_795_000_000.0, {one.provider: ProviderState(reachable=True) for one in seeing})
    decision = explain(wanted, Catalog("2026-11-21", "sha256:test", tuple(seeing)), state)
    again = replay(record(decision, state))
    assert decision.chosen is not None and again.chosen is not None
    assert again.request == wanted
    assert (again.chosen.offer.id, again.chosen.cost) == (decision.chosen.offer.id, decision.chosen.cost)


def called(arguments: str) -> list[Step]:
    """An answer that calls the tool that stands for the schema."""
    said = (ToolCallStart("a", "answer"), ToolCallPiece("a", arguments), ToolCallEnd("a", arguments))
    return [*said, Finish("tool_calls", Usage(input=9, output=9))]


async def structured(offer: Offer, plays: Sequence[Sequence[Step]], asked: EngineCall) -> tuple[str, list[str], Any, Any]:
    """The answer's text, the codes of the notes, the record, and the prompts that were sent."""
    here = world({"cheap": list(plays)}, [offer])
    events = await heard(here.engine, asked)
    assert sum(isinstance(event, Finish) for event in events) == 1
    text = "".join(event.text for event in events if isinstance(event, Delta))
    (done,) = [event for event in events if isinstance(event, Done)]
    return text, [event.code for event in events if isinstance(event, Note)], done.record, here.upstream.prompts


async def test_who_has_a_mode_for_schemas_is_asked_so() -> None:
    text, codes, _, (prompt,) = await structured(able(CHEAP, structured_output=True), [answer('{"n":1}')], asking(output=SCHEMA))
    assert (text, codes) == ('{"n":1}', []) and prompt.output == SCHEMA


async def test_else_a_tool_must_be_called() -> None:
    text, codes, record, (prompt,) = await structured(able(CHEAP, tools=True), [called('{"n":1}')], asking(output=SCHEMA))
    assert (text, codes) == ('{"n":1}', ["schema_by_tool"])
    assert prompt.tool_choice == ToolChoice("tool", "answer") and prompt.output is None
    assert record.finish.reason == "stop" and any("tool" in note for note in record.notes)


@pytest.mark.parametrize("own", [(), (Tool("f"),)], ids=["no tools at all", "tools of its own"])
async def test_else_json_mode_is_checked_here(own: tuple[Tool, ...]) -> None:
    offer = able(CHEAP, tools=bool(own))
    text, codes, _, (prompt,) = await structured(offer, [answer('```json\n{"n":1}\n```')], asking(output=SCHEMA, tools=own))
    assert (text, codes) == ('{"n":1}', ["schema_by_json_mode"])
    assert prompt.output == OutputFormat("json") and '"required":["n"]' in prompt.system and prompt.tools == own


@pytest.mark.parametrize("wrong", ['{"n":"one"}', "{}", "no json", '{"n":1'])
async def test_what_does_not_fit_is_asked_for_once_more_and_both_are_booked(wrong: str) -> None:
    here = world({"cheap": [answer(wrong), answer('{"n":1}')]}, [CHEAP])
    events = await heard(here.engine, asking(output=SCHEMA))
    assert "".join(event.text for event in events if isinstance(event, Delta)) == '{"n":1}'
    assert [event.code for event in events if isinstance(event, Note)] == ["schema_by_json_mode", "schema_repaired"]
    assert len(here.ledger.rows) == 2
    said = here.upstream.prompts[1].messages
    assert [message.role for message in said] == ["user", "assistant", "user"] and said[1].text


async def test_a_second_answer_that_does_not_fit_is_given_with_the_word_that_it_does_not() -> None:
    text, codes, record, _ = await structured(CHEAP, [answer("no"), answer('{"n":null}')], asking(output=SCHEMA))
    assert text == '{"n":null}' and codes[-1] == "schema_failed"
    assert any("does not fit" in note for note in record.notes)


async def test_who_lets_nothing_be_lost_is_not_answered_another_way() -> None:
    with pytest.raises(NoOffer):
        await structured(able(CHEAP, tools=True), [], asking(output=SCHEMA, loss="reject"))


@pytest.mark.parametrize(
    "schema", [{"$ref": "https://x.test/s.json"}, {"type": "nonsense"}, {"$ref": "#"}, {"items": {"$ref": "#/no"}}]
)
async def test_a_schema_that_cannot_be_checked_reaches_for_nothing_and_is_told(schema: dict[str, Any]) -> None:
    text, codes, _, _ = await structured(CHEAP, [answer('[{"n":1}]')], asking(output=OutputFormat("schema", schema)))
    assert text == '[{"n":1}]' and codes[0] == "schema_by_json_mode"
