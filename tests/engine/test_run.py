"""One call: who is asked, what happens when they fail, and what is counted."""

from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from coderoute_ls.actions import actions
from coderoute_ls.app.prompt_log import PromptLog
from coderoute_ls.domain import Answer, Chosen, Cost, Delta, FimSupport, Finish, Position, Span, Target, Usage
from coderoute_ls.domain.ledger import Limits, Reservation
from coderoute_ls.engine import Asked, Done
from coderoute_ls.engine.attempt import Attempt
from coderoute_ls.errors import (
    AuthenticationFailed,
    BudgetExceeded,
    ConnectionFailed,
    ContentRefused,
    ContextTooLong,
    ModelNotAllowed,
    NoOffer,
    ProviderUnavailable,
    RateLimited,
    RequestRejected,
    SecretFound,
)
from coderoute_ls.ignore import redact
from coderoute_ls.selection import EMBEDDED
from coderoute_ls.settings import effective, parse
from coderoute_ls.storage import Unwritten
from tests.engine.support import CHEAP, DEAR, THIRD, Clock, Embedded, Ledger, Step, answer, call, heard, offer, world


def text(events: list[object]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


async def test_the_cheapest_is_asked_and_its_bill_is_in_the_record_and_the_ledger() -> None:
    here = world({"cheap": [answer("fine", tokens=1_000)]})
    events = await heard(here.engine, call())
    assert here.upstream.asked == ["cheap"]
    asked, *_, done = events
    assert isinstance(asked, Asked) and isinstance(done, Done)
    assert text([*events]) == "fine"
    assert done.record.cost_usd == pytest.approx(2_000 * 1e-6)
    assert here.engine.records.last("explain") == done.record
    (row,) = here.ledger.rows
    assert (row.id, row.offer, row.billed_usd) == (asked.call, "cheap/m", pytest.approx(0.002))
    assert row.alternative.strongest_usd is not None


async def test_the_wish_for_privacy_goes_along_with_the_request() -> None:
    private = replace(CHEAP, privacy=("no_training",))
    here = world({"cheap": [answer()]}, [private])
    await heard(here.engine, call(privacy="no_training"))
    assert here.upstream.prompts[0].privacy == "no_training"


async def test_before_the_first_token_the_next_offer_takes_over_unseen() -> None:
    here = world({"cheap": [[ProviderUnavailable("down", provider="cheap")]], "dear": [answer()]})
    events = await heard(here.engine, call())
    assert here.upstream.asked == ["cheap", "dear"]
    assert [e.restart for e in events if isinstance(e, Asked)] == [False, False]
    record = here.engine.records.last()
    assert record is not None
    assert [hop.offer for hop in record.hops] == ["cheap/m"]


async def test_after_the_first_token_the_next_offer_starts_again_and_says_so() -> None:
    broken = [Delta("half an ans"), ConnectionFailed("lost", after_text=True)]
    here = world({"cheap": [broken], "dear": [answer("whole")]})
    events = await heard(here.engine, call())
    assert [e.restart for e in events if isinstance(e, Asked)] == [False, True]
    assert [row.error for row in here.ledger.rows] == ["ConnectionFailed", ""]


def test_loading_a_model_says_nothing_about_its_speed() -> None:
    clock = Clock()
    attempt = Attempt(Chosen(CHEAP, None, Cost(0.0, 0.0), ""), None, clock)
    clock.time += 5
    attempt.see(Delta("fi"))
    clock.time += 1
    attempt.see(Finish("stop", Usage(9, 4), waited_s=4.5))
    assert (attempt.first_token_s, attempt.tokens_per_s) == (0.5, 4.0)


async def test_a_conversation_with_a_local_server_says_nothing_about_its_ghost_text() -> None:
    server = replace(CHEAP, local=True, fim=FimSupport("ollama"))
    here = world({"cheap": [answer()], "dear": [answer()]}, [server, DEAR])
    await heard(here.engine, call())
    await heard(here.engine, replace(call(), pinned="dear/m"))
    health = here.engine.router.health
    assert (health["cheap/m"].first_token_s, health["dear/m"].first_token_s) == (None, 0.0)


async def test_a_stream_that_ends_without_its_end_sign_counts_as_failed() -> None:
    here = world({"cheap": [[Delta("cut"), Finish("incomplete")]], "dear": [answer("whole")]})
    events = await heard(here.engine, call())
    assert here.upstream.asked == ["cheap", "dear"]
    assert text([*events]) == "cutwhole"


async def test_a_short_retry_after_is_waited_for_once_and_a_long_one_means_the_next_offer() -> None:
    soon, late = RateLimited("slow down", retry_after=1.5), RateLimited("slow down", retry_after=60)
    here = world({"cheap": [[soon], answer()]})
    began = here.clock.now()
    await heard(here.engine, call())
    assert here.upstream.asked == ["cheap", "cheap"]
    assert here.clock.now() - began == 1.5
    there = world({"cheap": [[late]], "dear": [answer()]})
    await heard(there.engine, call())
    assert there.upstream.asked == ["cheap", "dear"]
    assert there.engine.router.health["cheap/m"].limited_until == there.clock.now() + 60


async def test_a_refused_key_is_latched_for_a_while_and_no_longer_than_the_configuration() -> None:
    refused: list[Step] = [AuthenticationFailed("401", provider="cheap")]
    usual = answer(tokens=14)  # as many as expected: the prices stay where they were
    here = world({"cheap": [refused, refused, usual, usual], "dear": [usual for _ in range(9)]})
    for wait, asked in ((0.0, "cheap"), (59.0, "dear"), (1.0, "cheap"), (299.0, "dear"), (1.0, "cheap")):
        here.clock.time += wait
        here.upstream.asked.clear()
        await heard(here.engine, call())
        assert here.upstream.asked[0] == asked
    router = here.engine.router
    catalog = router.catalog
    router.use(lambda: catalog, {name: type(s)(reachable=True, blocked="") for name, s in router.providers.items()})
    await heard(here.engine, call())
    assert here.upstream.asked[-1] == "cheap"


async def test_a_model_that_the_vendor_withholds_is_left_alone_at_every_effort() -> None:
    plain, hard = offer("cheap", 1.0), replace(offer("cheap", 1.1), id="cheap/m@high", effort="high")
    here = world({"cheap": [[ModelNotAllowed("403")], answer()], "dear": [answer(), answer()]}, (plain, hard, DEAR))
    await heard(here.engine, call())
    await heard(here.engine, call())
    assert here.upstream.asked == ["cheap", "dear", "dear"]


async def test_a_refusal_of_one_request_leaves_the_vendor_usable() -> None:
    for refusal in (RequestRejected("402 fewer max_tokens"), ContentRefused("a guardrail")):
        here = world({"cheap": [[refusal], answer()], "dear": [answer()]})
        with suppress(RequestRejected):
            await heard(here.engine, call())
        assert not here.engine.router.providers["cheap"].blocked
        await heard(here.engine, call())
        assert here.upstream.asked[-1] == "cheap"


async def test_a_refusal_by_policy_is_not_shopped_around() -> None:
    here = world({"cheap": [[ContentRefused("no")]]})
    with pytest.raises(ContentRefused):
        await heard(here.engine, call())
    assert here.upstream.asked == ["cheap"]


async def test_an_overflow_goes_to_a_larger_window_only() -> None:
    small, same, large = offer("cheap", 1, context=50_000), offer("dear", 2, context=50_000), offer("third", 2.5, context=90_000)
    here = world({"cheap": [[ContextTooLong("too long")]], "third": [answer()]}, (small, same, large))
    await heard(here.engine, call())
    assert here.upstream.asked == ["cheap", "third"]


async def test_when_all_fail_the_last_reason_is_the_answer_and_the_record_names_every_hop() -> None:
    down = [ProviderUnavailable("down")]
    here = world({"cheap": [down], "dear": [down], "third": [down]})
    with pytest.raises(ProviderUnavailable, match="down"):
        await heard(here.engine, call(embedded={"enable": False}))
    record = here.engine.records.last()
    assert record is not None and record.answered is None
    assert len(record.hops) == 3


async def test_when_all_fail_the_built_in_engine_answers_and_says_why() -> None:
    down: list[Step] = [ProviderUnavailable("It is down.")]
    here = world({"cheap": [down], "dear": [down], "third": [[Delta("half"), ProviderUnavailable("It is down.")]]})
    events = await heard(here.engine, call())
    *_, last = (event for event in events if isinstance(event, Asked))
    assert (last.chosen.offer, last.restart) == (EMBEDDED, True), "the half answer is to be taken back"
    assert last.chosen.why == "It is down. The built-in engine answers instead"
    assert last.decision.unmet is not None
    assert text([*events]) == "halfby structure\nonly\n"
    record = here.engine.records.last()
    assert record is not None and record.answered == last.chosen
    assert [hop.offer for hop in record.hops] == ["cheap/m", "dear/m", "third/m"]


async def test_the_built_in_engine_stands_in_for_nobody_who_was_asked_by_name() -> None:
    here = world({"dear": [[ProviderUnavailable("down")]]})
    with pytest.raises(ProviderUnavailable, match="down"):
        await heard(here.engine, replace(call(), pinned="dear/m"))


class Silent(Embedded):
    """Has no answer."""

    async def answer(self, action: str, target: Target, region: Span) -> Answer | None:
        del action, target, region


async def test_what_the_built_in_engine_cannot_answer_fails_with_the_models_reason() -> None:
    here = world({"cheap": [[ProviderUnavailable("down")]]}, [CHEAP], embedded=Silent())
    with pytest.raises(ProviderUnavailable, match="down"):
        await heard(here.engine, call())


async def test_closing_early_closes_the_connection_and_bills_what_had_come() -> None:
    here = world({"cheap": [[Delta("x" * 400), Delta("never read"), Finish("stop", Usage())]]})
    async with aclosing(here.engine.run(call())) as events:
        async for event in events:
            if isinstance(event, Delta):
                break
    assert here.upstream.closed == ["cheap"]
    (row,) = here.ledger.rows
    assert row.output_tokens == 100
    assert row.billed_usd > 0
    assert here.engine.records.last() is not None


async def test_closing_before_anything_came_gives_the_money_back() -> None:
    here = world({"cheap": [[Delta("later")]]})
    async with aclosing(here.engine.run(call())) as events:
        assert isinstance(await anext(events), Asked)
    assert here.ledger.rows == []


class Spent(Ledger):
    """A budget that is used up, and known to be."""

    def left_usd(self, workspace: str, limits: Limits) -> float | None:
        return 0.0


async def test_without_money_only_what_is_free_is_asked_and_told_not_to_train() -> None:
    free = replace(offer("third", 0), privacy=("no_training",))
    here = world({"third": [answer()]}, (free, CHEAP, DEAR), ledger=Spent(budget=0))
    await heard(here.engine, call())
    assert here.upstream.asked == ["third"]
    assert [prompt.privacy for prompt in here.upstream.prompts] == ["no_training"]


async def test_what_is_free_is_asked_first_only_where_the_user_has_agreed() -> None:
    free = offer("third", 0)
    here = world({"cheap": [answer()]}, (free, CHEAP))
    await heard(here.engine, call())
    agreed = world({"third": [answer()]}, (free, CHEAP))
    await heard(agreed.engine, call(allow_free=True))
    assert (here.upstream.asked, agreed.upstream.asked) == (["cheap"], ["third"])
    assert [prompt.privacy for prompt in agreed.upstream.prompts] == ["any"]


async def test_an_objective_of_the_workspace_is_no_consent_to_be_trained_on() -> None:
    free = offer("third", 0)
    here = world({"cheap": [answer()]}, (free, CHEAP))
    own, theirs = (effective(parse({"objective": "free"}, actions(), origin)[0]) for origin in ("user", "workspace"))
    assert own.free_is_agreed("explain") and not theirs.free_is_agreed("explain")
    decision, _ = here.engine.router.decide(replace(call(), settings=theirs))
    assert decision.chosen is not None and decision.chosen.offer == EMBEDDED


class Shared(Ledger):
    """A budget that others spend from as well: how little is left is known when a call is refused."""

    known: float | None = None

    def left_usd(self, workspace: str, limits: Limits) -> float | None:
        return self.known

    async def reserve(self, workspace: str, usd: float, limits: Limits, *, model: str = "") -> Reservation | None:
        reservation = await super().reserve(workspace, usd, limits, model=model)
        self.known = self.budget if reservation is None else self.known
        return reservation


async def test_a_limit_that_the_whole_chain_would_pass_leaves_room_for_another_offer() -> None:
    free = replace(offer("free", 0), privacy=("no_training",))
    here = world({"free": [answer()]}, (CHEAP, DEAR, THIRD, free), ledger=Shared(budget=0))
    *_, done = await heard(here.engine, call())
    assert isinstance(done, Done)
    assert here.upstream.asked == ["free"]
    assert [hop.offer for hop in done.record.hops] == ["cheap/m", "dear/m", "third/m"]
    assert done.record.decision.chosen is not None
    assert "the budget is used up" in done.record.decision.chosen.why


async def test_without_money_and_anything_free_the_limit_is_told() -> None:
    broke = world({}, ledger=Ledger(budget=0))
    with pytest.raises(BudgetExceeded, match="spending limit"):
        await heard(broke.engine, call(embedded={"enable": False}))


async def test_nobody_above_the_floor_and_an_error_wanted_is_no_offer_with_the_reason() -> None:
    here = world({})
    with pytest.raises(NoOffer, match=r"floor 0\.95"):
        await heard(here.engine, call(on_unmet_floor="error", actions={"explain": {"min_coding_score": 0.95}}))


async def test_without_any_vendor_the_built_in_engine_answers_and_says_what_it_did() -> None:
    here = world({}, ())
    events = await heard(here.engine, call())
    done = events[-1]
    assert text([*events]) == "by structure\nonly\n"
    assert isinstance(done, Done)
    assert done.record.notes == ("a rule",)
    assert done.record.decision.unmet is not None
    assert here.ledger.rows[0].answered_by == "embedded"


async def test_a_secret_in_what_surrounds_the_region_is_sent_as_a_word() -> None:
    here = world({"cheap": [answer()]})
    await heard(here.engine, call(text="key = AKIAIOSFODNN7EXAMPLE"))
    assert [prompt.messages[0].text for prompt in here.upstream.prompts] == ["key = REDACTED"]


@pytest.mark.parametrize("action", ["explain", "refactor", "document"])
async def test_a_secret_in_the_region_itself_is_refused_with_file_line_and_kind(action: str) -> None:
    here = world({"cheap": [answer()]})
    asked = call(action)
    document = replace(asked.target.document, lines=("x = 1\n", "TOKEN = (\n", '    "ghp_' + "a1B2" * 9 + '"\n', ")\n", ""))
    asked = replace(asked, target=replace(asked.target, document=document), region=Span(Position(0, 0), Position(4, 0)))
    with pytest.raises(SecretFound, match=r"line 3 of a\.py holds what looks like a secret \(github-token\)"):
        await heard(here.engine, asked)
    assert here.upstream.asked == []


async def test_a_region_is_never_sent_with_a_word_in_the_place_of_its_text() -> None:
    """The answer would write that word into the file."""
    here = world({"cheap": [answer()]})
    asked = call("refactor", text="password:\n  <region>\n  hunter22!x\n</region>\n")
    document = replace(asked.target.document, lines=("  hunter22!x\n", ""))
    asked = replace(asked, target=replace(asked.target, document=document))
    if asked.prompt.messages[0].text == redact(asked.prompt.messages[0].text):
        pytest.fail("the prompt is meant to be redacted")
    with pytest.raises(SecretFound):
        await heard(here.engine, asked)


@pytest.mark.parametrize("on", [True, False])
async def test_prompts_are_written_down_only_where_that_was_asked_for(tmp_path: Path, on: bool) -> None:
    here = world({"cheap": [answer("the answer")]})
    file = tmp_path / "prompts.jsonl"
    logged = PromptLog(lambda: here.upstream, file, here.clock, Unwritten(lambda words: True), on)
    async with aclosing(logged.stream(CHEAP, call(text="the question").prompt)) as events:
        assert text([event async for event in events]) == "the answer"
    assert file.exists() == on
    if on:
        assert "the question" in file.read_text()
        assert file.stat().st_mode & 0o077 == 0


async def test_a_full_disk_takes_no_answer_away_and_is_told_once(tmp_path: Path) -> None:
    here, told = world({"cheap": [answer("the answer"), answer("the answer")]}), list[str]()

    def tell(words: str) -> bool:
        told.append(words)
        return True

    (tmp_path / "folder").write_text("a file in its place")
    logged = PromptLog(lambda: here.upstream, tmp_path / "folder" / "prompts.jsonl", here.clock, Unwritten(tell), on=True)
    for _ in range(2):
        async with aclosing(logged.stream(CHEAP, call(text="the question").prompt)) as events:
            assert text([event async for event in events]) == "the answer"
    assert len(told) == 1 and "cannot be kept" in told[0]
