"""Real Neovim with our plugin, driven over its own RPC as a user would: keys in, text and marks out."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pynvim

from coderoute_ls.editors import NEOVIM_PLUGIN
from tests.editors.installed import NVIM, need

T = TypeVar("T")
PATIENCE_S = 20.0
"""Most that anything may take; two busy cores are slow."""

INIT = """
vim.opt.runtimepath:append('{plugin}')
vim.lsp.config('coderoute', {{ cmd = {{ '{server}', 'serve' }} }})
vim.lsp.enable('coderoute')
vim.keymap.set('i', '<Tab>', function()
  return require('coderoute').accept() and '' or '<Tab>'
end, {{ expr = true }})
vim.keymap.set('i', '<M-Right>', function()
  return require('coderoute').accept_word() and '' or '<M-Right>'
end, {{ expr = true }})
vim.keymap.set('i', '<M-n>', function() require('coderoute').cycle(1) end)
-- Messages go where the test can read them.
_G.said = {{}}
vim.notify = function(message) table.insert(_G.said, message) end
"""


class Neovim:
    """One Neovim. pynvim runs a loop of its own, so it lives in a thread of its own."""

    def __init__(self, thread: ThreadPoolExecutor, nvim: pynvim.Nvim) -> None:
        self._thread = thread
        self._nvim = nvim

    async def _do(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(function, *arguments))

    async def keys(self, keys: str) -> None:
        """Type; special keys in angle brackets."""
        await self._do(self._nvim.input, keys)

    async def lua(self, code: str, *arguments: object) -> Any:
        return await self._do(self._nvim.exec_lua, code, *arguments)

    async def command(self, line: str) -> None:
        await self._do(self._nvim.command, line)

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

    async def said(self) -> str:
        """Everything the plugin and the server told the user."""
        return await self.lua("return table.concat(_G.said, '\\n')")

    async def until(self, look: Callable[[], Any], holds: Callable[[Any], bool], what: str) -> Any:
        """Wait until what ``look`` finds ``holds``."""
        async with asyncio.timeout(PATIENCE_S):
            found: Any = None
            try:
                while not holds(found := await look()):
                    await asyncio.sleep(0.02)
            except TimeoutError:
                raise AssertionError(f"Neovim did not come to {what}; it shows {found!r}") from None
        return found

    async def attached(self) -> None:
        await self.until(
            lambda: self.lua("local c = vim.lsp.get_clients({bufnr = 0, name = 'coderoute'})[1] return c and c.initialized"),
            bool,
            "attach the server",
        )

    async def act(self, title: str) -> None:
        """Choose a code action at the cursor by the start of its title."""
        await self.lua(
            "local title = ... vim.lsp.buf.code_action({"
            "filter = function(action) return vim.startswith(action.title, title) end, apply = true})",
            title,
        )

    def close(self) -> None:
        self._nvim.command("qa!", async_=True)
        self._nvim.close()


@asynccontextmanager
async def neovim(home: Path, file: Path, server: Path, environment: Mapping[str, str]) -> AsyncIterator[Neovim]:
    """Neovim on one file, with nothing but our plugin."""
    need(NVIM)
    home.mkdir(parents=True, exist_ok=True)
    init = home / "init.lua"
    init.write_text(INIT.format(plugin=NEOVIM_PLUGIN, server=server))
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(1, thread_name_prefix="nvim")
    argv = [str(NVIM), "--embed", "--headless", "-n", "-i", "NONE", "-u", str(init), str(file)]
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        nvim = await loop.run_in_executor(thread, partial(pynvim.attach, "child", argv=argv))
    finally:
        os.environ.clear()
        os.environ.update(before)
    editor = Neovim(thread, nvim)
    try:
        yield editor
    finally:
        await loop.run_in_executor(thread, editor.close)
        thread.shutdown()
