"""``GET /v1/models``: one payload that the readers of several formats understand."""

from datetime import UTC, datetime

from coderoute_ls.domain import Offer
from coderoute_ls.gateway.endpoints.endpoint import Endpoint
from coderoute_ls.gateway.faces.face import Json
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.http_exchange import Headers, Receive
from coderoute_ls.gateway.requested_model import OWN


class ModelList(Endpoint):
    """The gateway's own names first, then the models that can be reached now."""

    async def answer(self, headers: Headers, receive: Receive) -> Json:
        del headers, receive
        return model_list(self.gateway)


def model_list(gateway: Gateway) -> Json:
    own = [_row(OWN, "CodeRoute"), *(_row(f"{OWN}/{name}", action.title) for name, action in gateway.actions.items())]
    rows = own + [_offer_row(offer) for offer in gateway.reachable()]
    return {
        "object": "list",
        "data": rows,
        "first_id": rows[0]["id"],
        "last_id": rows[-1]["id"],
        "has_more": False,
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
