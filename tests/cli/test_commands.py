"""The frame of the command line, and the small commands."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest

from coderoute_ls import __version__
from coderoute_ls.cli._exit_codes import FAILED, MISUSED, NO_MODEL
from coderoute_ls.cli._program import main
from coderoute_ls.errors import BudgetExceeded, ConfigurationError, NoOffer


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CODEROUTE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


# -- the frame ------------------------------------------------------------------------------------------------------------


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


def test_help_lists_every_command_with_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for word in ("config", "doctor", "keys", "serve", "usage", "Examples:", "Exit codes:", "130"):
        assert word in text


@pytest.mark.parametrize("command", ["config", "config show", "config init", "doctor", "keys", "keys set", "usage", "serve"])
def test_every_command_explains_itself_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--help"]) == 0
    assert f"coderoute-ls {command.split(maxsplit=1)[0]}" in capsys.readouterr().out.partition("Examples:")[2]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("rout refactor", "; did you mean route?"), ("keys ste", "; did you mean set?"),
     ("models refersh", "; did you mean refresh?"), ("Doctr", "; did you mean doctor?"), ("xyzzy", ".")],
)  # fmt: skip
def test_a_mistyped_command_is_told_with_the_nearest(typed: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(typed.split()) == MISUSED
    name = next(word for word in reversed(typed.split()) if word != "refactor")
    assert f"There is no command {name!r}{meant}\n" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["route refactor", "models", "route --replay -"])
def test_on_a_terminal_sentences_are_broken_between_words(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    shown: list[str] = []
    for terminal in (False, True):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"[" * 200)))
        for stream in (sys.stdout, sys.stderr):
            monkeypatch.setattr(stream, "isatty", lambda terminal=terminal: terminal)
        main(command.split())
        shown.append("".join(capsys.readouterr()))
    piped, told = (re.sub(r"\x1b\[[0-9;]*m", "", text) for text in shown)
    assert max(map(len, piped.splitlines())) > 60 >= max(map(len, told.splitlines()))


@pytest.mark.parametrize(
    "command",
    ["models", "models show openai/gpt-6-luna", "route refactor --explain", "route refactor --what-if", "route nope", "keys list",
     "route refactor --objective fastest", "usage", "usage --by nothing", "models --bad", "providers", "config show", "xyzzy"],
)  # fmt: skip
def test_a_narrow_terminal_breaks_no_word(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wider than the whole terminal, a long name, is broken behind a sign in it."""
    shown: list[str] = []
    for columns in (400, 40):
        monkeypatch.setenv("COLUMNS", str(columns))
        for stream in (sys.stdout, sys.stderr):
            monkeypatch.setattr(stream, "isatty", lambda: True)
        main(command.split())
        shown.append(re.sub(r"\x1b\[[0-9;]*m", "", "".join(capsys.readouterr())))
    wide, narrow = shown
    assert max(map(len, narrow.splitlines())) <= 40
    words = {word.strip("(),;:").lower() for word in wide.split()}
    for word in narrow.split():
        plain = word.strip("(),;:").lower()
        assert plain in words or any(plain in known for known in words if len(known) > 30) or "─" in plain or "┤" in plain, word


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["usage", "--period", "eon"], ["serve", "--no-such-option"], ["../../etc/passwd"]]
)
def test_wrong_arguments_end_with_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == MISUSED
    assert "Usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [(ConfigurationError("Correct it."), FAILED), (NoOffer("Nobody."), NO_MODEL), (BudgetExceeded("Broke."), NO_MODEL)],
)
def test_what_went_wrong_is_one_sentence_and_a_code(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr("coderoute_ls.cli.usage.period_of", broken)
    assert main(["usage"]) == code
    assert capsys.readouterr().err == f"Error: {error}\n"


def test_calling_one_command_loads_no_other() -> None:
    script = "import sys, coderoute_ls.cli._program as c; c.main(['usage', '--help']); sys.stderr.write(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stderr.split()
    assert "coderoute_ls.cli.usage" in loaded
    for heavy in ("coderoute_ls.cli.demo", "coderoute_ls.cli.serve", "pygls", "httpx", "keyring", "rich"):
        assert heavy not in loaded


def test_a_reader_that_has_seen_enough_hears_no_complaint() -> None:
    program = [sys.executable, "-c", "import coderoute_ls.cli._program as c; raise SystemExit(c.main(['config', 'schema']))"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


# -- config ---------------------------------------------------------------------------------------------------------------


def test_settings_are_shown_with_where_they_came_from(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text('privacy = "zdr"\n[budget]\ndaily_usd = 1\n')
    (tmp_path / "coderoute.toml").write_text('quality = "best"\nlearn = true\n[actions.explain]\nmin_coding_score = 0.2\n')
    assert main(["config", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["settings"]["quality"] == {"value": "best", "from": "workspace"}
    assert shown["settings"]["privacy"] == {"value": "zdr", "from": "user"}
    assert shown["settings"]["inline.enable"] == {"value": True, "from": "default"}
    assert shown["floors"]["refactor"] == {"value": 0.8, "from": "workspace"}
    assert shown["floors"]["explain"] == {"value": 0.2, "from": "workspace"}
    assert shown["ignored"] == ["coderoute.toml: learn is ignored: only your own config.toml may set it (line 2)"]

    assert main(["config", "show"]) == 0
    out = capsys.readouterr()
    assert "\x1b" not in out.out
    assert ["quality", "best", "workspace"] in [line.split() for line in out.out.splitlines()]
    assert out.err.startswith("Not used: coderoute.toml: learn")


def test_a_first_file_is_written_once(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "init"]) == 0
    assert main(["config", "init", "--workspace"]) == 0
    assert (home / "config" / "config.toml").exists()
    assert "quality" in (tmp_path / "coderoute.toml").read_text("utf-8")
    (tmp_path / "coderoute.toml").write_text("mine")
    assert main(["config", "init", "--workspace"]) == FAILED
    assert (tmp_path / "coderoute.toml").read_text() == "mine"
    assert "exists already" in capsys.readouterr().err


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "schema", "--workspace"]) == 0
    assert "quality" in json.loads(capsys.readouterr().out)["properties"]


# -- keys -----------------------------------------------------------------------------------------------------------------


class Drawer(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1  # pyright: ignore[reportAssignmentType]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError(username)


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Drawer:
    drawer = Drawer()
    monkeypatch.setattr(keyring, "get_keyring", lambda: drawer)
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(keyring, name, getattr(drawer, name))
    return drawer


SECRET = "sk-live-0123456789abcdef"


def test_a_key_is_stored_found_and_removed_and_never_shown(
    drawer: Drawer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def typed(_: str) -> str:
        return SECRET

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("click.termui.hidden_prompt_func", typed)
    assert main(["keys", "set", "deepseek"]) == 0
    assert drawer.kept == {("coderoute-ls", "deepseek"): SECRET}

    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    assert main(["keys", "list", "--json"]) == 0
    out = capsys.readouterr().out
    found = json.loads(out[out.index("{") :])
    assert found["deepseek"] == {"found": "keyring", "variables": ["DEEPSEEK_API_KEY"]}
    assert found["openai"]["found"] == "environment OPENAI_API_KEY"
    assert found["mistral"]["found"] is None

    assert main(["keys", "remove", "deepseek"]) == 0
    assert drawer.kept == {}
    assert main(["keys", "remove", "deepseek"]) == FAILED
    rest = capsys.readouterr()
    assert SECRET not in out + rest.out + rest.err


def test_a_key_can_be_piped_in(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    from io import StringIO

    monkeypatch.setattr("sys.stdin", StringIO(f"  {SECRET} \n"))
    assert main(["keys", "set", "mistral"]) == 0
    assert drawer.kept == {("coderoute-ls", "mistral"): SECRET}
    monkeypatch.setattr("sys.stdin", StringIO("\n"))
    assert main(["keys", "set", "mistral"]) == MISUSED


def test_an_unknown_provider_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "set", "opena"]) == MISUSED
    assert "openrouter" in capsys.readouterr().err


def test_without_a_keyring_the_way_round_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from io import StringIO

    def none(*_: object) -> None:
        raise keyring.errors.NoKeyringError

    monkeypatch.setattr(keyring, "set_password", none)
    monkeypatch.setattr("sys.stdin", StringIO(SECRET))
    assert main(["keys", "set", "mistral"]) == FAILED
    said = capsys.readouterr().err
    assert "environment variable" in said
    assert SECRET not in said
