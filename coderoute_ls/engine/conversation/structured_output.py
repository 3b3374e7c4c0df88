"""JSON that fits a schema from models that have no such mode: by a tool that must be called, else by JSON mode; checked here, and
asked for once more where it does not fit. The record says which way it was.
"""

import re
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Literal, Protocol, cast

import orjson

from coderoute_ls.domain import Delta, Finish, Message, Prompt
from coderoute_ls.domain.conversation import (
    Note,
    OutputFormat,
    TextPart,
    Tool,
    ToolCallEnd,
    ToolCallPiece,
    ToolCallStart,
    ToolChoice,
)
from coderoute_ls.engine.types import Asked, Done, EngineCall, Event, RoutedCall

Way = Literal["tool", "json"]
WORDS = {
    "tool": Note("schema_by_tool", "The answer's form was held to by a tool that the model had to call."),
    "json": Note("schema_by_json_mode", "The answer's form was asked for in words, in JSON mode."),
}
REPAIRED = Note("schema_repaired", "The first answer did not fit the schema; it was asked for once more.")
AGAIN = Note("schema_again", "The first answer did not fit the schema; this is the second one.")
FAILED = Note("schema_failed", "The answer does not fit the schema, and neither did the first one.")
UNCHECKED = Note("schema_unchecked", "The answer was not checked: `pip install coderoute-ls[schema]` brings the checker.")
MOST_ERRORS = 8
_ASKED = "Answer with one JSON value that fits this JSON Schema, and nothing else:\n"


class Run(Protocol):
    """Asks the offers that a decision names, without anything of this module."""

    def __call__(self, call: EngineCall | RoutedCall) -> AsyncGenerator[Event, None]: ...


def ways(prompt: Prompt) -> Iterator[Way]:
    """How else than natively this prompt's schema can be had, the better way first. A prompt with tools of its own cannot be made
    to call another one; one that lets nothing be lost is asked natively or not at all."""
    if prompt.loss != "warn" or prompt.output is None or prompt.output.kind != "schema":
        return
    if not prompt.tools and prompt.output.schema.get("type") == "object":
        yield "tool"
    yield "json"


def lowered(call: EngineCall, way: Way) -> EngineCall:
    """The call as it is asked of a model without a mode for schemas."""
    output = call.prompt.output
    assert output is not None
    return replace(call, prompt=_prompt(call.prompt, output, way), schema=output, schema_way=way)


def _prompt(prompt: Prompt, output: OutputFormat, way: Way) -> Prompt:
    if way == "tool":
        words = output.description or "Gives the answer. Call it once, with all of the answer."
        tool = Tool(output.name, words, output.schema, output.strict)
        return replace(prompt, output=None, tools=(tool,), tool_choice=ToolChoice("tool", output.name), parallel=None)
    wanted = _ASKED + orjson.dumps(dict(output.schema)).decode()
    if prompt.system_parts:
        return replace(prompt, output=OutputFormat("json"), system_parts=(*prompt.system_parts, TextPart(wanted)))
    return replace(prompt, output=OutputFormat("json"), system=f"{prompt.system}\n\n{wanted}".lstrip())


def otherwise(decide: Callable[[EngineCall], RoutedCall], routed: RoutedCall) -> RoutedCall:
    """No offer above the floor has a mode for the answer's schema: the first other way that an offer above it can go, else the
    decision as it is."""
    best = routed
    for way in ways(routed.call.prompt):
        other = decide(lowered(routed.call, way))
        if other.decision.chosen is not None and other.decision.unmet is None:
            return other
        if best.decision.chosen is None:
            best = other
    return best


async def answered(run: Run, routed: RoutedCall, again: Callable[[EngineCall], RoutedCall]) -> AsyncGenerator[Event, None]:
    """The events of such a call: the text comes when it is whole and was checked. ``again`` decides on the second question."""
    call = routed.call
    output, way = call.schema, call.schema_way
    assert output is not None and way
    yield WORDS[way]
    first = _Reading(run, routed, way, [WORDS[way]])
    async with aclosing(first.events()) as events:
        async for event in events:
            yield event
    problems = first.problems(output)
    last, notes = first, [WORDS[way]]
    if problems is None:
        yield UNCHECKED
        notes.append(UNCHECKED)
    elif problems and first.finish is not None and first.finish.reason in ("stop", "tool_calls", "length"):
        second = _Reading(run, again(_repair(call, first.text, problems)), way, [WORDS[way], AGAIN])
        async with aclosing(second.events()) as events:
            async for event in events:
                yield event
        note = FAILED if second.problems(output) else REPAIRED
        yield note
        notes.append(note)
        last = second
    if last.text:
        yield Delta(last.text)
    finish = last.finish
    if finish is not None:
        if finish.reason == "tool_calls" and last.called:
            finish = replace(finish, reason="stop")
        yield finish
    if last.done is not None:
        record = last.done.record
        yield Done(replace(record, finish=finish, notes=(*record.notes, *(note.message for note in notes[1:]))))


class _Reading:
    """One answer, its text held back."""

    def __init__(self, run: Run, routed: RoutedCall, way: Way, notes: list[Note]) -> None:
        self._run = run
        because = " ".join(filter(None, (routed.call.because, *(note.message for note in notes))))
        self._routed = replace(routed, call=replace(routed.call, schema_way="", because=because))
        self._way = way
        self.text = ""
        self.called = False
        self.finish: Finish | None = None
        self.done: Done | None = None

    async def events(self) -> AsyncGenerator[Event, None]:
        """What is told at once: who is asked, reasoning, losses. Everything else waits in the fields."""
        async with aclosing(self._run(self._routed)) as events:
            async for event in events:
                match event:
                    case Asked():
                        self.text, self.called = "", False
                        yield replace(event, restart=False)
                    case Delta():
                        if not self.called:
                            self.text += event.text
                        if event.reasoning:
                            yield Delta("", event.reasoning)
                    case ToolCallStart() | ToolCallPiece() if self._way == "tool":
                        pass
                    case ToolCallEnd() if self._way == "tool":
                        if not self.called:
                            self.text, self.called = event.arguments, True
                    case Finish():
                        self.finish = event
                    case Done():
                        self.done = event
                    case _:
                        yield event

    def problems(self, output: OutputFormat) -> list[str] | None:
        """What does not fit, in words; None where it cannot be checked. What is around the JSON is cut off first."""
        self.text = _bare(self.text)
        try:
            value: object = orjson.loads(self.text)
        except orjson.JSONDecodeError as error:
            return [f"It is no JSON: {error}"]
        return violations(output, value)


def violations(output: OutputFormat, value: object) -> list[str] | None:
    """What of this value does not fit the schema; None where there is no checker. References to other addresses are not
    followed."""
    try:
        from jsonschema import exceptions, validators
        from referencing import Registry
        from referencing.exceptions import Unresolvable
    except ImportError:
        return None
    schema = dict(output.schema)
    checker = cast("Any", validators).validator_for(schema, default=validators.Draft202012Validator)
    try:
        nowhere = cast("Any", Registry)()
        found = checker(schema, registry=nowhere).iter_errors(value)
        return [f"{error.json_path}: {error.message[:200]}" for _, error in zip(range(MOST_ERRORS), found, strict=False)]
    except (Unresolvable, exceptions.SchemaError, exceptions.UnknownType, re.error, RecursionError):
        return None


def _repair(call: EngineCall, answer: str, problems: list[str]) -> EngineCall:
    """The question once more, with what was wrong with the answer."""
    words = "That does not fit the schema:\n" + "\n".join(f"- {problem}" for problem in problems) + "\nAnswer again, all of it."
    said = (Message("assistant", answer or "(nothing)"), Message("user", words))
    return replace(call, prompt=replace(call.prompt, messages=(*call.prompt.messages, *said)))


def _bare(text: str) -> str:
    """The JSON without a fence or words around it."""
    text = text.strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].rpartition("```")[0].strip() or text
    return text
