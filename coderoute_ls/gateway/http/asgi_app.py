"""The gateway as an ASGI application: its addresses, and what a request to any other is told."""

from starlette.routing import Route, Router
from starlette.types import ASGIApp

from coderoute_ls.gateway.caller_error import CallerError
from coderoute_ls.gateway.endpoints.count_tokens import CountTokens
from coderoute_ls.gateway.endpoints.decision import DecisionEndpoint
from coderoute_ls.gateway.endpoints.metrics import MetricsEndpoint, metrics_of
from coderoute_ls.gateway.endpoints.model_list import ModelList, OneModel
from coderoute_ls.gateway.endpoints.offers import OffersEndpoint
from coderoute_ls.gateway.endpoints.policy import PolicyEndpoint
from coderoute_ls.gateway.endpoints.team_page import TeamPage
from coderoute_ls.gateway.faces import all_faces
from coderoute_ls.gateway.faces.chat_completions import FACE as PLAIN
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.http_exchange import FaceEndpoint, Receive, Scope, Send, headers_of, respond


def application(gateway: Gateway) -> ASGIApp:
    """Answers the faces of this gateway, and everything else with an error in plain words."""
    routes = [Route(path, FaceEndpoint(gateway, face)) for face in all_faces() for path in face.paths]
    routes += [
        Route("/v1/models", ModelList(gateway)),
        Route("/v1/models/{name:path}", OneModel(gateway)),
        Route("/v1/messages/count_tokens", CountTokens(gateway)),
        Route("/v1/offers", OffersEndpoint(gateway)),
        Route("/v1/policy", PolicyEndpoint(gateway)),
        Route("/v1/decision", DecisionEndpoint(gateway)),
        Route("/team", TeamPage(gateway)),
        Route("/team/calls/{id:path}", TeamPage(gateway)),
        Route("/metrics", MetricsEndpoint(gateway, metrics_of(gateway))),
        Route("/health", _Health()),
    ]
    # a bare router: what Starlette puts around it answers errors of its own, and there are none
    return Router(routes, redirect_slashes=False, default=_Elsewhere(gateway))


SERVICE = "coderoute-ls"
"""What a gateway says that it is, so that another process knows whose port it is."""


class _Health:
    """That it runs; nothing about callers or requests."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in ("GET", "HEAD"):
            await respond(send, 200, {"status": "ok", "service": SERVICE})
            return
        error = CallerError(405, "invalid_request", "This address takes GET alone.", headers={"allow": "GET, HEAD"})
        await respond(send, error.status, PLAIN.error(error), dict(error.headers))


class _Elsewhere:
    """What is asked at an address that does not exist. Only callers with the token learn which exist."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = CallerError(404, "not_found", f"There is nothing at {scope['path'][:200]}. There is {', '.join(_PATHS)}.")
        try:
            await self._gateway.admitted(headers_of(scope))
        except CallerError as refused:
            error = refused
        await respond(send, error.status, PLAIN.error(error), dict(error.headers))


_PATHS = (
    *(path for face in all_faces() for path in face.paths),
    "/v1/models",
    "/v1/offers",
    "/v1/decision",
    "/health",
    "/metrics",
)
