"""What the user made of earlier answers moves a choice, visibly, within bounds, and only where that is wished."""

from collections.abc import Mapping

from coderoute_ls.app.health_store import HealthStore
from coderoute_ls.cli._folder_settings import actions
from coderoute_ls.domain import Document, Message, NullLedger, Position, Prompt, ProviderState, Span, Target
from coderoute_ls.engine import EngineCall, Router, SystemClock
from coderoute_ls.engine.score_corrections import corrected
from coderoute_ls.selection import explain
from coderoute_ls.selection.record import DecisionRecord, record, replay
from coderoute_ls.selection.report.decision_explanation import explain_text
from coderoute_ls.settings import effective, parse
from tests.selection.build import catalog, offer

CHEAP, GOOD = offer("v/cheap", 0.49, 0.1, 0.1), offer("v/good", 0.6, 5, 5)
"""The floor of an explanation is 0.50."""
NOWHERE = Span(Position(0, 0), Position(0, 0))


class Remembering(NullLedger):
    def corrections(self, action: str) -> Mapping[str, float]:
        return {"v/cheap": 0.03, "v/gone": 0.05} if action == "explain" else {}


def router() -> Router:
    known = catalog(CHEAP, GOOD)
    made = Router(
        lambda: known,
        ledger=Remembering(),
        experience=HealthStore(None),
        clock=SystemClock(),
        actions=actions(),
        answers=frozenset(),
    )
    made.use(lambda: known, {"v": ProviderState(reachable=True)})
    return made


def call(*, learn: bool, action: str = "explain") -> EngineCall:
    layer, _ = parse({"learn": learn}, actions(), "user")
    target = Target(Document("file:///a.py", "python", 1, ("x = 1\n", "")), NOWHERE)
    return EngineCall(actions()[action], Prompt(messages=(Message("user", "x" * 400),)), target, NOWHERE, effective(layer))


def test_experience_moves_the_choice_only_where_the_user_said_so() -> None:
    chooses = router()
    for learn, expected in ((False, "v/good"), (True, "v/cheap"), (False, "v/good")):
        chosen = chooses.decide(call(learn=learn))[0].chosen
        assert chosen is not None
        assert chosen.offer.id == expected


def test_experience_with_one_action_says_nothing_about_another() -> None:
    plain, _ = router().decide(call(learn=False, action="document"))
    learned, _ = router().decide(call(learn=True, action="document"))
    assert learned.chosen == plain.chosen


def test_the_record_shows_the_correction_beside_the_score_and_can_be_replayed() -> None:
    chooses = router()
    decision, state = chooses.decide(call(learn=True))
    told = record(explain(decision.request, corrected(chooses.catalog, "coding", {"v/cheap": 0.03}), state), state)
    typed = DecisionRecord.model_validate(told)
    assert typed.chosen is not None
    assert typed.chosen.score is not None
    assert (round(typed.chosen.score.value, 9), typed.chosen.score.correction) == (0.52, 0.03)
    assert "+0.030 of it from your own experience" in explain_text(typed)
    again = replay(told).chosen
    assert again is not None
    assert again.offer.id == "v/cheap"


def test_scores_stay_on_their_scale_and_unscored_offers_stay_unscored() -> None:
    best, unscored = offer("v/best", 0.99), offer("v/unscored", None)
    moved = corrected(catalog(best, unscored), "coding", {"v/best": 0.05, "v/unscored": 0.05}).by_id
    assert moved["v/best"].scores["coding"].value == 1.0
    assert moved["v/unscored"].scores == {}


def test_nothing_learned_is_the_same_catalogue() -> None:
    plain = catalog(CHEAP, GOOD)
    assert corrected(plain, "coding", {}) is plain
