"""``GET /v1/models``: one payload that the readers of several formats understand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from coderoute_ls.domain import Offer
from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.endpoints.codex_models import codex_model
from coderoute_ls.gateway.endpoints.endpoint import Endpoint
from coderoute_ls.gateway.faces.face import Json
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.http_exchange import Headers, Receive, Scope, Send
from coderoute_ls.gateway.requested_model import OWN


class ModelList(Endpoint):
    """The gateway's own names first, then the models that can be reached now."""

    async def answer(self, headers: Headers, receive: Receive) -> Json:
        del headers, receive
        return model_list(self.gateway)


@dataclass(frozen=True)
class OneModel(Endpoint):
    """``GET /v1/models/{name}``: the entry of one name of the list."""

    name: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super(OneModel, replace(self, name=scope["path_params"]["name"])).__call__(scope, receive, send)

    async def answer(self, headers: Headers, receive: Receive) -> Json:
        del headers, receive
        for row in _rows(_titles(self.gateway), self.gateway.reachable()):
            if row["id"] == self.name:
                return row
        raise CallerError(404, "not_found", f"No model {self.name[:200]!r} is within reach. /v1/models lists those that are.")


def _rows(titles: Mapping[str, str], reachable: Iterable[Offer]) -> list[Json]:
    """The gateway's own names, then the offers that can be reached."""
    return [_row(name, title) for name, title in titles.items()] + [_offer_row(offer) for offer in reachable]


def _titles(gateway: Gateway) -> Mapping[str, str]:
    """The gateway's own names, each with its title."""
    return {OWN: "CodeRoute", **{f"{OWN}/{name}": action.title for name, action in gateway.actions.items()}}


def model_list(gateway: Gateway) -> Json:
    """``data`` for OpenAI's and Anthropic's readers, ``models`` for Codex's."""
    titles, reachable = _titles(gateway), gateway.reachable()
    listed = _rows(titles, reachable)
    able = [offer for offer in reachable if offer.capabilities.get("tools")]
    named = [(OWN, titles[OWN], able), *((offer.id, offer.name or offer.model, [offer]) for offer in able)]
    return {
        "object": "list",
        "data": listed,
        "first_id": listed[0]["id"],
        "last_id": listed[-1]["id"],
        "has_more": False,
        "models": [codex_model(name, title, place, offers) for place, (name, title, offers) in enumerate(named, start=1)],
    }


def _row(name: str, title: str) -> Json:
    """As OpenAI's readers (``object``, ``created``, ``owned_by``) and Anthropic's (``type``, ``display_name``) want it."""
    made = datetime(2026, 1, 1, tzinfo=UTC)
    return {
        "id": name,
        "object": "model",
        "created": int(made.timestamp()),
        "owned_by": "coderoute",
        "type": "model",
        "display_name": title,
        "created_at": made.isoformat().replace("+00:00", "Z"),
    }


def _offer_row(offer: Offer) -> Json:
    row = {**_row(offer.id, offer.name or offer.model), "owned_by": offer.provider}
    if offer.context is not None:
        row["context_length"] = row["context_window"] = offer.context
    if offer.max_output is not None:
        row["max_output_tokens"] = offer.max_output
    return row
