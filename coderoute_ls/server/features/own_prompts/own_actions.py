"""All actions of a document: the built-in ones, the user's own prompts, and those of its folder once they are allowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types as lsp

from coderoute_ls.domain import Action
from coderoute_ls.file_thread import HeldUp
from coderoute_ls.ignore.hanging_folders import looked
from coderoute_ls.server.checks.folder_permissions import FolderPermissions
from coderoute_ls.server.features.own_prompts.prompt_files import PromptFiles, prompt_files, signature_of
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.session.background_tasks import Background
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.document_uris import path_of
from coderoute_ls.text.invisible_characters import without_controls

OWN_FOLDER = "actions"
"""Below the user's config directory."""
FOLDER_OF_REPOSITORY = Path(".coderoute", "actions")
USE, REFUSE = "Offer them", "Never here"
_NAMED = 5


@dataclass(slots=True)
class _Seen:
    """What one folder of prompts held when it was looked at last."""

    files: PromptFiles = field(default_factory=PromptFiles)
    taken: frozenset[str] = frozenset()
    """Names that were those of other actions then."""
    allowed: bool = True
    asked: str = ""
    """Digest of what the user was asked about."""


class OwnActions:
    """Looked up anew for each question: a changed file holds with the next one. Nothing of a folder is offered before the user
    has allowed exactly these texts."""

    def __init__(
        self,
        built_in: Mapping[str, Action],
        config_dir: Path,
        client: Client,
        configuration: Configuration,
        background: Background,
    ) -> None:
        self.built_in = built_in
        self.folder = config_dir / OWN_FOLDER
        self._client = client
        self._configuration = configuration
        self._background = background
        self._permissions = FolderPermissions(client, config_dir / "allowed_prompts.json", "prompts")
        self._seen: dict[Path, _Seen] = {}
        self._told: set[str] = set()

    def of(self, uri: str) -> Mapping[str, Action]:
        """By id; the built-in ones first, then the user's, then the folder's."""
        own = self._own(uri)
        return {**self.built_in, **{action.id: action for action, _ in own}} if own else self.built_in

    def files(self, uri: str) -> Mapping[str, str]:
        """The file of each own prompt, by id."""
        return {action.id: file for action, file in self._own(uri)}

    def problems(self, uri: str) -> list[str]:
        """What is wrong with files of prompts, as it is now."""
        self._own(uri)
        return [problem for folder in self._folders(uri) if folder in self._seen for problem in self._seen[folder].files.problems]

    def _folders(self, uri: str) -> list[Path]:
        folder = path_of(self._configuration.folder_of(uri))
        return [self.folder, *([Path(folder) / FOLDER_OF_REPOSITORY] if folder else [])]

    def _own(self, uri: str) -> Sequence[tuple[Action, str]]:
        found: list[tuple[Action, str]] = []
        for folder in self._folders(uri):
            taken = frozenset((*self.built_in, *(action.id for action, _ in found)))
            seen = self._look(folder, taken)
            if seen.allowed:
                found += seen.files.actions
        return found

    def _look(self, folder: Path, taken: frozenset[str]) -> _Seen:
        """Read again what has changed since, be it that another folder has taken or left a name."""
        seen = self._seen.setdefault(folder, _Seen())
        root = None if folder == self.folder else folder.parent.parent
        try:
            signature = looked(str(root or folder), lambda: signature_of(folder))
            if signature == seen.files.signature and (taken == seen.taken or not signature):
                return seen
            seen.files = looked(str(root or folder), lambda: prompt_files(folder, signature, taken, inside=root))
            seen.taken = taken
        except HeldUp:
            return seen
        if root is not None and seen.files.actions:
            seen.allowed = self._permissions.known(str(root), seen.files.digest) is True
            if not seen.allowed and seen.asked != seen.files.digest:
                seen.asked = seen.files.digest
                self._background.run(self._ask(root, seen))
        self._tell(seen.files.problems)
        return seen

    async def _ask(self, root: Path, seen: _Seen) -> None:
        """Whether the folder's prompts may be offered."""
        files = seen.files
        if self._permissions.known(str(root), files.digest) is False:
            return
        titles = [f"“{without_controls(action.title)}”" for action, _ in files.actions]
        more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
        question = (
            f"{root.name} brings prompts of its own: {', '.join(titles[:_NAMED])}{more}. Offer them among the actions? "
            f"A model would be told what they say, together with your code. Read them first: {FOLDER_OF_REPOSITORY.as_posix()}"
        )
        allowed = await self._permissions.asked(str(root), files.digest, question, (USE, REFUSE))
        if seen.files.digest == files.digest:
            seen.allowed = allowed

    def _tell(self, problems: Sequence[str]) -> None:
        """Each once."""
        new = [problem for problem in problems if problem not in self._told]
        self._told.update(new)
        if new:
            self._client.show("coderoute: some prompts are not used. " + "; ".join(new), lsp.MessageType.Warning)
