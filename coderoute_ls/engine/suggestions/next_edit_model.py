"""A model's next edit: one region of the document asked for anew, by chat, and the answer as a suggestion."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from coderoute_ls.actions.next_edit import region_request
from coderoute_ls.domain import Action, Brief, Delta, Finish, Snippet, Span, Target
from coderoute_ls.domain.next_edits import NextEdit, PastEdit, Situation
from coderoute_ls.engine.engine import Engine
from coderoute_ls.engine.types import Asked, EngineCall, shortened
from coderoute_ls.errors import CoderouteError
from coderoute_ls.ignore import redact_pieces
from coderoute_ls.next_edit.codecs import CODECS
from coderoute_ls.next_edit.codecs.codec import unified
from coderoute_ls.next_edit.suggestion_from_answer import model_edit
from coderoute_ls.selection import EMBEDDED
from coderoute_ls.settings import Effective

LAST = 8
"""Edits that the model is shown."""


class NextEditModel:
    """Chooses and asks for the action ``next_edit``; implements `next_edit.suggestion_session.ModelEdit`."""

    def __init__(self, engine: Engine, action: Action, settings_for: Callable[[str], Effective]) -> None:
        self._engine = engine
        self._action = action
        self._settings_for = settings_for

    async def __call__(self, situation: Situation) -> NextEdit | None:
        """None where nobody can be asked, nothing is to be changed, or the answer is of another form. Raises nothing but
        cancellation."""
        document, settings = situation.document, self._settings_for(situation.document.uri)
        if not settings.settings.action(self._action.id).enable:
            return None
        target = Target(document, Span(situation.cursor, situation.cursor), diagnostics=situation.diagnostics, invoked=False)
        region = self._action.region(target)
        if region is None:
            return None
        edits = (Snippet(edit.path, unified(_without_secrets(edit)), "edit") for edit in situation.edits[-LAST:])
        brief = Brief(target, region, tuple(edits))
        request = region_request(brief)
        first, end = region.start.line, region.start.line + request.end - request.first
        if [document.line(number) for number in range(first, end)] != list(request.region):
            return None  # a secret was masked in it: written back, the mask would take its place
        prompt = replace(shortened(self._action.prompt(brief), self._action, settings), priority="ahead")
        call = EngineCall(self._action, prompt, target, region, settings)
        try:
            text, offer, booked = await self._answer(call)
        except CoderouteError:
            return None
        lines = None if text is None else CODECS["chat"].parse(text, request)
        found = None if lines is None else model_edit(document, first, end, lines, f"was written by {offer}")
        return None if found is None else replace(found, call=booked)

    async def _answer(self, call: EngineCall) -> tuple[str | None, str, str]:
        """The whole answer, who gave it, and the call that is booked for it; None for one that did not end well, and where no
        model is in reach."""
        routed = self._engine.choose(call)
        if routed.decision.chosen is None or routed.decision.chosen.offer.provider == EMBEDDED.provider:
            return None, "", ""
        if routed.decision.chosen.offer.local:  # while it is busy, the next offer would cost money for what nobody asked for
            routed = self._engine.choose(replace(call, pinned=routed.decision.chosen.offer.id))
        parts: list[str] = []
        offer, booked, ended = "", "", False
        async with aclosing(self._engine.run(routed)) as events:
            async for event in events:
                match event:
                    case Asked():
                        offer, booked = event.chosen.offer.id, event.call
                        parts.clear()
                    case Delta():
                        parts.append(event.text)
                    case Finish():
                        ended = event.reason == "stop"
                    case _:
                        pass
        return ("".join(parts) if ended else None), offer, booked


def _without_secrets(edit: PastEdit) -> PastEdit:
    """Searched before it is written as a diff: the signs in front of its lines would belong to what stands there."""
    old, new = (tuple(redact_pieces("\n".join(lines))[0].split("\n")) if lines else () for lines in (edit.old, edit.new))
    return replace(edit, old=old, new=new)
