"""A model file on the command line: listed, asked, and with the scores that the user gives it."""

import json
from pathlib import Path
from typing import Any

import pytest

from coderoute_ls.cli._program import main
from tests.embedded.tiny_model import ANSWER, write_tiny_model
from tests.support.session import NOBODY_LOCAL

pytest.importorskip("xllamacpp", reason="needs the extra [local]")


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose user names a model file that is there, and one that is not."""
    monkeypatch.setenv("CODEROUTE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    write_tiny_model(tmp_path / "tiny.gguf", context=32_768)
    (tmp_path / "home" / "config").mkdir(parents=True)
    (tmp_path / "home" / "config" / "config.toml").write_text(
        f'[providers.local]\nmodel_path = "{tmp_path / "tiny.gguf"}"\nmodels = [{{ id = "mine", coding = 0.6 }}]\n'
        '[providers.gone]\nmodel_path = "/nowhere/gone.gguf"\n' + NOBODY_LOCAL
    )


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    main([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def test_providers_tells_whether_the_file_can_be_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    states = {row["provider"]: (row["usable"], row["state"]) for row in said(capsys, "providers")}
    assert states["local"] == (True, "model file of 0.0 GB, loaded when it is asked")
    assert states["gone"][0] is False
    assert "gone.gguf cannot be read" in states["gone"][1]


def test_providers_check_loads_and_asks_it(capsys: pytest.CaptureFixture[str]) -> None:
    (answer,) = said(capsys, "providers", "check", "local")
    assert answer["ok"] is True
    assert f"mine answered “{ANSWER.strip()}”" in answer["said"]


def test_models_lists_it_with_the_users_score(capsys: pytest.CaptureFixture[str]) -> None:
    (model,) = said(capsys, "models", "--provider", "local")["models"]
    assert (model["id"], model["offers"], model["score"]["value"]) == ("mine", ["local/mine"], 0.6)
    assert said(capsys, "models", "show", "mine")["scores"]["coding"]["value"] == 0.6


def test_a_file_with_an_address_is_a_contradiction(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "home" / "config" / "config.toml"
    config.write_text(config.read_text().replace("[providers.local]", '[providers.local]\nbase_url = "http://127.0.0.1:1"'))
    main(["doctor", "--json"])
    assert "'local' is either a model_path or a base_url" in capsys.readouterr().out
