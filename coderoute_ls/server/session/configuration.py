"""The settings of each workspace folder, from the user's file, the folder's file and the editor, and what was wrong with them.

A change swaps a frozen value; the next snapshot carries it. Nothing needs invalidating, because selection is pure.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import cast

from lsprotocol import types as lsp

from coderoute_ls.errors import Unsupported
from coderoute_ls.server.rpc.client import Client
from coderoute_ls.server.session.addresses import holds, key_of, path_of
from coderoute_ls.settings import USER_FILE, WORKSPACE_FILE, Effective, Issue, Layer, effective, load, parse

log = logging.getLogger(__name__)

SECTION = "coderoute"
_ANYWHERE = ""
"""Key of the settings for documents outside all folders."""


class Configuration:
    """Effective settings per folder address."""

    def __init__(self, client: Client, config_dir: Path, action_ids: Collection[str], changed: Callable[[], None]) -> None:
        self._client = client
        self._config_dir = config_dir
        self._action_ids = action_ids
        self._changed = changed
        self._folders: list[str] = []
        self._innermost: list[tuple[str, str]] = []
        """(key, address) of each folder, those that lie in others first."""
        self._client_user: Layer = Layer("user", {})
        self._editor: dict[str, Layer] = {}
        self._effective: dict[str, Effective] = {}
        self._speaking = False
        self._problems: list[Issue] = []
        self._said: set[str] = set()
        self._issues: dict[str, tuple[Issue, ...]] = {}

    # -- what others ask ----------------------------------------------------------------------------------------------

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(self._folders)

    def folder_of(self, uri: str) -> str:
        """Address of the innermost workspace folder that holds the document, or ""."""
        key = key_of(uri)
        return next((folder for held, folder in self._innermost if holds(held, key)), _ANYWHERE)

    def settings_for(self, uri: str) -> Effective:
        return self._effective.get(self.folder_of(uri)) or self._effective[_ANYWHERE]

    def without(self, folders: Iterable[str]) -> list[str]:
        """The folders that stay when these are closed, however they are spelled."""
        gone = {key_of(folder).rstrip("/") for folder in folders}
        return [folder for folder in self._folders if key_of(folder).rstrip("/") not in gone]

    # -- what changes them ----------------------------------------------------------------------------------------------

    def set_folders(self, folders: Collection[str]) -> None:
        self._folders = list(folders)
        self._innermost = sorted(((key_of(folder), folder) for folder in folders), key=lambda pair: -len(pair[0]))
        self.rebuild()

    def set_client_user(self, raw: object) -> None:
        """User-level values that our own client forwards; nobody else's are believed."""
        if self._client.can.ours.user_settings:
            self._client_user, issues = parse(raw, self._action_ids, "user")
            self._issues["client"] = issues
            self.rebuild()

    def push(self, settings: object) -> None:
        """``workspace/didChangeConfiguration`` from a client that cannot be asked: the same values for every folder."""
        table: Mapping[str, object] = cast("Mapping[str, object]", settings) if isinstance(settings, Mapping) else {}
        raw: object = table.get(SECTION, table)
        layer, self._issues["editor"] = parse(raw, self._action_ids, "editor")
        self._editor = dict.fromkeys((_ANYWHERE, *self._folders), layer)
        self.rebuild()

    async def pull(self) -> None:
        """Ask the editor for every folder's settings."""
        scopes: list[str | None] = [None, *self._folders]
        try:
            answers = await self._client.configuration(SECTION, scopes)
        except Unsupported as error:
            log.warning("Settings could not be asked for: %s", error)
            return
        found: list[Issue] = []
        for scope, raw in zip(scopes, answers, strict=False):
            self._editor[scope or _ANYWHERE], issues = parse(raw, self._action_ids, "editor")
            found += issues
        self._issues["editor"] = tuple(dict.fromkeys(found))
        self.rebuild()

    def rebuild(self) -> None:
        """Read the files again and join all layers; says once what could not be used."""
        user, found = load(self._config_dir / USER_FILE, self._action_ids, "user")
        problems = [*found, *(issue for place in self._issues.values() for issue in place)]
        for folder in (_ANYWHERE, *self._folders):
            layers = [user, self._client_user]
            if folder and (path := path_of(folder)):
                workspace, issues = load(Path(path) / WORKSPACE_FILE, self._action_ids, "workspace")
                layers.append(workspace)
                problems += issues
            if editor := self._editor.get(folder):
                layers.append(editor)
            self._effective[folder] = effective(*layers)
            problems += self._effective[folder].ignored
        self._problems = problems
        self._say()
        self._changed()

    def speak(self) -> None:
        """All places were read once: say in one message what was found until now, and from now on what is new."""
        self._speaking = True
        self._say()

    def _say(self) -> None:
        new = [text for text in dict.fromkeys(map(str, self._problems)) if text not in self._said]
        if new and self._speaking:
            self._said.update(new)
            self._client.show("coderoute: some settings are not used. " + "; ".join(new), lsp.MessageType.Warning)
