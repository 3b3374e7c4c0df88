"""The settings of each workspace folder, from the user's file, the folder's file and the editor, and what was wrong with them.

A change swaps a frozen value; the next snapshot carries it. Nothing needs invalidating, because selection is pure. What cannot
be read is as it was, else the strictest; until the editor has told its settings, nothing leaves the machine.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import cast

from lsprotocol import types as lsp

from coderoute_ls.domain import TIMING
from coderoute_ls.errors import Unsupported
from coderoute_ls.file_thread import FileThread, HeldUp
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.session.document_uris import file_of, holds, key_of, path_of
from coderoute_ls.settings import (
    USER_FILE,
    Effective,
    Issue,
    LastGood,
    Layer,
    Origin,
    effective,
    load,
    parse,
    speaks_to_us,
    unreadable,
)
from coderoute_ls.settings.model_choices import choices_layer
from coderoute_ls.settings.strictest_values import LOCAL_ONLY
from coderoute_ls.settings.workspace_settings_files import have_changed, settings_files
from coderoute_ls.storage import version_of

log = logging.getLogger(__name__)

SECTION = "coderoute"
_ANYWHERE = ""
"""Key of what the user set for all folders."""
_UNTOLD = object()
"""In place of the settings of a scope that the editor did not answer about."""
_NOT_HEARD = Layer("editor", {}, LOCAL_ONLY)


class Configuration:
    """Effective settings per folder address."""

    def __init__(
        self,
        client: Client,
        config_dir: Path,
        action_ids: Collection[str],
        changed: Callable[[], None],
        thread: Callable[[Callable[[], None]], FileThread] | None = None,
        *,
        policy: Callable[[tuple[Layer, ...]], tuple[Layer, ...]] = lambda own: (),
        patience_s: float = TIMING.editor_settings,
    ) -> None:
        self._patience_s = patience_s
        loop = asyncio.get_running_loop()
        self._thread = (thread or partial(FileThread, TIMING.settings_file))(lambda: _call_soon(loop, self.rebuild))
        self._client, self._policy = client, policy
        self._config_dir = config_dir
        self._action_ids = action_ids
        self._changed = changed
        self._folders: list[str] = []
        self._innermost: list[tuple[str, str]] = []
        """(key, address) of each folder, those that lie in others first."""
        self._client_user: Layer = Layer("user", {})
        self._editor: dict[str, Layer] = {}
        self._files = LastGood()
        self._layers: dict[str, tuple[Layer, ...]] = {}
        self._effective: dict[str, Effective] = {}
        self._strictest: Effective | None = None
        """For documents outside of all folders: what every folder allows."""
        self._near: dict[str, Effective] = {}
        """By the address of a document's directory."""
        self._found: dict[tuple[str, str, bool], list[Path]] = {}  # by the arguments of `settings_files`
        self._stamps: dict[Path, int] = {}  # of the files that were read
        self._pulls = 0
        """How often the editor was asked for its settings."""
        self._heard = asyncio.Event()
        if not client.can.pull_configuration:
            self._heard.set()
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
        key = key_of(file_of(uri))
        return next((folder for held, folder in self._innermost if holds(held, key)), _ANYWHERE)

    def settings_for(self, uri: str) -> Effective:
        """Those of a document, a folder, or, for "", of the user alone. A document that is in no folder takes the strictest of
        all folders: where an unsaved text belongs is not known."""
        folder = self.folder_of(uri)
        if not uri or key_of(uri).rstrip("/") == key_of(folder).rstrip("/"):
            return self._effective[folder]
        if not folder:
            if self._strictest is None:
                self._strictest = effective(*self._below(_ANYWHERE), *(self._of_all_folders()), *self._above(_ANYWHERE))
            return self._strictest
        directory = key_of(file_of(uri)).rpartition("/")[0]
        if (near := self._near.get(directory)) is None:
            near = self._near[directory] = self._nearest(folder, uri)
        return near

    def settings_for_texts_of_all(self, uri: str) -> Effective:
        """Those of a document, with what every folder and directory with a document forbids: a chat has texts of any."""
        asked = self.settings_for(uri)
        near = (layer for seen in self._near.values() for layer in seen.layers if layer.origin == "workspace")
        return asked.under(*self._of_all_folders(), *(layer.restrictions for layer in near))

    @property
    def pending(self) -> bool:
        """The editor's settings are not known yet."""
        return not self._heard.is_set()

    async def settled(self) -> None:
        """Wait until the editor's settings are known, or could not be had; at most ``patience_s``."""
        try:
            await asyncio.wait_for(self._heard.wait(), self._patience_s)
        except TimeoutError:
            log.warning("The editor has not sent its settings; until it does, nothing leaves this machine")

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
        """User-level values that our own client forwards; those of other clients are not believed."""
        if self._client.can.ours.user_settings:
            layer, self._issues["client"] = parse(raw, self._action_ids, "user")
            self._client_user = self._files.holding("client", layer)
            self.rebuild()

    def push(self, settings: object) -> None:
        """``workspace/didChangeConfiguration`` from a client that cannot be asked: the same values for every folder."""
        raw = settings
        if isinstance(settings, Mapping):
            table = cast("Mapping[str, object]", settings)
            raw = table[SECTION] if SECTION in table else table if speaks_to_us(table) else None
        layer, self._issues["editor"] = parse(raw, self._action_ids, "editor")
        layer = self._files.holding("editor", layer)
        self._editor = dict.fromkeys((_ANYWHERE, *self._folders), layer)
        self.rebuild()

    async def pull(self) -> None:
        """Ask the editor for every folder's settings."""
        scopes: list[str | None] = [None, *self._folders]
        self._pulls += 1
        late = partial(self._told_late, self._pulls, scopes)
        try:
            answers = await self._client.configuration(SECTION, scopes, late) or [None] * len(scopes)
        except Unsupported as error:
            log.warning("Settings could not be asked for: %s", error)
            answers = []
        self._told(scopes, answers)

    def _told_late(self, pull: int, scopes: list[str | None], answers: list[object]) -> None:
        """An editor that was given up has answered: that counts, unless it was asked again since."""
        if pull == self._pulls:
            self._told(scopes, answers or [None] * len(scopes))

    def _told(self, scopes: list[str | None], answers: list[object]) -> None:
        found: list[Issue] = []
        for scope, raw in zip_longest(scopes, answers[: len(scopes)], fillvalue=_UNTOLD):
            place = cast("str | None", scope) or _ANYWHERE
            if raw is _UNTOLD:
                layer, issues = unreadable("editor", "they were asked for and not told")
            else:
                layer, issues = parse(raw, self._action_ids, "editor")
            self._editor[place] = self._files.holding(f"editor {place}", layer)
            found += issues
        self._issues["editor"] = tuple(dict.fromkeys(found))
        self._heard.set()
        self.rebuild()

    def look_again(self) -> None:
        """Read the files again where one has changed, whether or not the editor tells: a limit holds from the next request on."""
        with suppress(HeldUp):
            if self._thread.do(lambda: have_changed(self._stamps, self._found)):
                self.rebuild()

    def rebuild(self) -> None:
        """Read the files again and join all layers; says once what could not be used."""
        self._problems = [issue for place in self._issues.values() for issue in place]
        self._stamps.clear()
        own = (self._load(self._config_dir / USER_FILE, "user"), self._client_user)
        self._layers = {_ANYWHERE: (*own, *self._policy(own))}
        self._strictest = None
        self._near.clear()
        self._found = {asked: files for asked, files in self._found.items() if not asked[2]}
        for folder in self._folders:
            path = path_of(folder)
            self._layers[folder] = (*self._choices(path), *self._load_all(path, path)) if path else ()
        self._effective = {}
        for folder in self._layers:
            layers = self._below(folder)
            self._effective[folder] = effective(*layers, *self._above(folder))
            self._problems += self._effective[folder].ignored
        self._say()
        self._changed()

    def _load(self, file: Path, origin: Origin) -> Layer:
        try:
            self._stamps[file], (layer, issues) = self._thread.do(
                lambda: (version_of(str(file))[0], load(file, self._action_ids, origin))
            )
        except HeldUp:
            layer, issues = unreadable(origin, f"{file} cannot be read in time")
        self._problems += issues
        return self._files.holding(str(file), layer)

    def _choices(self, folder: str) -> tuple[Layer, ...]:
        """Which models the user picked for this folder."""
        try:
            return (self._thread.do(lambda: choices_layer(self._config_dir, folder, self._action_ids)),)
        except HeldUp:
            return ()

    def _load_all(self, folder: str, directory: str, *, below: bool = False) -> tuple[Layer, ...]:
        """The layers of the workspace's files that hold in this directory, as `settings_files` finds them."""
        place = folder, directory, below
        try:
            self._found[place] = self._thread.do(lambda: settings_files(folder, directory, below=below))
        except HeldUp:  # those that were there; whether there are others is not known
            layer, issues = unreadable("workspace", f"{directory} does not answer in time")
            self._problems += issues
            return (*(self._load(file, "workspace") for file in self._found.get(place, ())), layer)
        return tuple(self._load(file, "workspace") for file in self._found[place])

    def _below(self, folder: str) -> tuple[Layer, ...]:
        """The user's layers and the folder's own."""
        return self._layers[_ANYWHERE] + (self._layers[folder] if folder else ())

    def _above(self, folder: str) -> tuple[Layer, ...]:
        editor = self._editor.get(folder)
        return (*(() if editor is None else (editor,)), *((_NOT_HEARD,) if self.pending else ()))

    def _of_all_folders(self) -> Iterator[Layer]:
        """What folders restrict, and none of their wishes."""
        for folder in self._folders:
            for layer in (*self._layers[folder], *self._above(folder)):
                yield layer.restrictions

    def _nearest(self, folder: str, uri: str) -> Effective:
        """With the files of the directories between the folder and the document: the nearest one has the last word, as far as it
        may have any."""
        nested = self._load_all(path_of(folder), str(Path(path_of(file_of(uri))).parent), below=True)
        if not nested:
            return self._effective[folder]
        near = effective(*self._below(folder), *nested, *self._above(folder))
        self._problems += near.ignored
        self._say()
        return near

    def close(self) -> None:
        self._thread.close()

    def speak(self) -> None:
        """All places were read once: say in one message what was found until now, and from now on what is new."""
        self._speaking = True
        self._say()

    def _say(self) -> None:
        new = [text for text in dict.fromkeys(map(str, self._problems)) if text not in self._said]
        if new and self._speaking:
            self._said.update(new)
            self._client.show("coderoute: some settings are not used. " + "; ".join(new), lsp.MessageType.Warning)


def _call_soon(loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
    """On the loop's thread, where it still runs."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(act)
