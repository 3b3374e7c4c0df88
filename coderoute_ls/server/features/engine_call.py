"""From what an editor asked to a complete call: target, region, prompt, settings."""

from dataclasses import replace
from typing import TYPE_CHECKING

from coderoute_ls.actions.edit import written_instruction
from coderoute_ls.domain import Action, Brief, Diagnostic, Document, Draft, Prompt, Snippet, Span, Target
from coderoute_ls.engine import EngineCall
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.session.documents import path_of
from coderoute_ls.settings import Effective

if TYPE_CHECKING:
    from coderoute_ls.server.session.session import Session

CHARS_PER_TOKEN = 4
"""Turns the settings' token budgets into characters; the estimate of a call's cost is finer."""
ACTION_PROMPT_CHARS = 24_000


def target_of(
    session: "Session",
    document: Document,
    span: Span,
    *,
    instruction: str = "",
    diagnostics: tuple[Diagnostic, ...] = (),
    invoked: bool = True,
) -> Target:
    folder = path_of(session.configuration.folder_of(document.uri))
    return Target(document, span, instruction, diagnostics, folder, invoked)


async def instructed(session: "Session", action: Action, target: Target) -> Target:
    """The target with what to do: as given, as written in the comment above it, else as the user answers now. Raises
    `Unsupported` when nobody says."""
    if action.id != "edit" or target.instruction.strip():
        return target
    if written_instruction(target) and not (target.span.empty and session.client.can.ours.input):
        return target  # at a bare cursor the comment above a definition may be just that: better to ask
    answer = await session.client.ask_text("What should change in these lines?", "for example: handle an empty list")
    if not answer or not answer.strip():
        raise Unsupported("Say what to change: in the command's `instruction`, or in a comment right above the lines.")
    return replace(target, instruction=answer)


async def snippets_for(session: "Session", target: Target) -> tuple[Snippet, ...]:
    """Pieces of other files for an action's prompt, where the settings allow them."""
    if not session.configuration.settings_for(target.document.uri).settings.context.other_files:
        return ()
    return await session.context.gather(target, ACTION_PROMPT_CHARS // 3)


def call_of(
    session: "Session",
    action: Action,
    target: Target,
    region: Span,
    *,
    snippets: tuple[Snippet, ...] = (),
    pinned: str | None = None,
    draft: Draft | None = None,
) -> EngineCall:
    """Pure and instant: neither a model nor the disk is asked."""
    brief = Brief(target, region, snippets, ACTION_PROMPT_CHARS)
    settings = session.configuration.settings_for(target.document.uri)
    return EngineCall(action, shortened(action.prompt(brief), action, settings), target, region, settings, pinned, draft)


def shortened(prompt: Prompt, action: Action, settings: Effective) -> Prompt:
    """The prompt with the answer's length that the settings allow this action."""
    most = settings.settings.action(action.id).max_tokens
    return prompt if most is None or most >= prompt.max_tokens else replace(prompt, max_tokens=most)
