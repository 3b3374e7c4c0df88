"""``route``, ``models`` and ``cost`` from the command line."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from click import BadParameter, Command, UsageError
from click.testing import CliRunner

from coderoute_ls.cli.cost import COMMAND as COST
from coderoute_ls.cli.models import COMMAND as MODELS
from coderoute_ls.cli.route import COMMAND as ROUTE
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.providers.configured_vendors import configured
from coderoute_ls.selection import Catalog

Json = Mapping[str, object]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Json:
        return cast("Json", json.loads(self.out))


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home and a workspace of its own, one key, and nobody listening on this machine."""
    for vendor in configured({}, {}).values():
        for name in vendor.key_env:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CODEROUTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DEEPSEEK_API_KEY", "not-a-real-key")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr("coderoute_ls.app.local_servers.local_server_consent.find_servers", _nobody)
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    monkeypatch.chdir(workspace)
    yield workspace


async def _nobody(*args: object, **more: object) -> tuple[()]:
    return ()


def run(command: Command, *arguments: str, stdin: str = "") -> Ran:
    result = CliRunner().invoke(command, arguments, input=stdin, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return Ran(result.return_value if isinstance(result.return_value, int) else 0, result.stdout, result.stderr)


def offer_of(told: Json) -> str:
    return str(cast("Json", told["chosen"])["offer"])


def test_route_says_what_would_be_asked_and_why() -> None:
    ran = run(ROUTE, "refactor")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "Refactor: coding score at least 0.70 (the default); the cheapest such model is asked."
    assert "Chosen: deepseek/deepseek-" in ran.out and "Why: cheapest expected cost among" in ran.out


def test_a_recorded_decision_replays_byte_for_byte(workspace: Path) -> None:
    first = run(ROUTE, "refactor", "--json")
    (workspace / "decision.json").write_text(first.out, encoding="utf-8")
    again = run(ROUTE, "--replay", "decision.json", "--json")
    assert again.out == first.out
    assert run(ROUTE, "--replay", "-", "--json", stdin=first.out).out == first.out


def test_the_workspaces_floor_decides_and_is_named(workspace: Path) -> None:
    (workspace / "coderoute.toml").write_text("[actions.refactor]\nmin_coding_score = 0.74\n")
    told = run(ROUTE, "refactor", "--json").json
    assert told["floor"] == {"value": 0.74, "from": "workspace"}
    argued = run(ROUTE, "refactor", "--json", "--min-coding-score", "0.5").json
    assert argued["floor"] == {"value": 0.5, "from": "request"}


def test_in_a_repository_the_nearest_file_upwards_has_the_last_word(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for an editor that opened the folder; what lies above the repository has no say."""
    package = workspace / "packages" / "api"
    package.mkdir(parents=True)
    monkeypatch.chdir(package)
    (workspace / "coderoute.toml").write_text("[actions.refactor]\nmin_coding_score = 0.74\n")
    assert run(ROUTE, "refactor", "--json").json["floor"] == {"value": 0.7, "from": "default"}
    (workspace / ".git").mkdir()
    assert run(ROUTE, "refactor", "--json").json["floor"] == {"value": 0.74, "from": "workspace"}
    (package / "coderoute.toml").write_text("[actions.refactor]\nmin_coding_score = 0.65\n")
    assert run(ROUTE, "refactor", "--json").json["floor"] == {"value": 0.65, "from": "workspace"}


def test_without_a_key_the_built_in_engine_answers_and_ask_would_fail(monkeypatch: pytest.MonkeyPatch, workspace: Path) -> None:
    monkeypatch.delenv("DEEPSEEK_API_KEY")
    told = run(ROUTE, "refactor", "--json").json
    assert offer_of(told) == "embedded/engine"
    (workspace / "coderoute.toml").write_text('on_unmet_floor = "error"\n')
    ran = run(ROUTE, "refactor")
    assert ran.code == 3 and "No model may be asked." in ran.out


def test_explaining_tells_and_draws() -> None:
    ran = run(ROUTE, "refactor", "--explain")
    assert "Rejected:" in ran.out and "without a key" in ran.out and "● chosen" in ran.out


@pytest.mark.parametrize(("name", "start"), [("why.svg", "<svg"), ("why.html", "<!doctype html>")])
def test_the_picture_goes_into_a_file(workspace: Path, name: str, start: str) -> None:
    assert run(ROUTE, "refactor", "--plot", name).code == 0
    assert (workspace / name).read_text(encoding="utf-8").startswith(start)


def test_what_if_prints_every_floor_and_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "not-a-real-key")
    out = run(ROUTE, "refactor", "--what-if").out
    rows = [line for line in out.splitlines() if line[:4].replace(".", "").isdigit() and "→" not in line]
    assert [row[:4] for row in rows] == [f"{0.05 * n:.2f}" for n in range(2, 20)]
    assert "→" in out and "costs" in out


def test_what_if_as_json_holds_floor_offer_and_price() -> None:
    steps = cast("list[Json]", json.loads(run(ROUTE, "refactor", "--what-if", "--json").out))
    assert [step["floor"] for step in steps] == [round(0.05 * n, 2) for n in range(2, 20)]
    assert str(steps[12]["offer"]).startswith("deepseek/deepseek-") and steps[-1]["offer"] is None


def test_a_pinned_offer_with_a_variant_is_the_only_one_considered() -> None:
    told = run(ROUTE, "refactor", "--offer", "deepseek/deepseek-v4-pro:nitro", "--json").json
    assert offer_of(told) == "deepseek/deepseek-v4-pro" and told["objective"] == "speed"


@pytest.mark.parametrize("arguments", [(), ("refactor", "--replay", "-"), ("refactor", "--plot", "why.png"), ("dance",)])
def test_wrong_arguments_are_refused_with_a_sentence(arguments: Sequence[str]) -> None:
    with pytest.raises(UsageError):
        run(ROUTE, *arguments)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"v": 1}'])
def test_what_is_no_record_is_refused_with_a_sentence(content: str) -> None:
    with pytest.raises(ConfigurationError):
        run(ROUTE, "--replay", "-", stdin=content)


def test_models_lists_best_first_and_tells_the_facts_age() -> None:
    ran = run(MODELS)
    rows = cast("list[Json]", run(MODELS, "--json").json["models"])
    lows = [float(str(cast("Json", row["score"])["low"])) for row in rows]
    assert lows == sorted(lows, reverse=True) and len(lows) > 200
    assert str(rows[0]["id"]) in ran.out
    dated = Catalog.bundled().dated
    assert f"Prices and models of {dated['prices']} (" in ran.err and f"scores of {dated['scores']} (" in ran.err
    listed = run(MODELS, "--axis", "completion", "--json").json
    models = cast("list[Json]", listed["models"])
    assert str(models[0]["id"]).startswith("deepseek/deepseek-v4")


def test_one_model_is_shown_with_sources_and_prices() -> None:
    out = run(MODELS, "show", "deepseek/deepseek-v4-pro").out
    assert (
        "coding: 0.76" in out
        and "latent-ability-v1 of 2026-08-01" in out
        and "price of 2026-10-17 from docs" in " ".join(out.split())
    )
    with pytest.raises(BadParameter, match=r"did you mean deepseek/deepseek-v4-pro"):
        run(MODELS, "show", "v4-pro")


def test_a_model_that_nobody_scored_is_placed() -> None:
    out = run(MODELS, "score", "own/new", "--row", "aider-polyglot=66", "--row", "swe-bench-verified-bash-only=47", "--json").json
    coding = cast("Mapping[str, float]", out["coding"])
    assert coding["value"] == pytest.approx(0.49, abs=0.03)


def test_schemas_are_printed() -> None:
    assert "models" in cast("Json", run(MODELS, "schema").json["properties"])
    assert "chosen" in cast("Json", run(MODELS, "schema", "--record").json["properties"])


def test_cost_reproduces_the_published_table_from_the_rules() -> None:
    assert run(COST, "--json").json == {"direct": 600.0, "openrouter credits": 633.0, "openrouter own key": 630.0}
    assert run(COST, "--json", "--requests", "1000000").json["openrouter own key"] == 600.0
    assert run(COST, "--json", "--requests", "4000000").json["openrouter own key"] == 622.5
    assert run(COST, "--json", "--input", "1M", "--output", "0").json["openrouter credits"] == 3.8


def test_cost_compares_the_vendors_of_a_model() -> None:
    rows = run(COST, "--model", "deepseek/deepseek-v4-pro-0813", "--input", "1M", "--output", "1M", "--json").json
    assert rows["deepseek/deepseek-v4-pro"] == 5.28
    assert list(rows.values()) == sorted(cast("list[float]", list(rows.values())))


# -- without any key -------------------------------------------------------------------------------------------------------


@pytest.fixture
def keyless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPSEEK_API_KEY")


@pytest.mark.usefixtures("keyless")
def test_without_a_key_route_says_whom_one_would_ask() -> None:
    ran = run(ROUTE, "refactor")
    assert "No key is set that can be used" in ran.out
    told = ran.out.splitlines()
    for vendor in ("an OpenRouter", "an Anthropic"):
        (line,) = [line for line in told if line.startswith(f"  with {vendor} key: ")]
        assert ", about $0." in line and len(line) <= 80
    assert "no_credentials" not in run(ROUTE, "refactor", "--explain").out


@pytest.mark.usefixtures("keyless")
@pytest.mark.parametrize("drafts", [True, False])
def test_without_a_key_route_says_who_gives_ghost_text(drafts: bool, workspace: Path) -> None:
    (workspace / "coderoute.toml").write_text(f"[embedded]\nenable = {str(drafts).lower()}\n")
    ran = run(ROUTE, "inline_completion")
    assert ran.code == 3 and "No model may be asked" in ran.out
    assert ("ghost text comes from the built-in engine alone" in ran.out) == drafts


@pytest.mark.usefixtures("keyless")
def test_without_a_key_what_if_shows_the_steps_of_the_usual_vendors() -> None:
    ran = run(ROUTE, "refactor", "--what-if")
    assert [line for line in ran.out.splitlines() if line.startswith("With ")] == [
        "With an OpenRouter key:",
        "With an Anthropic key:",
        "With an OpenAI key:",
    ]
    steps = cast("list[Json]", json.loads(run(ROUTE, "refactor", "--what-if", "--json").out))
    assert {step["key"] for step in steps} == {"openrouter", "anthropic", "openai"}


def test_with_a_key_nothing_is_supposed() -> None:
    assert "With a" not in run(ROUTE, "refactor", "--explain").out


# -- names that are wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "arguments", "near"),
    [
        (ROUTE, ("refator",), "did you mean refactor?"),
        (ROUTE, ("refactor", "--offer", "deepsek/deepseek-v4-pro"), "deepseek/deepseek-v4-pro"),
        (MODELS, ("--provider", "openrouters"), "did you mean openrouter?"),
        (MODELS, ("show", "deepseek-v4-pr"), "deepseek/deepseek-v4-pro"),
    ],
)
def test_a_wrong_name_is_an_error_with_the_nearest_ones(command: Command, arguments: Sequence[str], near: str) -> None:
    with pytest.raises(BadParameter) as caught:
        run(command, *arguments)
    assert near in caught.value.message


@pytest.mark.parametrize("pinned", ["deepseek/deepseek-v4-pro:nitro", "deepseek/deepseek-v4-pro@high"])
def test_a_right_name_with_an_objective_or_an_effort_is_none(pinned: str) -> None:
    assert run(ROUTE, "refactor", "--offer", pinned).code == 0


@pytest.mark.parametrize("arguments", [(), ("--unscored",), ("--axis", "completion")])
def test_what_is_known_of_models_fits_eighty_columns(arguments: Sequence[str]) -> None:
    assert max(map(len, run(MODELS, *arguments).out.splitlines())) <= 80
