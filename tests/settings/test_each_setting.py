"""Each declared setting changes something that a user can see: here, or in the test that stands beside its name."""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from coderoute_ls.app.application import Application
from coderoute_ls.domain import Decision, Document, Fim, Message, Position, Prompt, Span, Target
from coderoute_ls.engine import EngineCall
from coderoute_ls.engine.types import shortened
from coderoute_ls.ledger import file_of
from coderoute_ls.settings import declarations, user_settings
from coderoute_ls.storage import HOME_VARIABLE

TESTS = Path(__file__).parents[1]
PLACE = Span(Position(0, 0), Position(0, 0))
MODELS = """
[providers.mine]
dialect = "openai-chat"
base_url = "https://mine.test/v1"
key_env = "MINE_KEY"
models = [
  { id = "cheap", coding = 0.60, completion = 0.60, input = 1, output = 1, context = 128000, fim = "openai-completions" },
  { id = "good", coding = 0.75, completion = 0.75, input = 5, output = 5, context = 128000, fim = "openai-completions" },
  { id = "best", coding = 0.90, completion = 0.90, input = 20, output = 20, context = 128000, fim = "openai-completions" },
]
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One user's situation: whom an action would go to, and by which vendors."""

    decision: Decision
    call: EngineCall
    application: Application

    @property
    def chosen(self) -> str:
        return self.decision.chosen.offer.id if self.decision.chosen else "nobody"


def situation(place: Path, user: str, action: str, see: Callable[[Seen], object]) -> object:
    """What is seen with this settings file."""

    async def look() -> object:
        home = place / "home"
        (home / "config").mkdir(parents=True, exist_ok=True)
        (home / "config" / "config.toml").write_text(user, "utf-8")
        keys = {"MINE_KEY": "a-key-of-mine", "OTHER_KEY": "", "OPENROUTER_API_KEY": "a-key-of-openrouter"}
        application = Application({HOME_VARIABLE: str(home), **keys}, keyring=None)
        try:
            chosen, settings = application.actions[action], user_settings(application.places.config, application.actions)
            hole = Prompt(fim=Fim("x" * 4_000, ""), max_tokens=chosen.max_tokens)
            talk = Prompt(messages=(Message("user", "x" * 4_000),), max_tokens=chosen.max_tokens)
            prompt = shortened(hole if chosen.axis == "completion" else talk, chosen, settings)
            target = Target(Document("file:///a.py", "python", 1, ("",)), PLACE)
            call = EngineCall(chosen, prompt, target, PLACE, settings)
            return see(Seen(application.router.decide(call)[0], call, application))
        finally:
            await application.close()

    return asyncio.run(look())


def chosen(seen: Seen) -> object:
    return seen.chosen


def price(seen: Seen) -> object:
    return round(seen.decision.chosen.cost.expected_usd, 9) if seen.decision.chosen else None


ONLY_MINE = '[models]\nallow = ["mine/*"]\n'
CHANGES: dict[str, tuple[str, str, str, Callable[[Seen], object]]] = {
    "quality": ('quality = "best"\n', "", "refactor", chosen),
    "objective": ('objective = "quality"\n', "", "refactor", chosen),
    "actions.<id>.min_coding_score": ("", "[actions.refactor]\nmin_coding_score = 0.85\n", "refactor", chosen),
    "actions.<id>.objective": ("", '[actions.refactor]\nobjective = "quality"\n', "refactor", chosen),
    "actions.<id>.max_cost_usd": ("", "[actions.refactor]\nmax_cost_usd = 0.000001\n", "refactor", chosen),
    "actions.<id>.max_tokens": (
        "",
        "[actions.refactor]\nmax_tokens = 17\n",
        "refactor",
        lambda seen: seen.call.prompt.max_tokens,
    ),
    "actions.<id>.model": ("", '[actions.refactor]\nmodel = "mine/best"\n', "refactor", chosen),
    "on_unmet_floor": ('on_unmet_floor = "error"\n', "[actions.refactor]\nmin_coding_score = 0.99\n", "refactor", chosen),
    "models.deny": ("", '[models]\ndeny = ["mine/good"]\n', "refactor", chosen),
    "models.scores.<id>.coding": ("", "[models.scores.cheap]\ncoding = 0.95\n", "refactor", chosen),
    "models.scores.<id>.completion": ("", "[models.scores.cheap]\ncompletion = 0.1\n", "inline_completion", chosen),
    "models.scores.<id>.next_edit": ("", "[models.scores.cheap]\nnext_edit = 0.95\n", "next_edit", chosen),
    "privacy": ('privacy = "local_only"\n', "", "refactor", chosen),
    "budget.completion_usd": ("", "[budget]\ncompletion_usd = 0.0\n", "inline_completion", chosen),
    "budget.action_usd": ("", "[budget]\naction_usd = 0.0\n", "refactor", chosen),
    "budget.daily_usd": ("", "[budget]\ndaily_usd = 0.0\n", "refactor", chosen),
    "budget.monthly_usd": ("", "[budget]\nmonthly_usd = 0.0\n", "refactor", chosen),
    "budget.workspace_daily_usd": ("", "[budget]\nworkspace_daily_usd = 0.0\n", "refactor", chosen),
    "providers.<id>.models": ("", "", "refactor", chosen),
}
"""Setting → lines at the top of the file, a table after the models, the action, and what differs with them."""
OF_A_VENDOR: dict[str, tuple[str, Callable[[Seen], object]]] = {
    "providers.<id>.dialect": ('dialect = "anthropic-messages"', lambda seen: seen.application.providers.vendors["mine"].dialect),
    "providers.<id>.base_url": (
        'base_url = "https://other.test/v1"',
        lambda seen: seen.application.providers.vendors["mine"].base_url,
    ),
    "providers.<id>.key_env": ('key_env = "OTHER_KEY"', chosen),
    "providers.<id>.local": ("local = true", lambda seen: seen.decision.chosen and seen.decision.chosen.offer.local),
    "providers.<id>.fee": ("fee = 2.0", price),
    "providers.<id>.enable": ("enable = false", chosen),
}
"""Setting → its line in the vendor's table, and what differs with it."""
SHOWN_ELSEWHERE = {
    "actions.<id>.enable": "server/test_settings.py::test_an_action_that_is_switched_off_is_not_offered",
    "actions.<id>.check": "edits_e2e/test_checks.py::test_the_check_sees_the_unsaved_text_and_a_failure_is_told_with_the_choices",
    "actions.<id>.escalate": "edits_e2e/test_escalation.py"
    "::test_nobody_else_is_asked_where_the_user_said_so_or_both_together_pass_the_cap",
    "score_bound": "selection/test_rules.py::test_the_floor_is_compared_with_the_lower_bound_unless_the_value_is_asked_for",
    "allow_free": "engine/test_run.py::test_what_is_free_is_asked_first_only_where_the_user_has_agreed",
    "trust_vendor_scores": "selection/test_choice.py::test_a_score_that_nobody_may_trust_counts_only_when_the_user_says_so",
    "learn": "ledger/test_acceptance_rates.py::test_experience_moves_the_choice_only_where_the_user_said_so",
    "budget.warn_at": "ledger/test_session_budget.py::test_a_budget_that_is_nearly_used_up_is_announced_once",
    "providers.<id>.timeout_s": "providers/test_errors.py::test_silence_before_the_answer_has_a_limit",
    "providers.<id>.model_path": "server/test_model_file.py::test_it_explains_rewrites_and_fills_holes_for_nothing",
    "next_edit.enable": "next_edit/test_session.py::test_off_means_that_nothing_is_looked_for_or_asked",
    "next_edit.languages_off": "next_edit/test_session.py::test_off_means_that_nothing_is_looked_for_or_asked",
    "next_edit.from": "next_edit/test_session.py::test_from_says_who_is_asked",
    "next_edit.cross_file": "next_edit/test_session.py::test_other_files_are_looked_through_only_where_the_setting_says_so",
    "next_edit.debounce_ms": "next_edit/test_session.py::test_the_wait_after_an_edit_is_never_shorter_than_the_setting",
    "inline.languages_off": "completion/test_rules.py::test_languages_can_be_switched_off",
    "inline.debounce_ms": "completion/test_pipeline.py::test_a_suggestion_comes_after_the_debounce_and_one_request",
    "inline.soft_deadline_ms": "completion/test_pipeline.py::test_the_soft_deadline_shows_the_lines_that_are_complete",
    "inline.hard_deadline_ms": "completion/test_pipeline.py::test_the_hard_deadline_gives_up_and_closes_the_stream",
    "inline.prefetch": "completion/test_accepting.py::test_nothing_is_asked_ahead_where_it_costs_or_is_switched_off",
    "inline.draft_first": "completion/test_draft_first.py::test_without_the_setting_the_model_is_waited_for",
    "inline.enable": "completion/test_menu.py::test_who_switched_ghost_text_off_gets_none_in_the_menu",
    "context.ignore": "server/test_spellings.py::test_files_that_a_folder_names_are_not_sent",
    "edits.review": "edits_e2e/test_review.py::test_where_it_is_switched_off_nothing_is_marked",
    "edits.on_cancel": "server/test_streamed_edits.py::test_cancel_ends_the_connection_and_leaves_what_the_setting_says",
    "embedded.enable": "server/test_watching.py::test_an_engine_that_is_switched_off_forgets_and_one_that_is_switched_on_learns",
    "embedded.max_memory_mb": "embedded/test_embedded_engine.py"
    "::test_of_a_folder_that_is_too_large_the_nearest_files_are_learned_and_that_is_said_once",
    "openrouter.own_key": "selection/test_experience.py::test_only_openrouter_adds_a_fee",
    "openrouter.bought_10_usd": "selection/test_experience.py"
    "::test_free_tiers_allow_twenty_a_minute_and_fifty_or_a_thousand_a_day",
    "gateway.enable": "gateway/test_hosted.py::test_it_comes_and_goes_with_the_users_setting_and_no_workspace_can_start_it",
    "gateway.escalate": "gateway/test_hard_turns.py::test_the_next_stronger_model_is_asked_while_a_turn_is_hard",
    "gateway.local_allowance_usd": "team/test_team_gateway.py::test_a_lost_database_refuses_what_costs_or_pays_from_an_allowance",
    "gateway.on_database_loss": "team/test_team_gateway.py::test_a_lost_database_refuses_what_costs_or_pays_from_an_allowance",
    "team.url": "joined_team/test_joined.py::test_an_action_goes_through_the_gateway_and_says_what_it_is_for",
    "team.policy_key": "joined_team/test_rounds.py::test_a_policy_that_was_never_believed_lets_nobody_be_asked",
    "team.own_keys": "joined_team/test_rounds.py::test_own_keys_are_left_alone_where_the_user_says_so",
    "gateway.port": "gateway/test_models.py::test_the_gateway_listens_at_the_port_that_the_user_set",
    "gateway.min_coding_score": "gateway/test_models.py::test_the_gateways_floor_holds_where_a_request_names_none",
    "gateway.models.<id>.min_coding_score": "gateway/test_models.py"
    "::test_a_name_that_a_client_insists_on_stands_for_what_the_user_says",
    "gateway.secrets": "gateway/test_secrets.py::test_a_secret_is_told_and_sent_or_refused_as_the_user_says",
    "gateway.models.<id>.model": "gateway/test_models.py::test_a_name_that_a_client_insists_on_stands_for_what_the_user_says",
    "catalog.refresh": "selection/test_refresh_over_http.py::test_zero_hours_never_asks",
    "catalog.sources": "selection/test_refresh.py::test_a_file_of_our_own_format_adds_models_and_places_benchmark_rows",
    "ledger.enable": "cli/test_usage.py::test_without_a_ledger_nothing_was_recorded",
    "providers.<id>.headers": "server/test_setting_effects.py::test_a_vendor_gets_the_headers_that_are_set",
    "inline.multiline": "server/test_setting_effects.py::test_ghost_text_is_asked_for_as_the_settings_say",
    "inline.max_tokens": "server/test_setting_effects.py::test_ghost_text_is_asked_for_as_the_settings_say",
    "context.max_tokens": "server/test_setting_effects.py::test_a_prompt_shows_no_more_than_the_settings_allow",
    "context.other_files": "server/test_setting_effects.py::test_other_files_are_shown_only_where_the_setting_says_so",
    "edits.streaming": "server/test_setting_effects.py::test_an_answer_is_written_at_its_end_where_the_setting_says_so",
    "explain.output": "server/test_setting_effects.py::test_an_explanation_is_shown_where_the_setting_says",
    "embedded.answer_alone": "server/test_setting_effects.py::test_a_sure_draft_answers_alone_only_where_the_setting_says_so",
    "log.prompts": "server/test_setting_effects.py::test_prompts_are_logged_only_where_the_setting_says_so",
    "ledger.retention_days": "ledger/test_ledger.py::test_old_calls_are_deleted_and_their_sums_stay",
}


@pytest.mark.parametrize("name", CHANGES)
def test_whom_is_asked_follows_the_setting(tmp_path: Path, name: str) -> None:
    top, table, action, see = CHANGES[name]
    without = "" if name == "providers.<id>.models" else MODELS
    scene = "[actions.refactor]\nmin_coding_score = 0.99\n" if name == "on_unmet_floor" else ""
    before = situation(tmp_path, ONLY_MINE + without + scene, action, see)
    own = "" if "[models]" in table else ONLY_MINE
    after = situation(tmp_path, top + own + MODELS + table.replace("[models]\n", ONLY_MINE), action, see)
    assert before != after


def test_only_allowed_models_are_asked(tmp_path: Path) -> None:
    assert situation(tmp_path, MODELS, "refactor", chosen) != situation(tmp_path, ONLY_MINE + MODELS, "refactor", chosen)


@pytest.mark.parametrize("name", OF_A_VENDOR)
def test_a_vendor_is_asked_as_its_settings_say(tmp_path: Path, name: str) -> None:
    line, see = OF_A_VENDOR[name]
    changed = re.sub(rf"(?m)^{line.partition(' ')[0]} = .*\n", "", MODELS).replace(
        "[providers.mine]\n", f"[providers.mine]\n{line}\n"
    )
    assert situation(tmp_path, ONLY_MINE + MODELS, "refactor", see) != situation(tmp_path, ONLY_MINE + changed, "refactor", see)


def test_the_ledger_lies_where_the_setting_says(tmp_path: Path) -> None:
    def place(seen: Seen) -> object:
        return file_of(seen.call.settings.settings, seen.application.places)

    elsewhere = tmp_path / "elsewhere.sqlite"
    assert situation(tmp_path, f"[ledger]\npath = '{elsewhere}'\n", "refactor", place) == elsewhere
    assert situation(tmp_path, "", "refactor", place) != elsewhere


def test_what_is_logged_follows_the_setting(tmp_path: Path) -> None:
    def level(_: Seen) -> object:
        return logging.getLogger("coderoute_ls").level

    try:
        assert situation(tmp_path, '[log]\nlevel = "error"\n', "refactor", level) == logging.ERROR
        assert situation(tmp_path, '[log]\nlevel = "debug"\n', "refactor", level) == logging.DEBUG
    finally:
        logging.getLogger("coderoute_ls").setLevel(logging.NOTSET)


def test_every_declared_setting_has_a_test_that_shows_its_effect() -> None:
    here = {*CHANGES, *OF_A_VENDOR, "models.allow", "ledger.path", "log.level"}
    assert {declared.name for declared in declarations()} == here | SHOWN_ELSEWHERE.keys()


@pytest.mark.parametrize("node", sorted(set(SHOWN_ELSEWHERE.values())))
def test_the_test_that_shows_it_is_there(node: str) -> None:
    file, _, name = node.partition("::")
    assert f"def {name}(" in (TESTS / file).read_text("utf-8")
