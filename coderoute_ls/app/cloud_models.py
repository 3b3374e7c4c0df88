"""Models that a cloud serves under names made of their makers' own: which model of the catalogue a name means."""

import re
from dataclasses import replace

from coderoute_ls.domain import Offer
from coderoute_ls.selection import Catalog

_MAKERS = "ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|nvidia|openai|qwen|writer|zai"
_PREFIX = re.compile(rf"^(?:(?:us|us-gov|eu|apac|au|ca|jp|global)\.)?(?:{_MAKERS})\.")
_SUFFIX = re.compile(r"(?:-v\d+|-v?\d+:\d+|@(?:default|latest|\d{8})|-maas)$")
_DATE = re.compile(r"-20\d{6}$")


def maker_name(listed: str) -> str:
    """The maker's own name in a cloud's: without region, maker, version and date.

    >>> maker_name("us.anthropic.claude-haiku-4-5-20251001-v1:0")
    'claude-haiku-4-5'
    >>> maker_name("claude-sonnet-4-5@20250929")
    'claude-sonnet-4-5'
    """
    short = _SUFFIX.sub("", listed.rsplit("/", 1)[-1].lower())
    return _DATE.sub("", _PREFIX.sub("", short))


def with_makers_scores(offer: Offer, catalog: Catalog) -> Offer:
    """The offer with what the catalogue knows of its model, where the name means exactly one. Prices stay: a cloud has its own.
    It only chats there: no cloud that we know fills holes.
    """
    chat = {axis: score for axis, score in offer.scores.items() if axis != "completion"}
    offer = replace(offer, fim=None, capabilities={**offer.capabilities, "fim": False}, scores=chat)
    if chat:
        return offer
    name = maker_name(offer.wire_id)
    named = {one.model: one for one in catalog.offers if one.effort is None and maker_name(one.wire_id) == name}
    if len(named) != 1:
        return offer
    (model, known), *_ = named.items()
    coding = known.scores.get("coding")
    return replace(
        offer,
        model=model,
        capabilities={**known.capabilities, **offer.capabilities},
        context=offer.context or known.context,
        max_output=offer.max_output or known.max_output,
        scores={} if coding is None else {"coding": coding},
    )
