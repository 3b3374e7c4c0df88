"""Slips of the pen in a settings file: each is told with its line and what was meant, the rest works, and a limit that may have
been meant holds.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

from coderoute_ls.settings import load
from coderoute_ls.settings.settings_tree import dotted

ACTIONS = ("refactor", "explain", "fix", "edit", "completion", "inline_completion", "next_edit")
GOOD = '\n[edits]\non_cancel = "keep"\n'


class Slip(NamedTuple):
    text: str
    told: str
    """What the message has besides the line."""
    holds: str = ""
    """``setting=value`` that holds instead; "" where nothing is restricted."""


LOCAL = "privacy=local_only"
SLIPS = [
    Slip('privasy = "zdr"', "did you mean privacy?", LOCAL),
    Slip('privacy = "ZDR"', "must be one of any, no_training, zdr, local_only", LOCAL),
    Slip('privacy = "no-training"', "must be one of any, no_training", LOCAL),
    Slip("privacy = 3", "must be one of any, no_training", LOCAL),
    Slip('privacy = ""', "must be one of any, no_training", LOCAL),
    Slip('[privacy]\nmode = "any"', "must be one of any, no_training", LOCAL),
    Slip('[security]\nprivacy = "zdr"', "is not a setting", LOCAL),
    Slip("zdr = true", "is not a setting", LOCAL),
    Slip("offline = true", "is not a setting", LOCAL),
    Slip("no_training = 1", "is not a setting", LOCAL),
    Slip('quality = "Best"', "must be one of economy, balanced, best"),
    Slip("quality = 1", "must be one of economy, balanced, best"),
    Slip('qualitiy = "best"', "did you mean quality?"),
    Slip('objectve = "cost"', "did you mean objective?"),
    Slip("[budgets]\ndaily_usd = 1", "did you mean budget?", "budget.daily_usd=0.0"),
    Slip("[Budget]\ndaily_usd = 1", "did you mean budget?", "budget.monthly_usd=0.0"),
    Slip("[budget]\ndaily = 1", "did you mean daily_usd?", "budget.daily_usd=0.0"),
    Slip("[budget]\ndaily_eur = 1", "did you mean daily_usd?", "budget.daily_usd=0.0"),
    Slip("[budget]\ndaily-usd = 1", "did you mean budget.daily_usd?", "budget.daily_usd=0.0"),
    Slip('[budget]\ndaily_usd = "1 USD"', "must be a number, 0 or more", "budget.daily_usd=0.0"),
    Slip("[budget]\ndaily_usd = -5", "must be a number, 0 or more", "budget.daily_usd=0.0"),
    Slip("[budget]\ndaily_usd = nan", "must be a number, 0 or more", "budget.daily_usd=0.0"),
    Slip("[budget]\ndaily_usd = true", "must be a number, 0 or more", "budget.daily_usd=0.0"),
    Slip("[budget]\naction_usd = [0.5]", "must be a number, 0 or more", "budget.action_usd=0.0"),
    Slip("[budget]\nwarn_at = 80", "must be a number from 0 to 1"),
    Slip("budget = 5", "must be a table", "budget.daily_usd=0.0"),
    Slip("daily_usd = 1", "did you mean budget.daily_usd?", "budget.daily_usd=0.0"),
    Slip("[models]\nmonthly_usd = 5", "did you mean budget.monthly_usd?", LOCAL),
    Slip("max_cost_usd = 0.1", "did you mean actions.<id>.max_cost_usd?", LOCAL),
    Slip("[actions]\nmax_cost_usd = 0.1", "did you mean actions.<id>.max_cost_usd?", LOCAL),
    Slip("[refactor]\nmax_cost_usd = 0.1", "is not a setting", LOCAL),
    Slip("[actions.refactor.budget]\nmax_cost_usd = 0.1", "is not a setting", LOCAL),
    Slip("[actions.refactor]\nmax_cost = 0.1", "did you mean max_cost_usd?", "actions.refactor.max_cost_usd=0.0"),
    Slip('[actions.refactor]\nmax_cost_usd = "ten cents"', "must be a number", "actions.refactor.max_cost_usd=0.0"),
    Slip("[actions.refactr]\nmin_coding_score = 0.9", "did you mean refactor?"),
    Slip("[actions.refactr]\nmax_cost_usd = 0.1", "did you mean refactor?", "actions.refactor.enable=False"),
    Slip("[action.refactor]\nmin_coding_score = 0.9", "did you mean actions?", LOCAL),
    Slip("[actions.refactor]\nmin_coding_score = 90", "must be a number from 0 to 1"),
    Slip('[actions.refactor]\nmin_coding_score = "0.9"', "must be a number from 0 to 1"),
    Slip("[actions.refactor]\nmin_score = 0.9", "did you mean min_coding_score?"),
    Slip("[actions.refactor]\nenabled = false", "did you mean enable?", "actions.refactor.enable=False"),
    Slip('[actions.refactor]\nenable = "false"', "must be true or false", "actions.refactor.enable=False"),
    Slip("[actions.refactor]\nenable = 0", "must be true or false", "actions.refactor.enable=False"),
    Slip('[actions.refactor]\nescalate = "no"', "must be true or false", "actions.refactor.escalate=False"),
    Slip("[actions]\nrefactor = false", "must be a table", "actions.refactor.enable=False"),
    Slip("[refactor]\nenable = false", "is not a setting", LOCAL),
    Slip("[inline]\ndebounce = 100", "did you mean debounce_ms?"),
    Slip('[inline]\ndebounce_ms = "100ms"', "must be a whole number from 0 to 5000"),
    Slip("[inline]\ndebounce_ms = 0.1", "must be a whole number from 0 to 5000"),
    Slip("[inline]\ndebounce_ms = -1", "must be a whole number from 0 to 5000"),
    Slip("[inline]\nhard_deadline_ms = 1e9", "must be a whole number from 50 to 60000"),
    Slip('[inline]\nenable = "off"', "must be true or false", "inline.enable=False"),
    Slip('[inline]\nlanguages_of = ["python"]', "did you mean languages_off?"),
    Slip('[models]\nalow = ["openai/*"]', "did you mean allow?", "models.allow=('',)"),
    Slip('[models]\nallow = "openai/*"', "must be a list", "models.allow=('',)"),
    Slip("[models]\ndeny = [1]", "must be a valid string", "models.deny=('*',)"),
    Slip('[models]\nblocked = ["a"]', "is not a setting", LOCAL),
    Slip('deny = ["openai/*"]', "did you mean models.deny?", "models.deny=('*',)"),
    Slip('allow = ["openai/*"]', "did you mean models.allow?", "models.allow=('',)"),
    Slip('ignore = ["*.pem"]', "did you mean context.ignore?", "context.ignore=('*',)"),
    Slip('[context]\nignores = ["*.pem"]', "did you mean ignore?", "context.ignore=('*',)"),
    Slip('[context]\nignore = "*.pem"', "must be a list", "context.ignore=('*',)"),
    Slip("other_files = false", "did you mean context.other_files?", "context.other_files=False"),
    Slip('[context]\nother_files = "no"', "must be true or false", "context.other_files=False"),
    Slip('[context]\nmax_tokens = "4k"', "must be a whole number"),
    Slip("[embedded]\nenabled = false", "did you mean enable?", "embedded.enable=False"),
    Slip("[next-edit]\nenable = false", "did you mean next_edit?", "next_edit.enable=False"),
    Slip('[explain]\noutput = "files"', "must be one of document, file, message"),
    Slip("[provider]\nopenai = false", "did you mean providers?", LOCAL),
    Slip("[providers]\nopenai = false", "must be a table", "providers.openai.enable=False"),
    Slip("[providers.opnai]\nenable = false", "did you mean openai?", "providers.openai.enable=False"),
    Slip('[providers."Open AI"]\nenable = false', "did you mean", "providers.openai.enable=False"),
    Slip("[openai]\nenable = false", "is not a setting", LOCAL),
    Slip('on_unmet_floor = "fail"', "must be one of best_available, error"),
    Slip('[catalog]\nrefresh = "daily"', "must be a whole number", "catalog.refresh=0"),
    Slip('[ledger]\nretention_days = "30d"', "must be a whole number"),
    Slip('"a\\u0007.b" = 1', "is not a setting"),
]
BROKEN = [
    'Privacy: "zdr"',
    'privacy == "zdr"',
    "privacy = zdr",
    "privacy = 'zdr",
    "[budget]\ndaily_usd = 1,5",
    "[budget]\ndaily_usd = $1",
    "[budget]\ndaily_usd = 1.",
    "[budget]\ndaily_usd = .5",
    "[budget]\nmonthly_usd = 01",
    "[inline]\nenable = off",
    "[next_edit]\nenable = no",
    "[providers.openai]\nenable = flase",
    'context.ignore = ["a"]\n[context]\nother_files = false',
    '// privacy = "zdr"\nprivacy = "local_only"',
    'privacy = "local_only" // for us',
    'privacy = "local_only"; quality = "best"',
    "<privacy>local_only</privacy>",
    '{"privacy": "local_only"}',
    'privacy = "local_only"\nprivacy = "any"',
    '[models]\nallow = ["openai/*" "mistral/*"]',
    '[models\nallow = ["openai/*"]',
    'quality = "best\n',
]


@pytest.mark.parametrize("slip", SLIPS, ids=[slip.text for slip in SLIPS])
def test_a_slip_is_told_with_its_line_and_the_rest_works(tmp_path: Path, slip: Slip) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"# ours\n{slip.text}\n{GOOD}")
    layer, (issue, *_) = load(file, ACTIONS, "user")
    assert slip.told in str(issue)
    line = 2 + slip.text.startswith("[")
    assert f"(line {line})" in str(issue) or f"(line {line - 1})" in str(issue)
    assert layer.values["edits", "on_cancel"] == "keep"
    unread = {f"{dotted(path)}={value}" for path, value in layer.unread.items()}
    assert slip.holds in unread if slip.holds else unread == set()


@pytest.mark.parametrize("text", BROKEN)
def test_of_a_file_that_is_no_toml_the_line_is_told_and_nothing_leaves_the_machine(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"{text}\n")
    layer, (issue,) = load(file, ACTIONS, "user")
    assert "line 1" in str(issue) or "line 2" in str(issue) or "end of document" in str(issue)
    assert "correct that line" in str(issue)
    assert layer.unread["privacy",] == "local_only" and not layer.values
