"""The small rules: when to suggest, one line or several, the cache, debounce, contexts, counting."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.completion import Completer, Prospect
from coderoute_ls.completion.cache import CompletionCache
from coderoute_ls.completion.cursor.accepted_document import accepted
from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.cursor.cursor_context import CursorContext
from coderoute_ls.completion.cursor.multiline import several
from coderoute_ls.completion.debounce import LONGEST_S, Rhythm, wait_s
from coderoute_ls.completion.request import DRAFT_AFTER_S
from coderoute_ls.completion.types import Remembered
from coderoute_ls.domain import Document, Draft, Position
from coderoute_ls.domain.ledger import LedgerEntry, NullLedger, Outcome
from coderoute_ls.settings.all_settings import Inline
from coderoute_ls.text import split_lines
from tests.completion.support import Buffer, ScriptedModel, StandingClock
from tests.support.markers import unmark

KEY = "AKIA" + "ABCDEFGHIJ234567"


def opened(marked: str, language: str = "python") -> tuple[Document, Position]:
    text, span = unmark(marked)
    return Document("file:///w/a", language, 1, tuple(split_lines(text)), "/w/a"), span.start


# -- gates ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marked", "why"),
    [
        ("total = $0 compute(a, b) + c", "text after cursor"),
        ("$0", "empty file"),
        (f"# {KEY}$0\n", "secret"),
        ('x = """-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n$0\n-----END RSA PRIVATE KEY-----"""\n', "secret"),
    ],
)
async def test_some_places_are_no_places_for_ghost_text(marked: str, why: str) -> None:
    model = ScriptedModel()
    completer = Completer(model, StandingClock())
    assert (await Buffer(completer, marked).ask()).why == why
    assert not model.asked
    await completer.close()


@pytest.mark.parametrize("marked", ["call($0);", "call($0, b)", "x = [$0]  ", "f('$0')", "value$0\n", "\n$0\nx = 1\n"])
async def test_closers_and_short_rests_of_a_line_are_no_obstacle(marked: str) -> None:
    model, clock = ScriptedModel(), StandingClock()
    completer = Completer(model, clock)
    asking = Buffer(completer, marked).ask()
    await clock.pass_s(0.5)
    assert len(model.asked) == 1
    await completer.close()
    await asking


async def test_nothing_is_suggested_right_after_a_deletion() -> None:
    model, clock = ScriptedModel(), StandingClock()
    completer = Completer(model, clock)
    buffer = Buffer(completer, "value = comp$0\n")
    buffer.delete()
    assert (await buffer.ask()).why == "deletion"
    buffer.type("p")
    asking = buffer.ask()
    await clock.pass_s(0.5)
    assert len(model.asked) == 1
    await completer.close()
    await asking


@pytest.mark.parametrize("invoked", [False, True])
async def test_secrets_and_ignored_files_stay_closed_even_when_asked_by_hand(invoked: bool) -> None:
    model = ScriptedModel()
    completer = Completer(model, StandingClock(), allowed=lambda path: not path.endswith(".env"))
    secret = Buffer(completer, f"# {KEY}$0\n")
    ignored = Buffer(completer, "x = $0\n", uri="file:///w/.env")
    assert (await secret.ask(invoked=invoked)).why == "secret"
    assert (await ignored.ask(invoked=invoked)).why == "ignored file"
    assert not model.asked
    await completer.close()


async def test_languages_can_be_switched_off() -> None:
    completer = Completer(ScriptedModel(), StandingClock())
    assert (await Buffer(completer, "x = $0", inline=Inline(languages_off=("python",))).ask()).why == "language"
    await completer.close()


# -- one line or several --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marked", "language", "expected"),
    [
        ("def f(a):$0", "python", True),
        ("def f(a):\n    $0", "python", True),
        ("if (a) {$0", "typescript", True),
        ("items.map((a) => {$0})", "typescript", True),
        ("func f() {\n\t$0\n}", "go", True),
        ("match a {$0", "rust", True),
        ("values = [$0", "java", True),
        ("while true; do$0", "shellscript", True),
        ("total = $0", "python", False),
        ("a.$0", "typescript", False),
        ("f($0, b)", "c", False),
        ("# what this does:$0", "python", False),
        ("/* first\n   $0\n */\n", "c", False),
        ('"""What it does.\n\n$0\n"""\n', "python", False),
        ("    $0", "cobol", True),
    ],
)
def test_several_lines_where_a_block_begins_or_a_line_is_empty(marked: str, language: str, expected: bool) -> None:
    cursor = Cursor(*opened(marked, language))
    assert several(cursor, "auto") is expected
    assert several(cursor, "always") is True
    assert several(cursor, "never") is False


# -- memory ---------------------------------------------------------------------------------------------------------------


def test_an_answer_is_for_its_surroundings_and_its_settings() -> None:
    document, position = opened("a = $0\nb = 1\n")
    cache, context = CompletionCache(), CursorContext.of(document, position, "one")
    cache.remember(context, Remembered("compute()"), 0.0)
    assert cache.recall(context, 1.0) is not None
    other, _ = opened("a = $0\nb = 2\n")
    assert cache.recall(CursorContext.of(other, position, "one"), 1.0) is None, (
        "the text after the cursor belongs to the question"
    )
    assert cache.recall(CursorContext.of(document, position, "two"), 1.0) is None
    assert cache.recall(context, 301.0) is None


def test_the_memory_forgets_the_oldest_first_and_holds_no_more_than_it_may() -> None:
    cache = CompletionCache(entries=3)
    contexts = [CursorContext.of(*opened(f"value_{number} = $0\n")) for number in range(5)]
    for context in contexts:
        cache.remember(context, Remembered("compute()"), 0.0)
    assert len(cache) == 3
    assert [cache.recall(context, 1.0) is not None for context in contexts] == [False, False, True, True, True]


@settings(deadline=None)
@given(st.text("ab() \n", min_size=1, max_size=30), st.integers(0, 30))
def test_what_is_recalled_is_exactly_what_is_left_of_the_answer(text: str, typed: int) -> None:
    typed = min(typed, len(text) - 1)
    document, position = opened("first line\nx = $0\nlast\n")
    cache = CompletionCache()
    cache.remember(CursorContext.of(document, position), Remembered(text), 0.0)
    later, cursor = accepted(document, position, text[:typed], 0)
    recalled = cache.recall(CursorContext.of(later, cursor), 1.0)
    assert recalled is not None
    assert recalled.answers[0].text == text[typed:]


@settings(deadline=None)
@given(st.text("ab() \n\r", max_size=20), st.integers(0, 3))
def test_the_document_after_accepting_is_the_text_with_the_answer_in_it(text: str, replaces: int) -> None:
    document, position = opened("one\r\ntwo $0)))\r\nthree")
    after, cursor = accepted(document, position, text, replaces)
    assert after.text == "one\r\ntwo " + text + ")))"[replaces:] + "\r\nthree"
    assert split_lines(after.text) == list(after.lines) or "\r" in text
    assert "".join(after.lines[: cursor.line]) + after.lines[cursor.line][: cursor.character] == "one\r\ntwo " + text


# -- debounce -------------------------------------------------------------------------------------------------------------

seconds = st.floats(0.0, 2.0)


@settings(deadline=None)
@given(seconds, st.one_of(st.none(), seconds), st.one_of(st.none(), seconds))
def test_the_wait_is_within_its_bounds(shortest: float, gap: float | None, first: float | None) -> None:
    assert shortest <= wait_s(shortest, gap, first) <= max(shortest, LONGEST_S)
    assert wait_s(shortest, gap, first, local=True) <= wait_s(shortest, gap, first)
    assert wait_s(shortest, gap, first, local=True) <= max(shortest, DRAFT_AFTER_S - 0.01)


@settings(deadline=None)
@given(seconds, seconds, seconds, seconds, seconds)
def test_a_slower_typist_and_a_slower_model_never_make_it_shorter(
    shortest: float, gap: float, more: float, first: float, later: float
) -> None:
    assert wait_s(shortest, gap, first) <= wait_s(shortest, gap + more, first)
    assert wait_s(shortest, gap, first) <= wait_s(shortest, gap, first + later)


def test_the_rhythm_is_learned_from_typing_and_not_from_pauses() -> None:
    rhythm = Rhythm()
    now = 0.0
    assert rhythm.gap_s is None
    for _ in range(20):
        now += 0.15
        rhythm.key(now)
    rhythm.key(now + 30.0)
    assert rhythm.gap_s == pytest.approx(0.15)


async def test_a_fast_model_is_asked_sooner_than_a_slow_one_by_the_same_typist() -> None:
    waits: list[float] = []
    for first_token_s in (0.05, 1.0):
        model, clock = ScriptedModel(Prospect(first_token_s=first_token_s)), StandingClock()
        completer = Completer(model, clock)
        buffer = Buffer(completer, "x = 1\n$0\n")
        for letter in "value = compute(al":
            await clock.pass_s(0.2)
            buffer.type(letter)
        began = clock.monotonic()
        asking = buffer.ask()
        while not model.asked:
            await clock.pass_s(0.005)
        waits.append(clock.monotonic() - began)
        await completer.close()
        await asking
    assert 0.075 <= waits[0] < waits[1] <= LONGEST_S


# -- counting -------------------------------------------------------------------------------------------------------------


class RecordedLedger(NullLedger):
    """A ledger that only remembers what it was told."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.calls: list[LedgerEntry] = []

    def outcome(self, call_id: str, outcome: Outcome, chars: int | None = None) -> None:
        del call_id, chars
        self.outcomes.append(outcome)

    def record(self, call: LedgerEntry) -> None:
        self.calls.append(call)


async def shown(look_s: float) -> tuple[Completer, RecordedLedger, Buffer, str, StandingClock, list[tuple[Draft, bool]]]:
    model, clock, ledger = ScriptedModel(), StandingClock(), RecordedLedger()
    learned: list[tuple[Draft, bool]] = []
    completer = Completer(model, clock, ledger=ledger, feedback=lambda draft, accepted: learned.append((draft, accepted)))
    buffer = Buffer(completer, "x = $0\n")
    asking = buffer.ask()
    await clock.pass_s(0.1)
    await model.asked[0].answer("compute()\n")
    item = (await asking).items[0].id
    await clock.pass_s(look_s)
    return completer, ledger, buffer, item, clock, learned


async def test_an_accepted_suggestion_is_counted_once() -> None:
    completer, ledger, _, item, _, _ = await shown(1.0)
    completer.on_accept(item)
    completer.on_accept(item)
    assert ledger.outcomes == ["shown", "accepted"]
    assert completer.tally.counts["accepted"] == 1
    await completer.close()


@pytest.mark.parametrize(("look_s", "outcomes"), [(0.3, ["shown"]), (2.0, ["shown", "rejected"])])
async def test_a_suggestion_that_was_read_and_passed_by_is_rejected(look_s: float, outcomes: list[Outcome]) -> None:
    completer, ledger, buffer, _, clock, _ = await shown(look_s)
    buffer.type("other")
    asking = buffer.ask()
    await clock.pass_s(0.01)
    assert ledger.outcomes == outcomes
    assert completer.tally.counts["read"] == len(outcomes) - 1
    await completer.close()
    await asking


async def test_what_is_typed_through_is_shown_once_and_recorded_as_typed() -> None:
    completer, ledger, buffer, _, _, _ = await shown(0.1)
    for letter in "comp":
        buffer.type(letter)
        await buffer.ask()
    assert ledger.outcomes == ["shown"]
    assert [call.answered_by for call in ledger.calls] == ["typed"], "four keys, one record"
    assert completer.tally.counts["typed"] == 4
    await completer.close()


async def test_what_was_typed_to_its_end_is_not_rejected() -> None:
    completer, ledger, buffer, _, clock, _ = await shown(1.0)
    for letter in "compute()":
        buffer.type(letter)
        await buffer.ask() if letter != ")" else None
    asking = buffer.ask()
    await clock.pass_s(0.01)
    assert ledger.outcomes == ["shown"]
    await completer.close()
    await asking


def test_the_moment_before_typing_is_found_again() -> None:
    document, position = opened("x = compute($0)\n")
    context = CursorContext.of(document, position)
    assert context.auto_closed("compute(") == 1
    assert context.auto_closed("compute") == 0
    assert replace(context, before="x = ", after="\n").key == context.earlier(8, 1)
