"""``coderoute-ls doctor`` on machines with something wrong."""

import json
import re
import sys
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.cli._doctor_checks import Check
from coderoute_ls.cli._program import main
from coderoute_ls.cli.doctor import examine, first_remedy
from coderoute_ls.domain import LedgerEntry
from coderoute_ls.ledger.database_file import connect
from coderoute_ls.ledger.transactions import LedgerStore
from coderoute_ls.providers.local_model import model_files
from coderoute_ls.selection.catalog.catalog import Catalog

NOW = 1_795_262_400.0
"""2026-11-21."""
DAY = 86_400.0
SECRET = "hunter2-0123456789"
NO_LOCAL_SERVERS = "".join(f"[providers.{name}]\nenable = false\n" for name in ("ollama", "lmstudio", "llamacpp", "vllm"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "user"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)
    return home


def machine(tmp_path: Path, *, config: str = "", workspace: str | None = None, now: float = NOW, **environ: str) -> list[Check]:
    """All findings of a machine with these files and variables."""
    root = tmp_path / "home"
    (root / "config").mkdir(parents=True, exist_ok=True)
    (root / "config" / "config.toml").write_text(config + NO_LOCAL_SERVERS)
    if workspace is not None:
        (tmp_path / "coderoute.toml").write_text(workspace)
    return examine(tmp_path, {"CODEROUTE_HOME": str(root), **environ}, lambda _: None, now=now)


def wrong(found: list[Check]) -> list[Check]:
    return [check for check in found if check.state == "problem"]


@contextmanager
def provider(status: int, body: str) -> Generator[str]:
    """A provider on loopback that answers everything with this; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = body.replace("KEY", self.headers.get("authorization", "")).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def own_provider(url: str) -> str:
    return f'[providers.corp]\ndialect = "openai-chat"\nbase_url = "{url}"\nkey_env = "CORP_KEY"\n'


def test_a_machine_with_nothing_is_healthy_and_told_to_get_a_key(tmp_path: Path) -> None:
    found = machine(tmp_path)
    assert wrong(found) == []
    assert "coderoute-ls keys set" in first_remedy(found)


def test_a_refused_key_is_named_with_its_remedy_and_never_shown(tmp_path: Path) -> None:
    with provider(401, '{"error": {"message": "Incorrect API key provided: KEY"}}') as url:
        found = machine(tmp_path, config=own_provider(url), CORP_KEY=SECRET)
    (problem,) = wrong(found)
    assert problem.area == "providers"
    assert "corp" in problem.text
    assert "keys set corp" in problem.remedy
    assert "CORP_KEY" in problem.remedy
    assert first_remedy(found) == problem.remedy
    assert any(check.area == "keys" and check.text == "corp (environment CORP_KEY)" for check in found)
    assert SECRET not in str(found)


def test_a_provider_that_answers_is_reported_with_its_time(tmp_path: Path) -> None:
    with provider(200, '{"data": [{"id": "small"}]}') as url:
        found = machine(tmp_path, config=own_provider(url), CORP_KEY=SECRET)
    assert wrong(found) == []
    assert any(check.text.startswith("corp lists 1 models, in ") for check in found)


@pytest.mark.parametrize("local", ["", "local = true\n"])
def test_a_server_of_the_users_own_is_looked_at_without_any_key(tmp_path: Path, local: str) -> None:
    head = '[providers.mine]\ndialect = "openai-chat"\nbase_url = "{url}"\n'
    config = head + 'models = [{{ id = "small", coding = 0.6 }}]\n' + local
    with provider(200, '{"data": [{"id": "small"}]}') as url:
        found = machine(tmp_path, config=config.format(url=url))
    (looked_at,) = [check.text for check in found if check.area == "providers"]
    assert looked_at.startswith("mine lists 1 models, ")
    (problem,) = wrong(machine(tmp_path, config=config.format(url=url)))
    assert problem.text.startswith("mine")


def test_a_provider_without_a_list_of_models_is_no_problem(tmp_path: Path) -> None:
    with provider(404, '{"error": {"message": "not found"}}') as url:
        found = machine(tmp_path, config=own_provider(url), CORP_KEY=SECRET)
    assert wrong(found) == []
    assert [check.state for check in found if check.text.startswith("corp answers, but")] == ["note"]


@pytest.mark.parametrize(
    "body",
    [
        '{"error": "Unexpected endpoint or method. (GET /models)"}',
        '{"error": {"message": "no such path"}}',
        "<html>It works!</html>",
        "OK",
        "{}",
        "[]",
        '{"data": null}',
    ],
)
@pytest.mark.parametrize("local", ["", "local = true\n"])
def test_a_server_that_says_all_is_well_and_lists_nothing_is_a_problem(tmp_path: Path, body: str, local: str) -> None:
    with provider(200, body) as url:
        (problem,) = wrong(machine(tmp_path, config=own_provider(url) + local, CORP_KEY=SECRET))
    assert problem.area == "providers"
    assert problem.text.startswith("corp: ")
    assert "address" in problem.remedy or "base_url" in problem.remedy


def test_a_server_without_a_model_is_a_note(tmp_path: Path) -> None:
    with provider(200, '{"data": []}') as url:
        found = machine(tmp_path, config=own_provider(url), CORP_KEY=SECRET)
    assert wrong(found) == []
    assert [check.state for check in found if "but serves no model" in check.text] == ["note"]


def test_a_key_that_cannot_be_one_is_one_problem_and_is_not_sent(tmp_path: Path) -> None:
    with provider(500, "it was asked") as url:
        (problem,) = wrong(machine(tmp_path, config=own_provider(url), CORP_KEY=f"Bearer {SECRET}"))
    assert problem.text == "the key of corp (environment CORP_KEY) begins with a word like “Bearer”: store the key alone"


def test_a_provider_with_a_wrong_address_is_a_problem_and_the_others_are_looked_at(tmp_path: Path) -> None:
    with provider(200, '{"data": [{"id": "small"}]}') as url:
        config = own_provider(url) + '[providers.bad]\ndialect = "openai-chat"\nbase_url = "https://h:99999"\n'
        found = machine(tmp_path, config=config, CORP_KEY=SECRET)
    (problem,) = wrong(found)
    assert problem.text == "The address of bad (base_url) names a port or host that cannot exist."
    assert problem.remedy == "Correct [providers.bad] in your config.toml."
    assert any(check.text.startswith("corp lists 1 models") for check in found)


def test_a_provider_that_is_gone_is_named(tmp_path: Path) -> None:
    with provider(200, "") as url:
        pass
    (problem,) = wrong(machine(tmp_path, config=own_provider(url), CORP_KEY=SECRET))
    assert "corp" in problem.text
    assert problem.remedy


def test_a_model_file_is_named_and_so_is_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "find_spec", lambda name: name)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    config = f'[providers.local]\nmodel_path = "{tmp_path / "model.gguf"}"\n'
    (problem,) = wrong(machine(tmp_path, config=config))
    assert problem.text.startswith("local: The model file") and "model.gguf" in problem.text
    assert problem.remedy == "Correct `model_path` in your config.toml."
    (tmp_path / "model.gguf").write_bytes(b"GGUF and so on")
    found = machine(tmp_path, config=config)
    assert wrong(found) == []
    assert any(check.text == f"local is the model file {tmp_path / 'model.gguf'}" for check in found)


def test_a_state_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "state").write_text("a file in its place")
    found = machine(tmp_path)
    (problem,) = wrong(found)
    assert str(tmp_path / "home" / "state") in problem.text
    assert "CODEROUTE_HOME" in problem.remedy
    assert first_remedy(found) == problem.remedy


def test_a_broken_workspace_file_is_named(tmp_path: Path) -> None:
    (problem,) = wrong(machine(tmp_path, workspace="quality = \n"))
    assert "coderoute.toml" in problem.text
    assert "not valid TOML" in problem.text
    assert "coderoute.toml" in problem.remedy


def test_what_a_workspace_may_not_say_is_named(tmp_path: Path) -> None:
    (problem,) = wrong(machine(tmp_path, workspace='[providers.openai]\nbase_url = "https://evil.example"\n'))
    assert "only your own config.toml" in problem.text


def test_an_old_catalogue_is_named(tmp_path: Path) -> None:
    from datetime import date, datetime

    compiled = date.fromisoformat(Catalog.bundled().compiled[:10])
    later = datetime(compiled.year, compiled.month, compiled.day, 12).timestamp() + 46 * DAY
    (problem,) = wrong(machine(tmp_path, now=later))
    assert problem.area == "catalogue"
    assert "46 days old" in problem.text
    assert "pip install --upgrade" in problem.remedy


def test_a_damaged_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / "home" / "state").mkdir(parents=True)
    (tmp_path / "home" / "state" / "ledger.sqlite").write_bytes(b"no database" * 500)
    (problem,) = wrong(machine(tmp_path))
    assert problem.area == "ledger"
    assert "Move the file away" in problem.remedy


def test_recent_errors_are_shown(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "home" / "state" / "ledger.sqlite")) as connection:
        LedgerStore(connection).record(LedgerEntry("a", NOW - DAY, "/w", "edit", offer="openai/gpt-5", error="RateLimited"))
        LedgerStore(connection).record(LedgerEntry("b", NOW - 30 * DAY, "/w", "edit", offer="xai/grok", error="OutOfCredit"))
    texts = [check.text for check in machine(tmp_path) if check.area == "last errors"]
    assert len(texts) == 1
    assert texts[0].startswith("openai: RateLimited from openai/gpt-5, ")


def test_an_editor_that_is_set_up_is_found(tmp_path: Path, home: Path) -> None:
    (home / ".config" / "helix").mkdir(parents=True)
    (home / ".config" / "helix" / "languages.toml").write_text("[language-server.coderoute]")
    assert any(check.text == "set up: helix" for check in machine(tmp_path))


def test_the_report_tells_neither_keys_nor_whose_machine_it_is(tmp_path: Path, home: Path) -> None:
    with provider(500, "KEY said Bearer sk-proj-abcdef0123456789") as url:
        config = f'[ledger]\npath = "{home}/private/ledger.sqlite"\n' + own_provider(url)
        (home / "private").mkdir()
        (home / "private" / "ledger.sqlite").write_bytes(b"no database" * 500)
        found = machine(tmp_path, config=config, CORP_KEY=SECRET, OPENAI_API_KEY="")
    text = str(found)
    assert SECRET not in text
    assert "sk-proj" not in text
    assert str(home) not in text
    assert "~/private/ledger.sqlite" in text


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_on_a_terminal_no_word_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    monkeypatch.setenv("CODEROUTE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("coderoute_ls.cli.doctor.system_keyring", dict[str, str]().get)
    assert main(["doctor", "--offline"]) == 0
    whole = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["doctor", "--offline"]) == 0
    shown = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    assert shown.split() == whole.split()
    assert [line for line in shown.splitlines() if len(line) >= columns and len(line.split()) > 2] == []


def test_the_command_ends_with_1_on_a_problem_and_prints_what_is_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CODEROUTE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("coderoute_ls.cli.doctor.system_keyring", dict[str, str]().get)
    assert main(["doctor", "--offline"]) == 0
    (first,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("First: ")]
    assert first.startswith("First: Store a key: coderoute-ls keys set ") and len(first) <= 80
    (tmp_path / "coderoute.toml").write_text("x = 1")
    assert main(["doctor", "--offline", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["healthy"] is False
    assert "coderoute.toml" in told["first"]
    assert {check["state"] for check in told["checks"]} == {"ok", "note", "problem"}


@pytest.mark.parametrize(
    ("spent", "budget", "told"),
    [
        (5.0, "daily_usd = 5.0", "budget.daily_usd of $5.00 is used up today"),
        (4.5, "daily_usd = 5.0", "$0.50 is left of budget.daily_usd, $5.00, today"),
        (2.0, "daily_usd = 100\nmonthly_usd = 1.5", "budget.monthly_usd of $1.50 is used up this month"),
        (0.0, "daily_usd = 0", "budget.daily_usd of $0 is used up today"),
        (1.0, "daily_usd = 5.0", ""),
    ],
)
def test_a_budget_that_is_used_up_is_told_with_what_to_do(tmp_path: Path, spent: float, budget: str, told: str) -> None:
    with closing(connect(tmp_path / "home" / "state" / "ledger.sqlite")) as connection:
        LedgerStore(connection).record(LedgerEntry("a", NOW, "/w", "edit", offer="openai/gpt-5", billed_usd=spent))
    found = [check for check in machine(tmp_path, config=f"[budget]\n{budget}\n") if check.area == "budgets"]
    assert [check.text.partition(":")[0] for check in found] == ([told] if told else [])
    assert all("under [budget] in your config.toml" in check.remedy for check in found)


@pytest.mark.parametrize("content", [b"privacy = [", b"\xff\xfe", b"[providers.mine]\nbase_url = 3\n"])
def test_a_configuration_that_cannot_be_read_is_what_comes_first_and_its_place_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "home" / "config").mkdir(parents=True)
    (tmp_path / "home" / "config" / "config.toml").write_bytes(content)
    found = examine(tmp_path, {"CODEROUTE_HOME": str(tmp_path / "home")}, lambda _: None, now=NOW, offline=True)
    assert first_remedy(found).startswith("Correct your config.toml")


def test_what_comes_first_names_what_it_is_about(tmp_path: Path) -> None:
    found = machine(tmp_path, config=own_provider("http://127.0.0.1:9/v1"), CORP_KEY="a-key-of-some-length")
    assert "corp" in first_remedy(found)
    found = machine(tmp_path, config=own_provider("http://127.0.0.1:9/v1") + "local = true\n")
    assert "Start corp" in first_remedy(found)


def test_it_says_which_keys_give_ghost_text_and_by_which_model(tmp_path: Path) -> None:
    config = "[catalog]\nrefresh = 0\n"
    found = machine(tmp_path, config=config, MISTRAL_API_KEY="k" * 20, PERPLEXITY_API_KEY="p" * 20)
    (told,) = (check for check in found if check.text.startswith("Ghost text"))
    assert told.state == "ok" and told.area == "keys"
    assert "Mistral by Codestral" in told.text and told.text.endswith("None from Perplexity")


def test_keys_that_give_no_ghost_text_are_no_problem_and_it_says_which_ones_would(tmp_path: Path) -> None:
    found = machine(tmp_path, PERPLEXITY_API_KEY="p" * 20)
    (told,) = (check for check in found if check.text.startswith("Ghost text"))
    assert told.state == "note" and "from the built-in engine alone" in told.text and "Mistral" in told.remedy


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("", ["perplexity", "bedrock"]),
        ('[providers.perplexity]\nmodels = [{ id = "sonar", input = 1.0, output = 1.0 }]\n', ["bedrock"]),
    ],
)
def test_a_key_for_which_no_model_is_known_asks_for_a_models_name(tmp_path: Path, config: str, said: list[str]) -> None:
    key = "p" * 20
    found = machine(tmp_path, config=config, MISTRAL_API_KEY=key, PERPLEXITY_API_KEY=key, AWS_BEARER_TOKEN_BEDROCK=key)
    told = [check for check in found if check.text.startswith("the catalogue knows no model")]
    assert sorted(check.text.rsplit(" ", 1)[1] for check in told) == sorted(said)
    assert all(check.state == "note" and "models = [{ id =" in check.remedy for check in told)


def test_without_any_key_nothing_is_said_of_ghost_text(tmp_path: Path) -> None:
    assert not [check for check in machine(tmp_path) if check.text.startswith("Ghost text")]


SCORED = "[models.scores.{row}]\ncoding = 0.5\n"
OWN = '[providers.mine]\nbase_url = "http://127.0.0.1:9/v1"\nlocal = true\nmodels = [{ id = "tuned" }]\n'


@pytest.mark.parametrize("row", ['"deepseek/deepseek-v4-pro"', '"mine/tuned"', '"tuned"'])
def test_a_score_that_somebody_can_use_is_no_finding(tmp_path: Path, row: str) -> None:
    """A model of the catalogue, and an own one by both of its names."""
    assert not [check for check in machine(tmp_path, config=SCORED.format(row=row) + OWN) if "scores nothing" in check.text]


@pytest.mark.parametrize(
    ("row", "meant"),
    [
        ('"deepseek/deepseek-v4-pr"', "deepseek/deepseek-v4-pro"),
        ('"mine/tunes"', "mine/tuned"),
        ('"nothing like a model"', ""),
        ('"Mine/Tuned"', "mine/tuned"),
        ('"nowhere/tuned-2-of-mine"', ""),
    ],
)
def test_a_score_of_a_model_that_nobody_offers_is_named(tmp_path: Path, row: str, meant: str) -> None:
    (problem,) = [check for check in machine(tmp_path, config=SCORED.format(row=row) + OWN) if "scores nothing" in check.text]
    assert (problem.area, problem.state) == ("settings", "problem")
    assert row in problem.text and meant in problem.text
    assert "models --unscored" in problem.remedy
