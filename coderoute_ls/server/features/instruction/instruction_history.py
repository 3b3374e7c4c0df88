"""The user's last instructions, for both of our editors: in one small file of the user's, never with what looks like a secret."""

import asyncio
import logging
from pathlib import Path
from typing import cast

from coderoute_ls.ignore import secrets_in
from coderoute_ls.server.rpc.messages.instruction_messages import Instructions
from coderoute_ls.storage import Locked, lock, read_document, write_document

log = logging.getLogger(__name__)

KEPT = 50
MOST_CHARS = 2_000
"""Of one instruction that is kept."""
_VERSION = 1


class InstructionHistory:
    """Several editors may be open: what each adds is read anew and written under a lock."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def items(self) -> list[str]:
        """The latest first."""
        return await asyncio.to_thread(self._read)

    async def handle(self, raw: object) -> Instructions:
        """Answers ``coderoute/instructions``."""
        del raw
        return Instructions(items=await self.items())

    async def add(self, instruction: str) -> None:
        """Remember it as the latest. One that is long, or holds what looks like a secret, is forgotten at once."""
        said = " ".join(instruction.split())
        if not said or len(said) > MOST_CHARS or secrets_in(said):
            return
        try:
            await asyncio.to_thread(self._write, said)
        except (OSError, Locked) as error:
            log.warning("The instruction is not remembered: %s", error)

    def _read(self) -> list[str]:
        found = read_document(self._file, _VERSION)
        if found.problem:
            log.warning("%s", found.problem)
        items = (found.content or {}).get("items")
        return [item for item in cast("list[object]", items) if isinstance(item, str)][:KEPT] if isinstance(items, list) else []

    def _write(self, said: str) -> None:
        with lock(self._file.with_suffix(".lock")):
            items = [said, *(item for item in self._read() if item != said)][:KEPT]
            write_document(self._file, _VERSION, {"items": items})
