"""What the user allows a folder: asked once, remembered among the user's own files, never believed from the folder itself."""

from pathlib import Path
from typing import cast

from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.storage import read_document, write_document

VERSION = 2


class FolderPermissions:
    """Answers of one kind, kept in one file under ``key``: folder → thing → whether it is allowed there."""

    def __init__(self, client: Client, file: Path, key: str) -> None:
        self._client = client
        self._file = file
        self._key = key

    def known(self, folder: str, thing: str) -> bool | None:
        """What the user said; None before they were asked. Blocks."""
        return self._answers().get(folder, {}).get(thing)

    async def asked(self, folder: str, thing: str, question: str, choices: tuple[str, str]) -> bool:
        """Ask, with a button for yes and one for no, and remember. Without an answer, and where the user cannot be asked, it is
        no, and not remembered."""
        if not self._client.can.show_message_request:
            return False
        answer = await self._client.ask_choice(question, choices)
        if answer not in choices:
            return False
        known = self._answers()  # another server may have written meanwhile
        allowed = answer == choices[0]
        write_document(self._file, VERSION, {self._key: known | {folder: known.get(folder, {}) | {thing: allowed}}})
        return allowed

    def _answers(self) -> dict[str, dict[str, bool]]:
        content = read_document(self._file, VERSION).content or {}
        folders = content.get(self._key)
        if not isinstance(folders, dict):
            return {}
        return {
            folder: {thing: allowed is True for thing, allowed in cast("dict[str, object]", answers).items()}
            for folder, answers in cast("dict[str, object]", folders).items()
            if isinstance(answers, dict)
        }
