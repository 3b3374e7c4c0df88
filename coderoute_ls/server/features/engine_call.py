"""From an editor's request to a complete call: instruction, pieces of other files, prompt, settings."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from coderoute_ls.actions.edit import written_instruction
from coderoute_ls.domain import Action, Brief, Snippet, Span, Target
from coderoute_ls.engine import EngineCall, Router
from coderoute_ls.engine.types import shortened
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.session.request_context import IGNORED
from coderoute_ls.settings import Effective, Layer

ACTION_PROMPT_CHARS = 24_000
SMALLER_CHARS = (12_000, 6_000, 3_000)
"""What a prompt is cut down to, step by step, where no model's window takes more."""

Gather = Callable[[Target, int], Awaitable[tuple[Snippet, ...]]]
"""Pieces of other files for a place, at most so many characters."""


class EngineCalls:
    """Makes the calls of actions that the user asked for by hand."""

    def __init__(self, client: Client, gather: Gather, known: Callable[[str], Awaitable[bool]]) -> None:
        self._client = client
        self._gather = gather
        self._known = known

    async def instructed(self, action: Action, target: Target) -> Target:
        """The target with what to do: as given, as written in the comment above it, else as the user answers now. Raises
        `Unsupported` when nobody says, and `CancelledError` when the user dismisses the question."""
        if not self.asks(action, target):
            return target
        answer = None
        if self._client.can.ours.input:
            answer = await self._client.ask_text("What should change in these lines?", "for example: handle an empty list")
            if answer is None:
                raise asyncio.CancelledError
        if not answer or not answer.strip():
            raise Unsupported("Say what to change: in the command's `instruction`, or in a comment right above the lines.")
        return replace(target, instruction=answer)

    def asks(self, action: Action, target: Target) -> bool:
        """Whether the user has to be asked what to do. At a bare cursor the comment above a definition may be about the code."""
        if action.id != "edit" or target.instruction.strip():
            return False
        return not written_instruction(target) or (self._client.can.ours.input and (target.ask or target.span.empty))

    async def snippets(self, target: Target, settings: Effective) -> tuple[Snippet, ...]:
        """Pieces of other files for an action's prompt, where the settings allow them. Raises `Unsupported` when git, once it
        has answered, ignores the target's own file."""
        if not await self._known(target.document.rules_path):
            raise Unsupported(IGNORED)
        if not settings.settings.context.other_files:
            return ()
        return await self._gather(target, ACTION_PROMPT_CHARS // 3)


def call_that_fits(
    router: Router,
    action: Action,
    target: Target,
    region: Span,
    settings: Effective,
    *,
    snippets: tuple[Snippet, ...] = (),
    pinned: str | None = None,
) -> EngineCall:
    """The call with as much around the region as the windows of the models that may be asked take; the region is never cut."""
    whole = call_of(action, target, region, settings, snippets=snippets, pinned=pinned)
    if not _too_long(router, whole):
        return whole
    for chars in SMALLER_CHARS:
        call = call_of(action, target, region, settings, snippets=snippets, pinned=pinned, max_chars=chars)
        if not _too_long(router, call):
            return call
    return whole


def _too_long(router: Router, call: EngineCall) -> bool:
    unmet = router.decide(call)[0].unmet
    return unmet is not None and unmet.rule == "all_context"


def call_of(
    action: Action,
    target: Target,
    region: Span,
    settings: Effective,
    *,
    snippets: tuple[Snippet, ...] = (),
    pinned: str | None = None,
    max_chars: int = ACTION_PROMPT_CHARS,
) -> EngineCall:
    """Pure and instant: neither a model nor the disk is asked."""
    brief = Brief(target, region, snippets, max_chars)
    settings = at_floor(settings, action, target.floor)
    prompt = replace(shortened(action.prompt(brief), action, settings), restarts=True)
    return EngineCall(action, prompt, target, region, settings, pinned)


def at_floor(settings: Effective, action: Action, floor: float | None) -> Effective:
    """The settings with the floor that the user asks for this time: the cheapest model above it is meant. Budgets, caps and
    privacy stay as they are."""
    if floor is None:
        return settings
    own = ("actions", action.id)
    asked = Layer("request", {(*own, "min_coding_score"): floor, (*own, "objective"): "cost", (*own, "model"): None})
    return settings.under(asked)
