"""``coderoute-ls team`` and ``coderoute-ls policy``, as an administrator types them."""

import csv
import io
import json
import re
import shlex
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from coderoute_ls.cli._program import main
from coderoute_ls.team.keys import looks_like_a_key
from coderoute_ls.team.policy.signed_policy import public_key_of
from tests.team.conftest import Team

pytestmark = pytest.mark.postgres

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(team: Team, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Types a command; returns exit code, stdout, stderr."""
    monkeypatch.setenv("CODEROUTE_DATABASE", team.url)

    def typed(*words: str) -> tuple[int, str, str]:
        code = main(words)
        told = capsys.readouterr()
        return code, told.out, told.err

    return typed


@pytest.mark.parametrize(("passed", "state"), [("3598 seconds", "live"), ("3602 seconds", "expired"), ("-1 hour", "live")])
def test_a_key_ends_by_the_clock_of_the_database_whatever_the_one_here_says(
    team: Team, run: Run, passed: str, state: str
) -> None:
    team.admin.create_key("ann", lives=timedelta(hours=1))
    moment = f"$$ SELECT clock_timestamp() + interval '{passed}' $$"
    team.query(f"CREATE OR REPLACE FUNCTION coderoute.moment() RETURNS timestamptz LANGUAGE sql VOLATILE AS {moment}")
    assert json.loads(run("team", "key", "list", "--json")[1])[0]["state"] == state
    assert state in run("team", "key", "list")[1]


def book(team: Team, prefix: str, **columns: object) -> None:
    key = team.admin.key(prefix)
    call = {
        "id": uuid4().hex, "key_id": key.id, "user_name": key.user, "team": key.team, "repository": "shop", "branch": "main",
        "action": "fix", "decision": "", "offer": "m/one", "model": "m/one", "expected_nusd": 0, "billed_nusd": 2_500_000_000,
        "input_tokens": 1_000, "output_tokens": 10, "finish": "stop", "error": "", "answered_by": "model", "strongest": "",
        "single": "m/two", "single_nusd": 4_000_000_000, **columns,
    }  # fmt: skip
    team.query("SELECT coderoute.settle(NULL, %s::jsonb)", json.dumps(call))


def test_a_key_is_printed_once_listed_by_prefix_and_revoked(run: Run) -> None:
    words = ("--user", "ann", "--team", "web", "--budget", "20/month", "--expires", "90d", "--model", "deepseek/*")
    code, secret, told = run("team", "key", "create", *words)
    assert (code, looks_like_a_key(secret.strip())) == (0, True)
    prefix = secret[:12]
    assert "only time that the key is shown. It ends on 20" in told
    code, listed, _ = run("team", "key", "list")
    assert secret.strip() not in listed
    assert [word for word in (prefix, "ann", "web", "live", "only deepseek/*") if word not in listed] == []
    assert run("team", "key", "revoke", prefix)[1] == f"Revoked the key {prefix} of ann.\n"
    assert json.loads(run("team", "key", "list", "--json")[1])[0]["state"] == "revoked"
    code, _, told = run("team", "key", "revoke", prefix)
    assert (code, "was revoked already" in told) == (1, True)


def test_budgets_are_set_listed_and_removed(run: Run) -> None:
    assert run("team", "budget", "set", "500/month")[1] == "The budget per month of the organisation is $500.00/month.\n"
    run("team", "budget", "set", "5/day", "--level", "user", "--of", "ann")
    assert json.loads(run("team", "budget", "list", "--json")[1])[1]["left_usd"] == 5.0
    assert "the budget per day of user ann" in run("team", "budget", "list")[1]
    assert run("team", "budget", "remove", "--level", "user", "--of", "ann", "--period", "day")[0] == 0
    code, _, told = run("team", "budget", "set", "5/fortnight")
    assert (code, "as in 20/month" in told) == (1, True)
    assert run("team", "budget", "set", "5/day", "--level", "team")[0] == 1


def test_usage_is_added_up_by_whatever_is_wanted(run: Run, team: Team) -> None:
    prefixes = [run("team", "key", "create", "--user", user, "--team", "web")[1][:12] for user in ("ann", "bob")]
    book(team, prefixes[0])
    book(team, prefixes[0], repository="tools", error="RateLimited", billed_nusd=0, single_nusd=None)
    book(team, prefixes[1], action="refactor")
    by_user = json.loads(run("team", "usage", "--by", "user", "--json")[1])["sums"]
    assert [(each["name"], each["calls"], each["errors"], each["spent_usd"], each["saved_usd"]) for each in by_user] == [
        ("ann", 2, 1, 2.5, 1.5),
        ("bob", 1, 0, 2.5, 1.5),
    ]
    for by, names in {
        "team": {"web"}, "key": {*prefixes}, "repository": {"shop", "tools"}, "branch": {"shop main", "tools main"},
        "action": {"fix", "refactor"}, "model": {"m/one"},
    }.items():  # fmt: skip
        rows = [*csv.DictReader(io.StringIO(run("team", "usage", "--by", by, "--csv")[1]))]
        assert {row[by] for row in rows} == names
        assert sum(float(row["spent_usd"]) for row in rows) == 5.0
    assert json.loads(run("team", "usage", "--until", "2020-01-01", "--json")[1])["sums"] == []
    assert "$5.00" in run("team", "usage")[1]


def test_what_dead_replicas_left_unbooked_is_told(run: Run, team: Team) -> None:
    _, key = team.admin.create_key("ann")
    team.query("SELECT * FROM coderoute.reserve(%s, %s, 'm', 700000000, '0 s')", uuid4(), key.id)
    team.query("SELECT coderoute.end_leases()")
    assert "1 calls of replicas that ended in their middle are not in the sums: at most $0.70." in run("team", "usage")[2]


def test_changes_are_shown_with_who_made_them(run: Run) -> None:
    run("team", "budget", "set", "500/month")
    (change,) = json.loads(run("team", "audit", "--json")[1])
    assert (change["action"], change["detail"]) == ("budget.set", {"cap": "$500.00/month"})
    assert "budget.set" in run("team", "audit")[1]


def test_a_policy_is_set_shown_and_not_set_over_another_administrators(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('privacy = "zdr"\n[floors]\n"*" = 0.6\n', "utf-8")
    assert run("policy", "set", str(file))[1] == "Version 1 of the policy holds.\n"
    assert json.loads(run("policy", "show")[1])["policy"]["privacy"] == "zdr"
    assert run("policy", "set", str(file), "--instead-of", "1")[0] == 0
    code, _, told = run("policy", "set", str(file), "--instead-of", "1")
    assert (code, "version 2 by now" in told) == (1, True)
    file.write_text("floor = 1\n", "utf-8")
    code, _, told = run("policy", "set", str(file))
    assert (code, "there are floors" in told) == (1, True)
    file.write_text("floor = = 1\n", "utf-8")
    assert run("policy", "set", str(file))[0] == 1


def test_explain_says_which_layer_set_each_bound(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "coderoute.toml").write_text('privacy = "zdr"\n[actions.fix]\nmin_coding_score = 0.9\n', "utf-8")
    file = tmp_path / "policy.toml"
    file.write_text('privacy = "no_training"\ndeny = ["x/*"]\n[floors]\n"*" = 0.8\n[caps]\nrefactor = 0.05\n', "utf-8")
    said = json.loads(run("policy", "explain", str(file), "--folder", str(folder), "--json")[1])
    rows = {row["bound"]: (row["value"], row["from"]) for row in said}
    assert rows["privacy"] == ("zdr", "workspace")
    assert rows["models.deny"] == (["x/*"], "policy")
    assert rows["floor of fix"] == (0.9, "workspace")
    assert rows["floor of refactor"] == (0.8, "policy")
    assert rows["cap of refactor, USD"] == (0.05, "policy")
    assert rows["cap of fix, USD"][1] == "default"
    assert "your organisation's policy" in run("policy", "explain", str(file), "--folder", str(folder))[1]


def test_a_signing_key_and_its_public_half_are_printed(run: Run) -> None:
    private = run("policy", "new-key")[1].strip()
    assert run("policy", "public-key", "--key", private)[1].strip() == public_key_of(private)
    code, _, told = run("policy", "public-key", "--key", "none")
    assert (code, "is no signing key" in told) == (1, True)


PAGE = (Path(__file__).parents[2] / "docs" / "team.md").read_text("utf-8")


def test_the_commands_that_the_page_shows_run(run: Run) -> None:
    shown = "".join(re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)).splitlines()
    commands = [shlex.split(line)[1:] for line in shown if line.startswith("coderoute-ls ") and " gateway " not in line]
    assert len(commands) >= 4
    assert {" ".join(words): run(*words)[0] for words in commands} == {" ".join(words): 0 for words in commands}


def test_the_policy_that_the_page_shows_is_one(run: Run, tmp_path: Path) -> None:
    (shown,) = re.findall(r"```text\n(# policy\.toml.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "policy.toml"
    file.write_text(shown, "utf-8")
    assert run("policy", "set", str(file))[0] == 0
