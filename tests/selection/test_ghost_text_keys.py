"""Which keys give ghost text: each vendor alone, by a model that fills holes in time."""

from dataclasses import replace

from coderoute_ls.domain import FimSupport, Offer, Speed
from coderoute_ls.selection.report.ghost_text_vendors import ghost_text, told
from tests.selection.build import NOW, catalog, offer, request, score, state

ASKED = request(
    0.55, axis="completion", required=frozenset({"text", "streaming", "fim"}), first_token_budget_s=1.5, median_output=24
)
FILLS = {"text": True, "fim": True}


def filling(name: str, *, fim: bool = False, first: float | None = None) -> Offer:
    made = offer(name, None, capabilities=FILLS)
    kind = score(0.7) if fim else score(0.7, confidence="estimate")
    speed = None if first is None else Speed(first, first, 100)
    return replace(
        made, name=name.title(), scores={"completion": kind}, fim=FimSupport("openai-completions") if fim else None, speed=speed
    )


OFFERS = (
    filling("mistral/codestral", fim=True),
    filling("openai/luna"),
    filling("xai/slow", first=3.0),
    offer("perplexity/sonar", 0.7),
)
VENDORS = ("mistral", "openai", "xai", "perplexity")


def test_every_vendor_is_asked_alone() -> None:
    found = ghost_text(ASKED, catalog(*OFFERS), state(now=NOW), VENDORS)
    assert {name: chosen.offer.id for name, chosen in found.items()} == {"mistral": "mistral/codestral", "openai": "openai/luna"}


def test_it_is_told_in_words_with_what_is_only_an_estimate() -> None:
    found = ghost_text(ASKED, catalog(*OFFERS), state(now=NOW), VENDORS)
    assert told(found, VENDORS) == (
        "Ghost text: Mistral by Mistral/Codestral; OpenAI by Openai/Luna, by prompt (an estimate). None from xAI, Perplexity."
    )
    assert told({}, ("xai",)) == "Ghost text: from the built-in engine alone. None from xAI."
