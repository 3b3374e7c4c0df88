"""Real Neovim with our plugin, driven over its own RPC as a user would: keys in, text and marks out."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import msgpack

from coderoute_ls.editors import editors
from tests.editors.installed import NVIM, PATIENCE_S, need

ALTERNATIVES = "vim.keymap.set('i', '<M-n>', function() require('coderoute').cycle(1) end)\n"
HEADLESS = """
-- Messages go where the test can read them.
_G.said = {}
vim.notify = function(message) table.insert(_G.said, message) end
"""

READY = """
-- Says so once the server offers a model: right after the start it has not read everything yet.
vim.api.nvim_create_autocmd('LspAttach', { callback = function(event)
  local client = vim.lsp.get_client_by_id(event.data.client_id)
  local start = { line = 0, character = 0 }
  local params = { textDocument = { uri = vim.uri_from_bufnr(0) }, range = { start = start, ['end'] = start },
    context = { diagnostics = {} } }
  local function look()
    client:request('textDocument/codeAction', params, function(_, found)
      if vim.inspect(found):find('Refactor %(swift') then vim.notify('it is there') else vim.defer_fn(look, 200) end
    end)
  end
  look()
end })
vim.api.nvim_create_user_command('Act', function(opts)
  vim.lsp.buf.code_action({ apply = true, filter = function(a) return vim.startswith(a.title, opts.args) end })
end, { nargs = 1 })
"""
"""For Neovim in a terminal."""


def setup(server: Path) -> str:
    """What ``coderoute-ls editor neovim`` prints."""
    return editors()["neovim"].render(str(server))


def with_server(server: Path, environment: Mapping[str, str]) -> Mapping[str, str]:
    """The environment in which the set-up finds this server."""
    return {**os.environ, "PATH": f"{server.parent}:{os.environ['PATH']}", **environment}


class Neovim:
    """One Neovim, over msgpack-RPC. (pynvim runs a loop of its own, which does not go together with ours.)"""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        msgpack_: Any = msgpack  # has no types
        self._pack, self._answers = msgpack_.packb, msgpack_.Unpacker()
        self._asked = 0

    async def _call(self, method: str, *arguments: object) -> Any:
        """One request, one answer: nothing else is under way. Raises AssertionError with Neovim's own words."""
        self._asked += 1
        self._writer.write(self._pack((0, self._asked, method, arguments)))
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for answer in self._answers:
                    kind, number, error, result = cast("tuple[int, int, object, Any]", answer)
                    assert (kind, number) == (1, self._asked)
                    assert error is None, error
                    return result
                self._answers.feed(await self._reader.read(65536))

    async def keys(self, keys: str) -> None:
        """Type; special keys in angle brackets."""
        await self._call("nvim_input", keys)

    async def lua(self, code: str, *arguments: object) -> Any:
        return await self._call("nvim_exec_lua", code, arguments)

    async def command(self, line: str) -> None:
        await self._call("nvim_command", line)

    async def text(self) -> str:
        return await self.lua("return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')")

    async def ghost(self) -> str:
        """The ghost text that is shown, or ""."""
        marks = await self.lua(
            "return vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_create_namespace('coderoute.ghost'), 0, -1, {details = true})"
        )
        if not marks:
            return ""
        details = marks[0][3]
        lines = [details["virt_text"][0][0], *(line[0][0] for line in details.get("virt_lines", []))]
        return "\n".join(lines)

    async def next_edit(self) -> str:
        """What is drawn of the next edit: old text in ``[-…-]``, new text in ``{+…+}``, hints as they are; "" for nothing."""
        marks = await self.lua(
            "local drawn = vim.api.nvim_create_namespace('coderoute.next_edit') "
            "return vim.api.nvim_buf_get_extmarks(0, drawn, 0, -1, {details = true})"
        )
        lines = (await self.text()).split("\n")
        drawn: list[str] = []
        for _, row, column, details in cast("list[tuple[int, int, int, dict[str, Any]]]", marks):
            if details.get("hl_group"):
                end: tuple[int, int] = details["end_row"], details["end_col"]
                old = lines[row][column : end[1]] if end[0] == row else "\n".join(lines[row : end[0]])
                drawn.append(f"{row + 1}:[-{old}-]")
            new = [chunk[0] for chunk in details.get("virt_text", [])] + [line[0][0] for line in details.get("virt_lines", [])]
            if new:
                text = "\n".join(new)
                drawn.append(text if details.get("virt_text_pos") == "eol" else f"{{+{text}+}}")
        return " ".join(drawn)

    async def review(self) -> list[str]:
        """The marks of edits under review: ``3+`` for a sign, ``3:…`` for a line that is drawn at line 3; counted from 1."""
        marks = await self.lua(
            "local drawn = vim.api.nvim_create_namespace('coderoute.review') "
            "return vim.api.nvim_buf_get_extmarks(0, drawn, 0, -1, {details = true})"
        )
        drawn: list[str] = []
        for _, row, _, details in cast("list[tuple[int, int, int, dict[str, Any]]]", marks):
            if sign := details.get("sign_text"):
                drawn.append(f"{row + 1}{sign.strip()}")
            drawn += [f"{row + 1}:{line[0][0]}" for line in details.get("virt_lines", [])]
        return drawn

    async def said(self) -> str:
        """Everything the plugin and the server told the user."""
        return await self.lua("return table.concat(_G.said, '\\n')")

    async def until(self, look: Callable[[], Any], holds: Callable[[Any], bool], what: str) -> Any:
        """Wait until what ``look`` finds ``holds``."""
        found: Any = None
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not holds(found := await look()):  # noqa: ASYNC110 - another process: there is nothing to wait on
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"Neovim did not {what}; it shows {found!r}") from None
        return found

    async def attached(self) -> None:
        await self.until(
            lambda: self.lua("local c = vim.lsp.get_clients({bufnr = 0, name = 'coderoute'})[1] return c and c.initialized"),
            bool,
            "attach the server",
        )

    async def usage(self) -> str:
        """What the server says was asked and accepted, once it has handled everything that was typed."""
        return await self.lua(
            "local client = vim.lsp.get_clients({bufnr = 0, name = 'coderoute'})[1] "
            "local run = {command = 'coderoute.usage', arguments = {vim.empty_dict()}} "
            "return client:request_sync('workspace/executeCommand', run, 30000).result.text"
        )

    async def act(self, title: str) -> None:
        """Choose a code action at the cursor by the start of its title."""
        await self.lua(
            "local title = ... vim.lsp.buf.code_action({"
            "filter = function(action) return vim.startswith(action.title, title) end, apply = true})",
            title,
        )


Open = Callable[[str, str], AbstractAsyncContextManager[Neovim]]
"""Neovim on a new file with this name and this text."""


@asynccontextmanager
async def neovim(home: Path, file: Path, server: Path, environment: Mapping[str, str]) -> AsyncGenerator[Neovim]:
    """Neovim on one file, with nothing but our plugin."""
    need(NVIM)
    home.mkdir()  # noqa: ASYNC240 - a test may block
    init, address = home / "init.lua", home / "socket"
    init.write_text(setup(server) + ALTERNATIVES + HEADLESS)
    process = await asyncio.create_subprocess_exec(
        *(str(NVIM), "--headless", "--listen", str(address), "-n", "-i", "NONE", "-u", str(init), str(file)),
        env=with_server(server, environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        reader, writer = await _connected(address)
        try:
            yield Neovim(reader, writer)
        finally:
            writer.close()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _connected(address: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """As soon as Neovim listens; the address is there a moment before."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(FileNotFoundError, ConnectionRefusedError):
                return await asyncio.open_unix_connection(address)
            await asyncio.sleep(0.02)
