"""Emacs, Vim and Kakoune with what ``coderoute-ls editor`` prints for them, the real server, a scripted vendor."""

import asyncio
import json
import os
import pwd
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from coderoute_ls.editors import editors
from tests.editors.installed import KAK_LSP, PATIENCE_S, TEST_S, ZED, need, program, server
from tests.editors.screen import screen
from tests.editors.world import AFTER, BEFORE, KEY, VARIABLE, World, stream
from tests.editors.zed import write

pytestmark = [pytest.mark.editors, pytest.mark.timeout(TEST_S)]

HERE = Path(__file__).parent


def environment(shop: World) -> Mapping[str, str]:
    return {**os.environ, **shop.environment, VARIABLE: KEY}


def pasted(name: str, into: Path) -> Path:
    """The set-up that we print for this editor, as a file."""
    into.write_text(editors()[name].render(str(server())))
    return into


@pytest.mark.parametrize("mode", ["eglot", "lsp-mode"])
async def test_emacs_refactors(mode: str, shop: World, tmp_path: Path) -> None:
    setup = pasted(f"emacs-{mode}", tmp_path / "setup.el")
    file = shop.file("a.py", BEFORE)
    emacs = await asyncio.create_subprocess_exec(
        *(program("emacs"), "-Q", "--batch", "-l", str(HERE / "emacs" / f"{mode}.el"), str(setup), str(file)),
        env=environment(shop),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    answering = asyncio.create_task(_answer(shop))
    output, errors = await emacs.communicate()
    answering.cancel()
    assert emacs.returncode == 0, output.decode() + errors.decode()
    assert output.decode().endswith(AFTER)


async def _answer(shop: World) -> None:
    await stream(await shop.asked(), AFTER)


async def test_vim_with_ale_explains_and_never_hangs(shop: World, tmp_path: Path) -> None:
    setup = pasted("vim-ale", tmp_path / "setup.vim")
    vimrc = tmp_path / "vimrc"
    vimrc.write_text(f"set nocompatible noswapfile\npackadd! ale\nfiletype plugin on\nsource {setup}\n")
    file = shop.file("a.py", BEFORE)
    async with screen(tmp_path.name, [program("vim"), "-u", str(vimrc), str(file)], environment(shop)) as vim:
        await vim.until("def total")
        # Takes the request when the server is there: before, ALE says that it has no code actions.
        await vim.until("1) Explain (swift", "Escape", ":ALECodeAction", "Enter")
        await vim.keys("1", "Enter")
        await stream(await shop.asked(), "It adds up the prices.\n")
        await vim.until("Explain: a.py:1 is in /", "Escape", ":messages", "Enter")
        await vim.keys("Enter", ":echo 6*7", "Enter")
        await vim.until("42")


REGISTER = """
function! lsp#register_server(info) abort
  let l:command = a:info.cmd(a:info)
  let l:job = job_start(l:command, {'in_mode': 'lsp', 'out_mode': 'lsp', 'err_io': 'null', 'noblock': 1})
  let l:asked = {'method': 'initialize', 'params': {'processId': getpid(), 'rootUri': v:null, 'capabilities': {}}}
  let l:answer = ch_evalexpr(l:job, l:asked, {'timeout': 60000})
  let l:told = {'name': a:info.name, 'cmd': l:command, 'allowlist': a:info.allowlist, 'answer': l:answer}
  call writefile([json_encode(l:told)], g:told)
  call job_stop(l:job, 'kill')
endfunction
"""
"""Stands in for vim-lsp, which no registry has: its one function that we call, by its documented arguments. Vim then starts
what was registered, on its own channel for language servers."""


async def test_vim_with_vim_lsp_registers_a_server_that_starts(shop: World, tmp_path: Path) -> None:
    setup, register = pasted("vim-lsp", tmp_path / "setup.vim"), tmp_path / "autoload" / "lsp.vim"
    register.parent.mkdir()
    register.write_text(REGISTER)
    told = tmp_path / "told.json"
    steps = (f"let g:told = '{told}'", f"set rtp+={tmp_path}", f"source {setup}", "doautocmd User lsp_setup", "qall!")
    script = [part for step in steps for part in ("-c", step)]
    vim = await asyncio.create_subprocess_exec(
        program("vim"), "-u", "NONE", "-N", "-e", "-s", *script, env=environment(shop), stdin=asyncio.subprocess.DEVNULL
    )
    assert await vim.wait() == 0
    found = json.loads(told.read_text())
    assert (found["name"], found["cmd"], found["allowlist"]) == ("coderoute", [str(server()), "serve"], ["*"])
    assert found["answer"]["result"]["serverInfo"]["name"] == "coderoute-ls"
    assert found["answer"]["result"]["capabilities"]["codeActionProvider"]


async def test_kakoune_refactors_and_a_filetype_that_is_set_twice_names_the_server_once(shop: World, tmp_path: Path) -> None:
    need(KAK_LSP)
    setup = pasted("kakoune", tmp_path / "setup.kak")
    kakrc = tmp_path / "kak" / "kakrc"
    kakrc.parent.mkdir()
    # Nothing but our server: those that kakoune-lsp names for Python are not installed.
    kakrc.write_text(f"eval %sh{{{KAK_LSP}}}\nremove-hooks global lsp-filetype-python\nlsp-enable\n{setup.read_text()}")
    file = shop.file("a.py", BEFORE)
    environ = {**environment(shop), "XDG_CONFIG_HOME": str(tmp_path), "PATH": f"{KAK_LSP.parent}:{os.environ['PATH']}"}
    async with screen(tmp_path.name, [program("kak"), str(file)], environ) as kak:
        await kak.until("def total")
        await kak.keys(":set-option buffer filetype python", "Enter")
        await kak.keys(":set-option buffer filetype ''", "Enter")
        await kak.keys(":set-option buffer filetype python", "Enter")
        await kak.keys(":echo -to-file ", str(tmp_path / "servers"), " %opt{lsp_servers}", "Enter")
        act = (":lsp-code-actions refactor.rewrite.coderoute.refactor", "Enter")
        async with asyncio.timeout(PATIENCE_S):
            while "Refactor (swift" not in await kak.text():  # anew: right after the start the server has not read everything yet
                await kak.keys("Escape")
                await asyncio.sleep(0.3)  # Kakoune takes what follows at once for a key with Alt
                await kak.keys(*act)
                await asyncio.sleep(1.5)
        await kak.keys("Enter")
        await stream(await shop.asked(), AFTER)
        await kak.until("net = sum(prices)")
        await kak.keys(":lsp-exit", "Enter")  # kakoune-lsp outlives Kakoune, and our server with it
        await asyncio.sleep(1)
    assert (tmp_path / "servers").read_text().count("[coderoute]") == 1


def test_zeds_extension_compiles_against_zeds_interface(tmp_path: Path) -> None:
    need(ZED)
    write(tmp_path, str(server()))
    command = [program("cargo"), "check", "--quiet", "--offline", "--manifest-path", str(tmp_path / "Cargo.toml")]
    home = {
        **os.environ,
        "HOME": pwd.getpwuid(os.getuid()).pw_dir,
    }  # where cargo keeps what it fetched; tests have a home of their own
    done = subprocess.run([*command, "--target-dir", str(ZED)], capture_output=True, text=True, check=False, env=home)
    assert done.returncode == 0, done.stderr
