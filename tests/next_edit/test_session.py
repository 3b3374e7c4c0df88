"""One session's next edits: off means off, one suggestion at a time, and the ledger hears what became of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from coderoute_ls.domain import LedgerEntry, NullLedger, Outcome, Position
from coderoute_ls.domain.next_edits import NextEdit, Situation
from coderoute_ls.next_edit.by_example import candidates
from coderoute_ls.next_edit.suggestion_from_answer import model_edit
from coderoute_ls.next_edit.suggestion_session import Asked, NextEdits
from coderoute_ls.settings.all_settings import NextEditSettings
from tests.next_edit.support import document, edit

BEFORE = "a = old(1, 2)\nb = 3\nc = old(1, 2)\nd = 4\ne = old(1, 2)\n"


class StillClock:
    at = 10.0

    def now(self) -> float:
        return 1_000.0

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        del seconds


@dataclass
class Kept(NullLedger):
    rows: list[LedgerEntry] = field(default_factory=list[LedgerEntry])
    words: list[str] = field(default_factory=list[str])

    def record(self, call: LedgerEntry) -> None:
        self.rows.append(call)

    def outcome(self, call_id: str, outcome: Outcome, chars: int | None = None) -> None:
        del call_id, chars
        self.words.append(outcome)


@dataclass
class Scene:
    edits: NextEdits
    ledger: Kept
    asked: list[str]
    others: list[int]


def scene(settings: NextEditSettings, allowed: Callable[[str], bool] = lambda _: True) -> Scene:
    """A session in which ``old`` became ``new`` in two of three lines; the model would change the last line."""
    asked: list[str] = []
    others: list[int] = []

    async def examples(moment: Situation) -> tuple[NextEdit, ...]:
        asked.append("examples")
        others.append(len(moment.others))
        return tuple(candidates(moment))

    async def model(moment: Situation) -> NextEdit | None:
        asked.append("model")
        return model_edit(moment.document, 3, 4, ["d = 5"], "a model says so")

    ledger = Kept()
    edits = NextEdits(StillClock(), ledger, allowed=allowed, examples=examples, model=model)
    first = document(BEFORE, 1)
    second = document(BEFORE.replace("old", "new", 1), 2)
    third = document(BEFORE.replace("old", "new", 2), 3)
    edits.changed(first, second, [edit(0, 4, 7, "new")], settings)
    edits.changed(second, third, [edit(2, 4, 7, "new")], settings)
    return Scene(edits, ledger, asked, others)


NOW = Asked(document(BEFORE.replace("old", "new", 2), 3), Position(2, 7), others=(document("x = 1\n", 1, uri="file:///w/b.py"),))


async def test_the_last_edits_are_offered_again_and_booked() -> None:
    here = scene(NextEditSettings())
    found = await here.edits.suggest(NOW, NextEditSettings())
    assert found is not None
    assert found.edits[0].span.start == Position(4, 4)
    here.edits.shown(found)
    assert here.edits.accepted(found.id) is found
    assert here.edits.accepted(found.id) is None
    assert [row.action for row in here.ledger.rows] == ["next_edit"]
    assert here.ledger.words == ["shown", "accepted"]
    assert "line 5" in here.edits.why()
    assert "repeats 2 of your edits" in here.edits.why()


async def test_what_was_rejected_does_not_come_again() -> None:
    here = scene(NextEditSettings(from_="examples"))
    found = await here.edits.suggest(NOW, NextEditSettings(from_="examples"))
    assert found is not None
    here.edits.shown(found)
    here.edits.rejected(found.id)
    assert await here.edits.suggest(NOW, NextEditSettings(from_="examples")) is None
    assert here.ledger.words == ["shown", "rejected"]


@pytest.mark.parametrize("settings", [NextEditSettings(enable=False), NextEditSettings(languages_off=("python",))])
async def test_off_means_that_nothing_is_looked_for_or_asked(settings: NextEditSettings) -> None:
    here = scene(settings)
    assert await here.edits.suggest(NOW, settings) is None
    assert here.asked == []
    assert await here.edits.suggest(NOW, NextEditSettings(from_="examples")) is None
    assert here.asked == []  # nothing was remembered either


async def test_from_says_who_is_asked() -> None:
    for settings, wanted in ((NextEditSettings(from_="examples"), "examples"), (NextEditSettings(from_="models"), "model")):
        here = scene(settings)
        assert await here.edits.suggest(NOW, settings) is not None
        assert here.asked == [wanted]


async def test_other_files_are_looked_through_only_where_the_setting_says_so() -> None:
    for cross_file, count in ((True, 1), (False, 0)):
        settings = NextEditSettings(cross_file=cross_file)
        here = scene(settings)
        await here.edits.suggest(NOW, settings)
        assert here.others == [count]


async def test_ignored_and_secret_files_are_never_read_or_sent() -> None:
    here = scene(NextEditSettings(), allowed=lambda path: "/w/a" not in path)
    assert await here.edits.suggest(NOW, NextEditSettings()) is None
    assert here.asked == []


async def test_a_suggestion_for_a_text_that_changed_meanwhile_is_dropped() -> None:
    settings = NextEditSettings()
    here = scene(settings)
    here.edits.changed(NOW.document, document(BEFORE, 4), [edit(4, 0, 0, "#")], settings)
    assert await here.edits.suggest(NOW, settings) is None


def test_the_wait_after_an_edit_is_never_shorter_than_the_setting() -> None:
    clock = StillClock()

    async def nothing(moment: Situation) -> tuple[NextEdit, ...]:
        del moment
        return ()

    edits = NextEdits(clock, NullLedger(), allowed=lambda _: True, examples=nothing)
    settings = NextEditSettings(debounce_ms=200)
    assert edits.wait_s(settings) == 0.2
    for version in range(60):
        clock.at += 0.4
        edits.changed(document(BEFORE, version), document(BEFORE, version + 1), [edit(0, 0, 0, "x")], settings)
    assert 0.2 < edits.wait_s(settings) <= 0.8
