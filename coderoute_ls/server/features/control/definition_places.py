"""Where the definitions of a document are, for an editor that draws lenses above them."""

import asyncio
from collections.abc import Awaitable
from typing import cast

from pygls.exceptions import JsonRpcInvalidParams

from coderoute_ls import syntax
from coderoute_ls.ignore import HUGE
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.messages.control_messages import DEFINITIONS, Definitions, DefinitionShown, DefinitionsParams
from coderoute_ls.server.rpc.wire import Json
from coderoute_ls.server.session.request_context import RequestContext, RequestContexts

MOST = 300
_KINDS = frozenset({"function", "method", "class", "interface"})


class DefinitionPlaces:
    """Answers ``coderoute/definitions``."""

    def __init__(self, requests: RequestContexts) -> None:
        self._requests = requests

    def handle(self, raw: object) -> Awaitable[Definitions]:
        try:
            params = DefinitionsParams.read(raw)
        except ValueError as error:
            raise JsonRpcInvalidParams(f"Invalid Params: {DEFINITIONS}: {error}") from None
        return self._answer(self._requests.of(params.uri))

    async def _answer(self, context: RequestContext | None) -> Definitions:
        if context is None or context.document.size > HUGE:
            return Definitions()
        document = context.document
        found = await asyncio.to_thread(syntax.definitions, document.language, document.text)
        shown = [each for each in found if each.kind in _KINDS][:MOST]
        ranges = [context.positions.span_out(document.lines, each.name_span) for each in shown]
        return Definitions(
            definitions=[
                DefinitionShown(name=each.name, range=cast("Json", converter().unstructure(place)))
                for each, place in zip(shown, ranges, strict=True)
            ]
        )
