"""What ``coderoute.run`` asks for, checked: which action, on what of which document."""

from collections.abc import Mapping
from dataclasses import dataclass

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from coderoute_ls.domain import Action, Span, Target
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.rpc.json_rpc import converter
from coderoute_ls.server.rpc.messages.coderoute_messages import RunParams
from coderoute_ls.server.session.request_context import RequestContext, RequestContexts


@dataclass(frozen=True, slots=True)
class RunRequest:
    """An action that applies, and where."""

    action: Action
    target: Target
    region: Span
    context: RequestContext


def run_request(actions: Mapping[str, Action], requests: RequestContexts, params: RunParams) -> RunRequest:
    """Raises `Unsupported` with a sentence for what cannot be done."""
    action = actions.get(params.action)
    if action is None or not action.kind:
        raise Unsupported(f"There is no action {params.action!r}; there are {', '.join(sorted(actions))}.")
    context = requests.required(params.uri)
    if not context.settings.settings.action(action.id).enable:
        raise Unsupported(f"{action.title} is switched off in the settings.")
    if params.floor is not None and not 0 <= params.floor <= 1:
        raise JsonRpcInvalidParams("Invalid Params: coderoute.run: floor is a number from 0 to 1")
    target = _target(context, params)
    region = action.region(target)
    if region is None:
        raise Unsupported(f"{action.title} does not apply here: select the lines, or put the cursor into a definition.")
    return RunRequest(action, target, region, context)


def _target(context: RequestContext, params: RunParams) -> Target:
    document, positions = context.document, context.positions
    try:
        span = positions.span_in(document.lines, converter().structure(params.range, lsp.Range))
        diagnostics = tuple(
            positions.diagnostic_in(document, converter().structure(raw, lsp.Diagnostic)) for raw in params.diagnostics
        )
    except Exception as error:
        raise JsonRpcInvalidParams("Invalid Params: coderoute.run: range or diagnostics are not as LSP defines them") from error
    return context.target(span, instruction=params.instruction, diagnostics=diagnostics, ask=bool(params.ask), floor=params.floor)
