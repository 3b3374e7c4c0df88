"""``coderoute/preview``: who would answer an action, at what price, from what. Asks no model; what would be refused says so."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace

from pygls.exceptions import JsonRpcInvalidParams

from coderoute_ls.domain import Snippet, Target
from coderoute_ls.engine import Engine, EngineCall, RoutedCall
from coderoute_ls.errors import CoderouteError, Unsupported
from coderoute_ls.server.features.engine_call import EngineCalls, call_that_fits
from coderoute_ls.server.features.instruction.named_context import Named, NamedContexts
from coderoute_ls.server.features.own_prompts.own_actions import OwnActions
from coderoute_ls.server.features.run_request import RunRequest, run_request
from coderoute_ls.server.rpc.client_capabilities import ClientCapabilities
from coderoute_ls.server.rpc.messages.coderoute_messages import RunParams
from coderoute_ls.server.rpc.messages.instruction_messages import PREVIEW, ContextShown, PartShown, Preview, QualityOffered
from coderoute_ls.server.session.request_context import RequestContexts
from coderoute_ls.text.invisible_characters import without_controls

FLOORS = (0.45, 0.70, 0.85)
"""That are offered beside the action's own."""
WORDS = "x " * 40
"""In place of an instruction that is not written yet: prices barely depend on it."""


@dataclass(frozen=True, slots=True)
class Previews:
    """Looks ahead for the instruction box."""

    requests: RequestContexts
    can: ClientCapabilities
    actions: OwnActions
    engine: Engine
    calls: EngineCalls
    named: NamedContexts

    def handle(self, raw: object) -> Awaitable[Preview]:
        try:
            params = RunParams.read(raw)
        except ValueError as error:
            raise JsonRpcInvalidParams(f"Invalid Params: {PREVIEW}: {error}") from None
        try:
            request = run_request(self.actions.of(params.uri), self.requests, params)
            if not self.can.takes(request.action.surface):
                raise Unsupported(f"{self.can.editor or 'This editor'} takes no edits from a server.")
        except CoderouteError as error:
            return _refused(error)
        return self._look(request, params)

    async def _look(self, request: RunRequest, params: RunParams) -> Preview:
        settings = request.context.settings
        found = await self.named.look(params.context, request.target)
        named = tuple(each.snippet for each in found if not each.problem)
        instruction = params.instruction if params.instruction.strip() else WORDS
        target = replace(request.target, instruction=instruction, named=named)
        shown = [ContextShown(label=each.label, chars=len(each.text), problem=each.problem) for each in found]
        try:
            snippets = await self.calls.snippets(target, settings)
            call = self._call(request, target, snippets, params.offer)
            routed = self.engine.choose(call)
        except CoderouteError as error:
            told = without_controls(error.user_message)
            return Preview(problem=told, context=shown, qualities=self._qualities(request, target), floor=_floor(request, target))
        chosen = routed.decision.chosen
        assert chosen is not None
        return Preview(
            problem=_first_problem(found),
            model=without_controls(chosen.offer.name or chosen.offer.id),
            cost_usd=chosen.cost.expected_usd,
            floor=routed.decision.request.floor.value,
            why=without_controls(_why(routed)),
            parts=[PartShown(name=part.name, chars=part.chars) for part in call.prompt.parts if part.chars],
            context=shown,
            qualities=self._qualities(request, target),
        )

    def _call(
        self, request: RunRequest, target: Target, snippets: tuple[Snippet, ...] = (), pinned: str | None = None
    ) -> EngineCall:
        router, settings = self.engine.router, request.context.settings
        return call_that_fits(router, request.action, target, request.region, settings, snippets=snippets, pinned=pinned)

    def _qualities(self, request: RunRequest, target: Target) -> list[QualityOffered]:
        """Who would answer at each floor."""
        own = _floor(request, replace(target, floor=None))
        return [self._quality(self._call(request, replace(target, floor=floor)), floor) for floor in sorted({*FLOORS, own})]

    def _quality(self, call: EngineCall, floor: float) -> QualityOffered:
        try:
            decision = self.engine.choose(call).decision
        except CoderouteError as error:
            return QualityOffered(floor=floor, problem=without_controls(error.user_message))
        chosen = decision.chosen
        if chosen is None or decision.unmet is not None:
            return QualityOffered(floor=floor, problem="no model within reach is that good")
        name = without_controls(chosen.offer.name or chosen.offer.id)
        return QualityOffered(floor=floor, model=name, cost_usd=chosen.cost.expected_usd)


def _floor(request: RunRequest, target: Target) -> float:
    if target.floor is not None:
        return target.floor
    action = request.action
    return request.context.settings.floor_for(action.id, action.axis, action.min_coding_score).value


def _why(routed: RoutedCall) -> str:
    return routed.decision.chosen.why if routed.decision.chosen else ""


def _first_problem(found: list[Named]) -> str:
    return next((f"{each.label}: {each.problem}" for each in found if each.problem), "")


async def _refused(error: CoderouteError) -> Preview:
    return Preview(problem=without_controls(error.user_message))
