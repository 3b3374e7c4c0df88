"""What ``ask`` prints: the answer on stdout and everything about it on stderr, or one JSON object per event."""

from typing import TYPE_CHECKING

import click
import orjson

from coderoute_ls.cli._style import clean, say
from coderoute_ls.domain import Delta, Finish
from coderoute_ls.edits.stream_filters.reasoning_removal import Reasoning
from coderoute_ls.engine import Asked, CallRecord
from coderoute_ls.errors import CoderouteError, ProviderError
from coderoute_ls.text.dollars import dollars

if TYPE_CHECKING:
    from coderoute_ls.domain.conversation.events import ModelEvent


class Show:
    """Tells what happens; listens to the engine."""

    def __init__(self) -> None:
        self.bad = False
        """The answer did not end well: the command's output says so."""
        self.tools = False
        """Tools were offered: an answer that calls them is a good one."""
        self._names: dict[str, str] = {}
        self._thoughts = Reasoning()

    def asked(self, event: Asked) -> None:
        del event
        self._thoughts = Reasoning()

    async def said(self, delta: Delta) -> None:
        raise NotImplementedError

    def ended(self, finish: Finish) -> None:
        self.bad = finish.bad and not (self.tools and finish.reason == "tool_calls")

    def beside(self, event: "ModelEvent") -> None:
        """Something beside text: a call, a loss, a note."""
        from coderoute_ls.domain.conversation import Loss, Note, ToolCallEnd, ToolCallStart

        match event:
            case ToolCallStart():
                self._names[event.id] = event.name
            case ToolCallEnd():
                self.called(event.id, self._names.get(event.id, ""), event.arguments)
            case Loss():
                self.told("loss", event.message, code=event.code, path=event.path, severity=event.severity)
            case Note():
                self.told("note", event.message, code=event.code)
            case _:
                pass

    def called(self, call: str, name: str, arguments: str) -> None:
        """The model calls a tool, with these arguments."""
        raise NotImplementedError

    def told(self, kind: str, message: str, **more: str) -> None:
        """A loss or a note about how the answer comes about."""
        raise NotImplementedError

    def done(self, record: CallRecord) -> None:
        """The call is over, and its books are kept."""
        raise NotImplementedError

    def passed(self, record: CallRecord) -> None:
        """Tell who was asked before the one that answered: another answers at another price, and on another key."""
        for hop in record.hops:
            self.told("failed", f"{hop.offer} failed: {hop.error}", offer=hop.offer)

    def _answer(self, text: str) -> tuple[str, bool]:
        """What of a piece is answer, not thought aloud; and whether all that came before was such a thought."""
        answer = self._thoughts.feed(text)
        retracted, self._thoughts.retracted = self._thoughts.retracted, False
        return answer, retracted

    def failed(self, error: CoderouteError) -> None:
        raise NotImplementedError


class Lines(Show):
    """One JSON object per line."""

    def asked(self, event: Asked) -> None:
        super().asked(event)
        chosen = event.chosen
        self._line("asked", offer=chosen.offer.id, expected_usd=chosen.cost.expected_usd, restart=event.restart)

    async def said(self, delta: Delta) -> None:
        if delta.reasoning:
            self._line("reasoning", text=delta.reasoning)
        text, retracted = self._answer(delta.text) if delta.text else ("", False)
        if retracted:
            self._line("retracted", message="The text so far was reasoning.")
        if text:
            self._line("text", text=text)

    def failed(self, error: CoderouteError) -> None:
        more = {"status": error.status, "retry_after": error.retry_after} if isinstance(error, ProviderError) else {}
        self._line("error", error=type(error).__name__, message=error.user_message, **more)

    def done(self, record: CallRecord) -> None:
        self.passed(record)
        finish = record.finish
        if finish is None:
            return
        if (usage := record.usage) is not None and finish.usage is not None:
            self._line(
                "usage",
                input=usage.input,
                output=usage.output,
                cached_read=usage.cached_read,
                cached_write=usage.cached_write,
                reasoning=usage.reasoning,
                cost_usd=record.cost_usd,
            )
        if record.dearer:
            self.told("dearer", record.dearer)
        if self.bad:
            self._line("problem", message=finish.problem)
        self._line(
            "finish", reason=finish.reason, wire_reason=finish.wire_reason, model=finish.model, seconds=round(record.total_s, 3)
        )

    def _line(self, kind: str, **fields: object) -> None:
        say(orjson.dumps({"event": kind, **fields}))

    def called(self, call: str, name: str, arguments: str) -> None:
        self._line("tool_call", id=call, name=name, arguments=arguments)

    def told(self, kind: str, message: str, **more: str) -> None:
        self._line(kind, message=message, **more)


class Terminal(Show):
    """The answer on stdout, everything about it on stderr."""

    def asked(self, event: Asked) -> None:
        super().asked(event)
        if event.restart:
            say(f"\n— starting again with {event.chosen.offer.name} —", err=True)

    async def said(self, delta: Delta) -> None:
        if delta.text:
            text, retracted = self._answer(delta.text)
            if retracted:
                say("\n— the text so far was reasoning —", err=True)
            say(text, nl=False)

    def done(self, record: CallRecord) -> None:
        say()
        self.passed(record)
        click.echo(click.style(clean(_summary(record)), dim=True), err=True)
        if record.dearer:
            self.told("dearer", record.dearer)
        if (self.bad and record.finish is not None) or (record.finish is not None and record.finish.reason == "length"):
            say(record.finish.problem, err=True)

    def failed(self, error: CoderouteError) -> None:
        """Told by the command line itself."""

    def called(self, call: str, name: str, arguments: str) -> None:
        del call
        say(clean(f"{name} {arguments or '{}'}"))

    def told(self, kind: str, message: str, **more: str) -> None:
        del kind, more
        click.echo(click.style(clean(f"— {message}"), dim=True), err=True)


def _summary(record: CallRecord) -> str:
    finish, answered = record.finish, record.answered
    usage = record.usage if finish and finish.usage else None
    tokens = f", {usage.input} tokens in, {usage.output} out" if usage else ""
    ended = "" if finish is None or finish.reason == "stop" else f", ended: {finish.reason}"
    return f"— {answered.offer.id if answered else '?'}{tokens}, {dollars(record.cost_usd)}, {record.total_s:.1f} s{ended}"
