"""Any sequence of edits, undo, accept and reject: a suggestion is for exactly this version, and nothing that was just undone."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.domain.next_edits import NextEdit, Situation, unchanged_ends
from coderoute_ls.lsp_client.scripted_editor import Buffer
from coderoute_ls.next_edit.by_example import candidates
from coderoute_ls.server.language_server import Connection
from tests.server.next_edit.support import Json, ask, editing, offered
from tests.support.editor import ScriptedEditor

WORDS = ("rate", "tax", "prices", "costs", "total", "x", "f(a)", "'é😀'")
WORD = re.compile(r"\b(?:rate|tax|prices|costs|total|result|x)\b|'é😀'")
TEXT = """\
def total(prices, rate):
    result = 0
    for price in prices:
        result = result + price * rate
    return result + rate


def x(prices):
    return total(prices, 2)
"""


class Storm:
    """One session; each example has a document of its own, and a source that also suggests whatever chance has it."""

    loop: asyncio.AbstractEventLoop
    editor: ScriptedEditor
    server: Connection
    chance: Random
    documents = 0
    back: TextEdit | None = None
    """What would bring back what was just undone."""

    async def examples(self, situation: Situation) -> tuple[NextEdit, ...]:
        wild = [self._wild(situation.document) for _ in range(3)]
        found = [*wild, *candidates(situation)[:3]]
        self.chance.shuffle(found)
        back = [] if self.back is None else [self._edit(situation.document, (self.back,))]
        return (*back, *found)

    def _wild(self, document: Document) -> NextEdit:
        """Sure of itself, and about any place, version and text."""
        made = tuple(TextEdit(self._span(document), self.chance.choice(WORDS)) for _ in range(self.chance.choice((1, 1, 2))))
        return replace(self._edit(document, made), version=document.version + self.chance.choice((0, 0, 0, 1, -1)))

    def _edit(self, document: Document, edits: tuple[TextEdit, ...]) -> NextEdit:
        return NextEdit("edit", document.uri, document.version, edits[0].span.start, edits, confidence=1.0)

    def _span(self, document: Document) -> Span:
        """A word mostly, so that the text still parses, or any place."""
        words = list(WORD.finditer(document.text))
        if words and self.chance.random() < 0.8:
            found = self.chance.choice(words)
            return Span(_place(document.text, found.start()), _place(document.text, found.end()))
        line = self.chance.randrange(len(document.lines))
        start = self.chance.randrange(len(document.line(line)) + 1)
        return Span(Position(line, start), Position(line, min(len(document.line(line)), start + 4)))


@pytest.fixture(scope="module")
def storm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    loop, stack, made = asyncio.new_event_loop(), AsyncExitStack(), Storm()
    session = editing(tmp_path_factory.mktemp("storm"), examples=made.examples)
    made.loop = loop
    made.editor, made.server = loop.run_until_complete(stack.enter_async_context(session))
    yield made
    loop.run_until_complete(stack.aclose())
    loop.close()


STEPS = st.lists(
    st.sampled_from(("type", "replace", "delete", "undo", "undo", "ask", "accept", "reject", "ask late", "save")), max_size=25
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30), steps=STEPS)
def test_a_suggestion_changes_its_ranges_on_its_version_and_brings_back_nothing(
    storm: Storm, seed: int, steps: list[str]
) -> None:
    storm.chance = Random(seed)
    storm.documents += 1
    storm.loop.run_until_complete(_play(storm, steps))


async def _play(storm: Storm, steps: list[str]) -> None:
    buffer = storm.editor.open(f"file:///work/{storm.documents}.py", TEXT)
    try:
        await _edited(storm, buffer, steps)
    finally:
        storm.editor.close(buffer)


async def _edited(storm: Storm, buffer: Buffer, steps: list[str]) -> None:
    editor = storm.editor
    past: list[str] = []
    undone: str | None = None
    storm.back = None
    for step in steps:
        if step in ("type", "replace", "delete"):
            past, undone, storm.back = [*past, buffer.text], None, None
            _change(storm, buffer, step)
        elif step == "undo" and past:
            undone = was = buffer.text
            _set(editor, buffer, past.pop())
            storm.back = _difference(buffer.text, was)
        elif step == "save":
            editor.peer.notify("textDocument/didSave", {"textDocument": {"uri": buffer.uri}})
        elif step == "late":
            answer = ask(editor, buffer, _cursor(storm, buffer))
            past, undone, storm.back = [*past, buffer.text], None, None
            _change(storm, buffer, "type")
            assert await offered(answer) is None
        elif step in ("ask", "accept", "reject"):
            offer = await offered(ask(editor, buffer, _cursor(storm, buffer)))
            if offer is None:
                continue
            after = _checked(buffer, offer)
            assert after != undone, (storm.back, offer)
            editor.peer.notify("coderoute/nextEditOutcome", {"item": offer["item"], "outcome": "shown"})
            if step == "accept":
                past, undone, storm.back = [*past, buffer.text], None, None
                editor.edit(buffer, *offer["edits"])
                assert buffer.text == after
            if step != "ask":
                editor.peer.notify("coderoute/nextEditOutcome", {"item": offer["item"], "outcome": f"{step}ed"})
    await editor.settle()
    held = storm.server.session.documents.get(buffer.uri)
    assert held is not None
    assert (held.text, held.version) == (buffer.text, buffer.version)


def _checked(buffer: Buffer, offer: Json) -> str:
    """The text with the suggestion, whose ranges are of this version, in the text, disjoint and in its order."""
    assert (offer["uri"], offer["version"]) == (buffer.uri, buffer.version)
    places = [(buffer.offset(edit["range"]["start"]), buffer.offset(edit["range"]["end"])) for edit in offer["edits"]]
    assert all(one[1] <= two[0] for one, two in pairwise(places))
    text = buffer.text
    for (start, end), edit in reversed(list(zip(places, offer["edits"], strict=True))):
        text = text[:start] + edit["newText"] + text[end:]
    assert text != buffer.text
    return text


def _cursor(storm: Storm, buffer: Buffer) -> Position:
    line = storm.chance.randrange(len(buffer.lines))
    return Position(line, storm.chance.randrange(len(buffer.lines[line].rstrip("\n")) + 1))


def _change(storm: Storm, buffer: Buffer, kind: str) -> None:
    """A word becomes another, a line comes in, or a word goes."""
    if kind == "type":
        line = storm.chance.randrange(len(buffer.lines) - 1)
        blank = re.match(" *", buffer.lines[line])
        text = f"{blank.group() if blank else ''}{storm.chance.choice(WORDS[:5])} = {storm.chance.choice(WORDS)}\n"
        storm.editor.edit(buffer, {"range": buffer.range(Span(Position(line, 0), Position(line, 0))), "newText": text})
    elif words := list(WORD.finditer(buffer.text)):
        found = storm.chance.choice(words)
        span = Span(_place(buffer.text, found.start()), _place(buffer.text, found.end()))
        text = "" if kind == "delete" else storm.chance.choice(WORDS)
        storm.editor.edit(buffer, {"range": buffer.range(span), "newText": text})


def _set(editor: ScriptedEditor, buffer: Buffer, text: str) -> None:
    """Undo as editors tell it: the smallest range that differs."""
    edit = _difference(buffer.text, text)
    editor.edit(buffer, {"range": buffer.range(edit.span), "newText": edit.text})


def _difference(old: str, new: str) -> TextEdit:
    above, below = unchanged_ends(old, new)
    return TextEdit(Span(_place(old, above), _place(old, len(old) - below)), new[above : len(new) - below])


def _place(text: str, offset: int) -> Position:
    return Position(text.count("\n", 0, offset), offset - (text.rfind("\n", 0, offset) + 1))
