"""``GET /v1/offers``: what can be asked through this gateway, at what price and how it fares, for language servers that join."""

import asyncio
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import replace

import orjson

from coderoute_ls.domain import Axis, Offer
from coderoute_ls.gateway.endpoints.endpoint import Endpoint
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.gateway_call import COMPLETION, GATEWAY
from coderoute_ls.gateway.http.http_exchange import Headers, Receive, Send, respond_bytes
from coderoute_ls.selection.decision.eligibility import matching
from coderoute_ls.selection.offer_list import offer_list

_QUICK = 1
"""Level of compression: a list shrinks to a tenth at any."""


class OffersEndpoint(Endpoint):
    """With an ``ETag``: who has today's list already is told so in no bytes. The list is compressed where that is taken.
    Headers say what is left of the caller's budgets."""

    async def reply(self, headers: Headers, receive: Receive, send: Send) -> None:
        del receive
        router = self.gateway.engine.router
        offers, providers, health = askable(self.gateway), router.providers, dict(router.health)
        content, mark = await asyncio.to_thread(lambda: _written(orjson.dumps(offer_list(offers, providers, health))))
        told = {"etag": mark, "cache-control": "private, no-cache", "vary": "accept-encoding"}
        told |= {} if self.gateway.left is None else await self.gateway.left()
        if headers.get("if-none-match") == mark:
            await respond_bytes(send, 304, b"", told)
            return
        if "gzip" in headers.get("accept-encoding", ""):
            content = await asyncio.to_thread(gzip.compress, content, _QUICK)
            told["content-encoding"] = "gzip"
        await respond_bytes(send, 200, content, {**told, "content-type": "application/json"})


def _written(content: bytes) -> tuple[bytes, str]:
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def askable(gateway: Gateway) -> tuple[Offer, ...]:
    """What this caller could ask for by name, in the catalogue's order: within reach, allowed by policy and key, and with no
    score below the organisation's floor."""
    user = gateway.user()
    models = user.settings.models
    least: dict[Axis, float] = {
        "coding": user.least_floor(GATEWAY.id),
        "next_edit": user.least_floor(GATEWAY.id),
        "completion": user.least_floor(COMPLETION.id),
    }
    return tuple(
        kept
        for offer in gateway.reachable()
        if not (models.deny and matching(offer, models.deny)) and (not models.allow or matching(offer, models.allow))
        if (kept := _above(offer, least)) is not None
    )


def _above(offer: Offer, least: Mapping[Axis, float]) -> Offer | None:
    """With the scores that reach these; None where that is none."""
    if not any(least.values()):
        return offer
    scores = {axis: score for axis, score in offer.scores.items() if score.low >= least[axis]}
    return replace(offer, scores=scores) if scores else None
