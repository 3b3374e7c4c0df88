"""The decision record: complete, replayable byte for byte, without text; its words and its picture."""

import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any, cast, get_args
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter

from coderoute_ls.domain import Offer, OfferHealth, ProviderState, Request, State, Usage
from coderoute_ls.domain.offers import Confidence
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.selection import Catalog, explain, reasons_in_words
from coderoute_ls.selection.decision import eligibility, score_bound
from coderoute_ls.selection.record import DecisionRecord, dumps, record, replay, schema, with_actual
from coderoute_ls.selection.report.decision_explanation import explain_text
from coderoute_ls.selection.report.frontier_chart import plot_html, plot_svg, plot_terminal, points
from tests.selection.build import NOW, catalog, offer, request, state
from tests.selection.test_properties import situations

OFFERS = (
    offer("a/cheap", 0.4, 0.1, 0.4),
    offer("b/good", 0.72, 1, 4, privacy=("no_training",)),
    offer("c/best", 0.9, 10, 40),
    offer("d/keyless", 0.8),
    offer("e/new", None),
)
ASKED = request(0.7, required=frozenset({"text", "streaming"}))


def taken(asked: Request = ASKED, *offers: Offer, world: State | None = None) -> dict[str, object]:
    listed = offers or OFFERS
    seen = world or state(listed, providers={"d": ProviderState()}, health={"b/good": OfferHealth(kappa=1.1, updated=NOW)})
    return record(explain(asked, catalog(*listed), seen), seen)


def test_a_record_has_the_keys_that_others_rely_on() -> None:
    told = taken()
    assert told["v"] == 5 and told["action"] == "refactor" and told["axis"] == "coding" and told["objective"] == "cost"
    assert told["snapshot"] == "sha256:test" and told["now"] == "2026-11-18T11:06:40Z"
    assert told["floor"] == {"value": 0.7, "from": "default"} and told["unmet"] is None
    chosen = DecisionRecord.model_validate(told).chosen
    assert chosen is not None and chosen.score is not None
    assert (chosen.offer, chosen.provider, chosen.model, chosen.effort) == ("b/good", "b", "maker/good", None)
    assert (chosen.score.value, chosen.score.low, chosen.score.confidence) == (0.72, 0.72, "multi")
    cost = chosen.cost
    assert cost.expected_usd == pytest.approx(cost.input + cost.cached + cost.output + cost.fee)
    assert cost.max_usd > cost.expected_usd
    assert chosen.why == "cheapest expected cost among 2 offers with score ≥ 0.70"
    assert told["chain"] == ["b/good"]
    assert told["rejected"] == [
        {"offer": "a/cheap", "reason": "below_floor", "detail": "0.4 < 0.7"},
        {"offer": "d/keyless", "reason": "no_credentials", "detail": "no key or server for d"},
        {"offer": "e/new", "reason": "unknown_score", "detail": "no coding score"},
    ]


@given(situations())
@settings(max_examples=60, deadline=None)
def test_replaying_a_record_alone_gives_it_again_byte_for_byte(case: tuple[Request, list[Offer], State]) -> None:
    asked, offers, world = case
    told = dumps(record(explain(asked, catalog(*offers), world), world))
    decision = replay(json.loads(told))
    assert dumps(record(decision, world)) == told


RECORDS = Path(__file__).with_name("records")
"""Written when the rules of that number were the newest. Who changes a rule gives it the next number and writes a file for it."""


def kept(version: int) -> list[dict[str, Any]]:
    return json.loads((RECORDS / f"rules_{version}.json").read_text("utf-8"))


@pytest.mark.parametrize("told", [*kept(1), *kept(3), *kept(4), *kept(5)], ids=lambda told: f"{told['case']}, rules {told['v']}")
def test_a_kept_record_is_decided_again_by_the_rules_that_it_names(told: dict[str, Any]) -> None:
    again = DecisionRecord.model_validate(record(replay(told), DecisionRecord.model_validate(told).state))
    then = DecisionRecord.model_validate(told)
    assert again.v == then.v and again.chain == then.chain and again.unmet == then.unmet
    assert [(row.offer, row.reason) for row in again.rejected] == [(row.offer, row.reason) for row in then.rejected]
    assert [(point.offer, point.score) for point in again.frontier] == [(point.offer, point.score) for point in then.frontier]
    assert (again.chosen is None) == (then.chosen is None)
    if again.chosen is not None and then.chosen is not None:
        assert (again.chosen.offer, again.chosen.score) == (then.chosen.offer, then.chosen.score)
        assert again.chosen.cost.model_dump() == pytest.approx(then.chosen.cost.model_dump())


def test_a_record_of_rules_that_are_not_kept_says_so() -> None:
    with pytest.raises(ConfigurationError, match="cannot be decided again"):
        replay({**taken(), "v": 2})
    with pytest.raises(ConfigurationError, match="not a decision record: v"):
        replay({**taken(), "v": 6})


ODD: tuple[Any, ...] = (
    *(None, math.nan, math.inf, -math.inf, 1e300, 10**400, -1, 0, 2**63, -0.5, True),
    *("", "x", "NaN", "1e400", "2026-99-99", [], {}, [[]]),
)


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where a record can be changed: of a list only its first entry, for the others are alike."""
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inside = cast("dict[str, Any]", value).items()
    elif isinstance(value, list):
        inside = enumerate(cast("list[Any]", value)[:1])
    return [place, *(found for key, each in inside for found in places(each, (*place, key)))]


@pytest.mark.parametrize("case", ["pieces and experience", "a hole by prompt", "several answers, pictures"])
def test_a_record_with_anything_odd_in_it_is_refused_or_decided(case: str) -> None:
    """Never an exception of another kind: the sentence says where it is wrong."""
    whole = next(told for told in kept(5) if told["case"] == case)
    refused = 0
    for place in places(whole)[1:]:
        for odd in ODD:
            told = deepcopy(whole)
            inner = told
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = odd
            try:
                decision = replay(told)
            except ConfigurationError as error:
                assert "decision record: " in error.user_message or "cannot be decided again" in error.user_message
                refused += 1
            else:
                json.dumps(record(decision, DecisionRecord.model_validate(told).state), allow_nan=False)
    assert refused > 500


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"state": {"now": math.nan}}, "state.now"),
        ({"state": {"now": 1e300}}, "state.now"),
        ({"state": {"now": -5.0}}, "state.now"),
        ({"request": {"chars": 10**400}}, "request.chars"),
        ({"request": {"max_tokens": 10**13}}, "request.max_tokens"),
        ({"v": True}, "v"),
        ({"v": 1.5}, "v"),
        ({"v": "4"}, "v"),
        ({"v": None}, "v"),
    ],
)
def test_a_record_says_where_it_is_wrong(change: dict[str, Any], place: str) -> None:
    told: dict[str, Any] = json.loads(dumps(taken()))
    for name, value in change.items():
        told[name] = {**told[name], **value} if isinstance(value, dict) else value
    with pytest.raises(ConfigurationError, match=f"not a decision record: {re.escape(place)}:"):
        replay(told)


def test_a_record_without_its_rules_is_none() -> None:
    with pytest.raises(ConfigurationError, match="not a decision record: v: Field required"):
        replay({name: value for name, value in taken().items() if name != "v"})


def test_a_decision_without_any_key_replays_too() -> None:
    world = state(providers={"a": ProviderState()})
    told = dumps(taken(request(embedded_available=True), offer("a/m", 0.7), world=world))
    assert '"all_no_credentials"' in told and "embedded/engine" in told
    assert dumps(record(replay(json.loads(told)), world)) == told


def test_a_record_is_the_same_in_every_process() -> None:
    """Sets have no order of their own: a record must not show the one of this process."""
    script = """
from coderoute_ls.selection import explain
from coderoute_ls.selection.record import record
from tests.selection.build import catalog, offer, request, state
offers = [offer("a/m", 0.7), offer("b/m", 0.8, capabilities={"streaming": False, "text": False})]
print(record(explain(request(0.7, required=frozenset({"text", "streaming"})), catalog(*offers), state(offers)), state(offers)))
"""
    runs: set[bytes] = set()
    for seed in ("1", "2", "3"):
        environ = {**os.environ, "PYTHONHASHSEED": seed}
        runs.add(subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, check=True).stdout)
    assert len(runs) == 1


def test_a_record_fits_its_published_schema_and_nonsense_is_refused_by_name() -> None:
    published = TypeAdapter(dict[str, object]).validate_python(schema()["properties"])
    assert taken().keys() <= published.keys()
    with pytest.raises(ConfigurationError, match=r"not a decision record: floor"):
        replay({**taken(), "floor": "high"})


def test_what_really_happened_completes_the_record() -> None:
    told = taken()
    expected = DecisionRecord.model_validate(told).chosen
    assert expected is not None
    usage = Usage(input=2_000, output=900, cached_read=500)
    done = DecisionRecord.model_validate(
        with_actual(told, usage, expected.cost.expected_usd * 1.2, model="good-2", first_token_s=0.4)
    )
    assert done.actual is not None and done.actual.model == "good-2"
    assert done.actual.estimate_error == pytest.approx(0.2)


def test_the_words_say_what_was_chosen_why_and_what_was_refused() -> None:
    text = explain_text(DecisionRecord.model_validate(taken()))
    assert "Refactor: coding score at least 0.70 (the default); the cheapest such model is asked." in text
    assert "Chosen: b/good, score 0.72" in text
    assert "1 below the floor" in text and "1 without a key" in text
    unmet = explain_text(DecisionRecord.model_validate(taken(request(0.95))))
    assert "No model reaches the floor: all are below the floor. The best available one is c/best at 0.90." in unmet


def test_the_picture_shows_every_scored_offer_within_reach_with_its_details() -> None:
    told = DecisionRecord.model_validate(taken())
    shown = {point.offer: (point.status, point.note) for point in points(told)}
    assert shown == {"a/cheap": ("rejected", "below the floor (0.4 < 0.7)"), "b/good": ("chosen", ""), "c/best": ("frontier", "")}
    svg = ElementTree.fromstring(plot_svg(told))
    titles = [node.text or "" for node in svg.iter("{http://www.w3.org/2000/svg}title")]
    assert any(title.startswith("a/cheap: 0.40") and "below the floor" in title for title in titles)


@pytest.mark.parametrize("draw", [plot_svg, plot_html])
def test_the_picture_follows_the_theme(draw: Callable[[DecisionRecord], str]) -> None:
    """Text and page of VS Code's theme; elsewhere of the reader's light or dark one. No colour is only for one of them."""
    (style,) = re.findall(r"<svg.*?<style>(.*?)</style>", draw(DecisionRecord.model_validate(taken())), re.DOTALL)
    for what, variable in (("color", "foreground"), ("background", "background")):
        assert re.search(rf"[;{{]{what}:var\(--vscode-editor-{variable},var\(--\w+\)\)", style)
    light, dark = (dict(re.findall(r"--(\w+):([^;}]+)", part)) for part in style.split("@media (prefers-color-scheme:dark)"))
    assert light.keys() == dark.keys() and all(light[name] != dark[name] for name in light)
    assert "text{fill:currentColor}" in style


def test_the_page_has_no_script_and_escapes_names() -> None:
    evil = offer("x/<script>alert(1)</script>", 0.8, 0.1, 0.1)
    page = plot_html(DecisionRecord.model_validate(taken(ASKED, evil, *OFFERS)))
    assert "<script" not in page and "&lt;script&gt;" in page


def test_the_terminal_picture_marks_chosen_floor_and_free_offers() -> None:
    free = offer("ollama/own", 0.75, 0, 0, local=True)
    picture = plot_terminal(DecisionRecord.model_validate(taken(ASKED, free, *OFFERS)))
    assert "●" in picture and "◆" in picture and "─" in picture and "free" in picture
    empty = plot_terminal(DecisionRecord.model_validate(taken(ASKED, OFFERS[3])))
    assert "nothing to draw" in empty


def test_a_record_of_the_bundled_catalogue_holds_only_offers_that_had_a_say() -> None:
    bundled = Catalog.bundled()
    seen = state(bundled.offers)
    told = DecisionRecord.model_validate(record(explain(ASKED, bundled, seen), seen))
    assert 100 < len(told.offers) < len(bundled.offers) * 2 / 3
    assert len(told.rejected) > 1_000
    assert len(points(told)) == len(told.offers)


def test_a_floor_below_every_score_is_drawn_below_every_point() -> None:
    told = DecisionRecord.model_validate(taken(request(0.3, required=frozenset({"text", "streaming"})), *OFFERS[1:3]))
    svg = ElementTree.fromstring(plot_svg(told))
    (floor,) = (line for line in svg.iter() if line.get("class") == "floor")
    dots = [float(dot.get("cy", "")) for dot in svg.iter() if dot.tag.endswith("circle")]
    assert float(floor.get("y1", "")) > max(dots)


def test_no_rule_is_told_by_its_internal_name() -> None:
    source = "".join(Path(str(module.__file__)).read_text("utf-8") for module in (eligibility, score_bound))
    names = set(re.findall(r'(?:Failure\(\d+|yield \d+), "([a-z_]+)"', source)) | {"circuit_open", "rate_limited", "not_found"}
    assert len(names) >= 20
    assert names <= set(reasons_in_words.KNOWN_REASONS)
    for name in (*names, "capability:tools", "privacy:other"):
        assert "_" not in reasons_in_words.reason(f"all_{name}")
    for confidence in get_args(Confidence):
        assert "_" not in reasons_in_words.confidence(confidence) and "-only" not in reasons_in_words.confidence(confidence)
