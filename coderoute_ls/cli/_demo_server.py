"""The demo's server: the real process on stdio, and the editor that talks to it."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from coderoute_ls.child_process.spawn import python_command, spawn
from coderoute_ls.cli._demo_code import Material
from coderoute_ls.lsp_client.json_rpc_peer import Json
from coderoute_ls.lsp_client.scripted_editor import Editor
from coderoute_ls.storage import HOME_VARIABLE, OFFLINE_VARIABLE

SPEND_USD = 0.05
"""The most that one demo may cost."""
STEP_TIMEOUT = 300.0
"""Seconds for one answer; then the demo has failed. A slow and busy machine needs a minute to start the server."""
PATIENCE_MS = 10_000
"""How long one ghost text may take: no person types here, and a busy machine needs longer."""
CAPABILITIES: Json = {
    "general": {"positionEncodings": ["utf-32", "utf-16"]},
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True},
        "configuration": True,
        "workspaceFolders": True,
    },
    "textDocument": {
        "inlineCompletion": {},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["refactor.rewrite", "source"]}}},
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}, "showMessage": {}},
    "experimental": {"coderoute": {"groupedEdits": True, "jobs": True, "status": True}},
}


class Failed(Exception):
    """A step did not run; the message says which and why."""


@asynccontextmanager
async def served(material: Material, home: Path, *, local: bool) -> AsyncGenerator[Editor]:
    """The real server process on stdio, with settings and state of its own, and an editor that has initialized it."""
    log = home / "server.log"
    with log.open("wb") as errors:
        process = await spawn(
            python_command("coderoute_ls", "serve"),
            stderr=errors.fileno(),
            environ={**os.environ, HOME_VARIABLE: str(home), OFFLINE_VARIABLE: "1"},  # the server itself needs the keys
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        editor = Editor(process.stdout, process.stdin, CAPABILITIES, folders=[material.folder])
        editor.consents = local
        editor.settings[""] = {
            "budget": {"dailyUsd": SPEND_USD, "completionUsd": 0.001, "actionUsd": 0.03},
            "inline": {"softDeadlineMs": PATIENCE_MS, "hardDeadlineMs": PATIENCE_MS},
        }
        async with asyncio.timeout(STEP_TIMEOUT):
            await editor.initialize()
        yield editor
        async with asyncio.timeout(STEP_TIMEOUT):
            await editor.exit()
            code = await process.wait()
        if code != 0:
            raise Failed(f"the server ended with code {code}: {log.read_text('utf-8', 'replace')[-2000:]}")
    except ConnectionError as error:
        raise Failed(f"{error}: {log.read_text('utf-8', 'replace')[-2000:]}") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
