"""What is printed for other tools: it names the address, never the token."""

import tomllib

import pytest
from click.testing import CliRunner

from coderoute_ls.cli.gateway import COMMAND
from coderoute_ls.gateway.clients import clients


@pytest.mark.parametrize("name", sorted(clients()))
def test_a_set_up_names_the_address_and_where_the_token_comes_from(name: str) -> None:
    printed = CliRunner().invoke(COMMAND, ["--print", name, "--port", "4801"]).output
    assert "127.0.0.1:4801" in printed and "@" not in printed.replace("@ai-sdk", "")
    assert "coderoute" in printed and "cr-" not in printed
    assert all(line.startswith(clients()[name].comment) for line in printed.splitlines()[:2])


def test_codex_reads_its_file_as_toml() -> None:
    set_up = clients()["codex"].render("http://127.0.0.1:1")
    read = tomllib.loads(f'{set_up}\n[projects."/home/me/mine"]\ntrust_level = "trusted"\n')
    assert read["model_providers"]["coderoute"]["wire_api"] == "responses" and read["model"] == "coderoute"
    assert "At its top" in set_up and ">>" not in CliRunner().invoke(COMMAND, ["--help"]).output


def test_an_unknown_tool_is_told_the_known_ones() -> None:
    ended = CliRunner().invoke(COMMAND, ["--print", "codexx"])
    assert ended.exit_code == 2 and "did you mean codex?" in ended.output
