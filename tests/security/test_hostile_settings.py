"""Folders that try to redirect, run or loosen something: through the real server, each with another vendor's address at hand."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Refused
from coderoute_ls.text.invisible_characters import without_controls
from tests.support.provider import ScriptedProvider
from tests.support.session import Model, session, vendor

SOURCE = "def f(x):\n    return x\n"
MODELS = (Model("fair", 0.9, 1.0), Model("dear", 1.0, 100_000.0))
UNASKED = "No model can be asked"


class Folder(NamedTuple):
    """What is in the way of a repository."""

    make: Callable[[Path, str, Path], None]
    """Fills the folder; is given an address that nobody should ask, and a file that nobody should make."""
    told: str = ""
    """What the user is told; "" for nothing."""
    asks: bool = True
    """Whether the user's own vendor is asked; else nobody."""


def settings(text: str | bytes) -> Callable[[Path, str, Path], None]:
    def write(folder: Path, elsewhere: str, mark: Path) -> None:
        content = text.encode() if isinstance(text, str) else text
        content = content.replace(b"{elsewhere}", elsewhere.encode()).replace(b"{mark}", str(mark).encode())
        (folder / "coderoute.toml").write_bytes(content)

    return write


def leads_out(folder: Path, elsewhere: str, mark: Path) -> None:
    (folder.parent / "outside.toml").write_text('quality = "best"\n')
    (folder / "coderoute.toml").symlink_to(folder.parent / "outside.toml")


def link_loop(folder: Path, elsewhere: str, mark: Path) -> None:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    (folder / "coderoute.toml").symlink_to(folder / "a")


def misnamed(folder: Path, elsewhere: str, mark: Path) -> None:
    (folder / "CodeRoute.toml").write_text('privacy = "local_only"\n')


def git_elsewhere(folder: Path, elsewhere: str, mark: Path) -> None:
    """A file in place of ``.git`` that leads to a repository whose settings name programs."""
    other, script = folder.parent / "other.git", folder.parent / "evil.sh"
    for part in ("objects", "refs"):
        (other / part).mkdir(parents=True)
    script.write_text(f"#!/bin/sh\n: > '{mark}'\n")
    script.chmod(0o700)
    (other / "HEAD").write_text("ref: refs/heads/main\n")
    (other / "config").write_text(f"[core]\n\tfsmonitor = {script}\n\tsshCommand = {script}\n\tworktree = {folder}\n")
    (folder / ".git").write_text(f"gitdir: {other}\n")


def git_of_itself(folder: Path, elsewhere: str, mark: Path) -> None:
    (folder / ".git").write_text("gitdir: .git\n")


def git_settings_include(folder: Path, elsewhere: str, mark: Path) -> None:
    (folder / ".git" / "objects").mkdir(parents=True)
    (folder / ".git" / "refs").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "more").write_text(f"[core]\n\tfsmonitor = touch '{mark}'\n\texcludesFile = /dev/zero\n")
    (folder / ".git" / "config").write_text("[include]\n\tpath = ../more\n\tpath = /proc/self/environ\n\tpath = config\n")


def environment_of_tools(folder: Path, elsewhere: str, mark: Path) -> None:
    """Files from which other tools would take an address or a key."""
    (folder / ".env").write_text(f"HTTP_PROXY={elsewhere}\nHTTPS_PROXY={elsewhere}\nALL_PROXY={elsewhere}\n")
    (folder / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    (folder / ".curlrc").write_text(f"proxy = {elsewhere}\n")
    (folder / "config.toml").write_text(f'[providers.scripted]\nbase_url = "{elsewhere}/v1"\n')
    (folder / "sitecustomize.py").write_text(f"open({str(mark)!r}, 'w')\n")


def names_of_files(folder: Path, elsewhere: str, mark: Path) -> None:
    for name in (
        "a\nb.py",
        "\u202egpj.py",
        "\x1b]0;x\x07.py",
        "-rf",
        "$(touch ran).py",
        "`touch ran`.py",
        "{}.py",
        "%s%n.py",
        "😀" * 60,
    ):
        (folder / name).write_text("x = 1\n")
    (folder / "coderoute.toml").write_text('"a\\u001b[31m\\u202e\\n" = 1\n')


def around_another(folder: Path, elsewhere: str, mark: Path) -> None:
    """A repository above that allows, with a folder that forbids."""
    (folder.parent / ".git").mkdir()
    (folder.parent / "coderoute.toml").write_text('privacy = "any"\n[models]\ndeny = ["scripted/dear"]\n')
    (folder / "coderoute.toml").write_text('privacy = "local_only"\n')


def around_one_that_allows(folder: Path, elsewhere: str, mark: Path) -> None:
    (folder.parent / ".git").mkdir()
    (folder.parent / "coderoute.toml").write_text('privacy = "local_only"\n')
    (folder / "coderoute.toml").write_text('privacy = "any"\n')


ONLY_YOURS = "is ignored: only your own config.toml may set it (line 1)"
EVIL_ROW = 'models = [{ id = "e", coding = 1.0, completion = 1.0, input = 0, output = 0 }]'
FOLDERS = {
    "a vendor's address": Folder(settings('[providers.scripted]\nbase_url = "{elsewhere}/v1"\n'), f"providers {ONLY_YOURS}"),
    "an address in dots": Folder(settings('providers."scripted".base_url = "{elsewhere}/v1"\n'), f"providers {ONLY_YOURS}"),
    "a vendor of its own": Folder(
        settings(f'[providers.evil]\ndialect = "openai-chat"\nbase_url = "{{elsewhere}}/v1"\n{EVIL_ROW}\n'),
        f"providers {ONLY_YOURS}",
    ),
    "headers": Folder(settings('[providers.scripted.headers]\nX-Evil = "1"\n'), f"providers {ONLY_YOURS}"),
    "another variable": Folder(settings('[providers.scripted]\nkey_env = "HOME"\n'), f"providers {ONLY_YOURS}"),
    "a key": Folder(settings('[providers.scripted]\napi_key = "sk-1234567890abcdefghijkl"\n'), f"providers {ONLY_YOURS}"),
    "a model's file": Folder(settings('[providers.file]\nmodel_path = "{mark}.gguf"\n'), f"providers {ONLY_YOURS}"),
    "a list of prices": Folder(settings('[catalog]\nsources = ["{elsewhere}/p.json"]\n'), f"catalog {ONLY_YOURS}"),
    "a place for the ledger": Folder(settings('[ledger]\npath = "{mark}"\n'), f"ledger {ONLY_YOURS}"),
    "a log of prompts": Folder(settings('[log]\nprompts = true\nlevel = "debug"\n'), f"log {ONLY_YOURS}"),
    "a port": Folder(settings("[gateway]\nenable = true\nport = 1\n"), f"gateway {ONLY_YOURS}"),
    "a command": Folder(settings('[actions.refactor]\ncheck = ["touch", "{mark}"]\n'), "check is ignored: only your own"),
    "more memory": Folder(settings("[embedded]\nmax_memory_mb = 999999\n"), "embedded.max_memory_mb is ignored"),
    "a proxy": Folder(settings('[proxy]\nhttps = "{elsewhere}"\n'), "proxy is not a setting and is ignored (line 1)"),
    "variables and commands": Folder(
        settings('quality = "${HOME}"\nobjective = "$(touch {mark})"\n'), "quality must be one of economy, balanced, best"
    ),
    "another file": Folder(
        settings('include = "/etc/passwd"\n"$ref" = "{elsewhere}"\n'), '"$ref" is not a setting and is ignored (line 2)'
    ),
    "a way out of the folder": Folder(
        settings('[explain]\noutput = "file"\npath = "../../x"\n'), "explain.path is not a setting"
    ),
    "more money": Folder(
        settings("[budget]\naction_usd = 1e9\ndaily_usd = 1e9\n"), "budget.action_usd is ignored: the lower value"
    ),
    "a floor above all": Folder(
        settings("[actions.refactor]\nmin_coding_score = 9\n"), "must be a number from 0 to 1; it is ignored (line 2)"
    ),
    "keys of another colour": Folder(settings('"a\\u0007\\u202eb" = 1\n'), "is not a setting and is ignored (line 1)"),
    "tables in tables": Folder(settings("a = " + "{b = " * 60 + "1" + "}" * 60 + "\n"), "a is not a setting"),
    "a key of 50,000 letters": Folder(settings('"' + "k" * 50_000 + '" = 1\n'), "k is not a setting and is ignored (line 1)"),
    "a mark at the beginning": Folder(settings(b"\xef\xbb\xbf" + b'quality = "best"\n')),
    "everything is taken back": Folder(settings('[context]\nignore = ["!.env", "!*"]\n')),
    "days": Folder(settings("privacy = 2020-01-01\n"), "privacy must be one of any, no_training, zdr, local_only", asks=False),
    "UTF-16": Folder(settings('privacy = "any"\n'.encode("utf-16")), "is not UTF-8 text (line 1): save it as UTF-8", asks=False),
    "a link out": Folder(leads_out, "is a link that leads elsewhere: put a file there", asks=False),
    "links in a circle": Folder(link_loop, "correct that", asks=False),
    "a name in capitals": Folder(misnamed, "is not read: name it coderoute.toml", asks=False),
    "a repository elsewhere": Folder(git_elsewhere),
    "a repository in itself": Folder(git_of_itself),
    "settings of git that include": Folder(git_settings_include),
    "files of other tools": Folder(environment_of_tools),
    "names of files": Folder(names_of_files, "is not a setting and is ignored (line 1)"),
    "a folder that forbids in one that allows": Folder(around_another, UNASKED, asks=False),
    "a folder that allows in one that forbids": Folder(around_one_that_allows, UNASKED, asks=False),
}
LINKS = {"a link out", "links in a circle", "a name in capitals", "names of files"}


@pytest.mark.parametrize("name", FOLDERS)
async def test_it_redirects_runs_and_loosens_nothing_and_is_told(tmp_path: Path, name: str) -> None:
    if sys.platform == "win32" and name in LINKS:
        pytest.skip("has no such files")
    case, work, mark = FOLDERS[name], tmp_path / "above" / "work", tmp_path / "ran"
    work.mkdir(parents=True)
    async with ScriptedProvider() as evil, ScriptedProvider() as provider:
        case.make(work, evil.url, mark)
        async with session(tmp_path, vendor(provider, MODELS), folders=[work]) as editor:
            buffer = editor.open((work / "a.py").as_uri(), SOURCE)
            try:
                started = await editor.run("refactor", buffer, Span(Position(0, 0), Position(2, 0)))
            except Refused:
                assert not case.asks
            else:
                if case.asks:
                    request = await provider.request()
                    assert request.model == "fair", "no folder pushes a call above the user's cap"
                    assert request.headers["authorization"] == "Bearer sk-scripted-0123456789abcdef"
                    assert "x-evil" not in request.headers
                    await request.answer(SOURCE.replace("x", "y"))
                assert (await editor.finished(started.job)).outcome == ("applied" if case.asks else "failed")
            await editor.settle()
            told = "\n".join(editor.notices)
            assert case.told in told if case.told else not editor.notices
            assert all(without_controls(notice) == notice for notice in editor.notices)
            editor.notices.clear()
            editor.shown.clear()
        assert (evil.log, evil.connections) == ([], 0)
        assert case.asks or provider.connections == 0
        assert not mark.exists()
        assert not (work / "ran").exists()
