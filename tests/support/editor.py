"""The scripted editor: stricter than any real one.

It refuses edits of a wrong version, notes whatever a server may not send to a client of its capabilities, and at its end
fails when a message for the user, a finished job or a shown document was left unread.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Id, Json
from coderoute_ls.lsp_client.scripted_editor import Buffer, Editor
from coderoute_ls.server.rpc.messages import chat_messages, coderoute_messages, review_messages
from coderoute_ls.server.session.document_uris import path_of

NEEDS = {
    "workspace/applyEdit": "workspace.applyEdit",
    "workspace/configuration": "workspace.configuration",
    "window/workDoneProgress/create": "window.workDoneProgress",
    "window/showDocument": "window.showDocument.support",
    "window/showMessageRequest": "window.showMessage",
    "workspace/textDocumentContent/refresh": "workspace.textDocumentContent",
    coderoute_messages.APPLY_GROUPED_EDIT: "experimental.coderoute.groupedEdits",
    coderoute_messages.INPUT: "experimental.coderoute.input",
    coderoute_messages.STATUS: "experimental.coderoute.status",
    coderoute_messages.JOB_FINISHED: "experimental.coderoute.jobs",
    coderoute_messages.GHOST_AGAIN: "experimental.coderoute.ghostAgain",
    review_messages.REVIEW: "experimental.coderoute.review",
}
"""Method → the capability without which a server may not send it."""


class ScriptedEditor(Editor):
    """What a test drives. Places are `Position`s and `Span`s in code points; the editor speaks its negotiated encoding."""

    def __init__(self, reader: Any, writer: Any, capabilities: Json, *, folders: Sequence[Path] = ()) -> None:
        super().__init__(reader, writer, capabilities, folders=folders, name="scripted editor")
        self.complaints: list[str] = []
        """What the server may not do, or what nobody read."""
        self.refused: list[str] = []
        """Why edits were refused."""
        self.logs: list[str] = []
        self.presses: list[str] = []
        """Buttons that the user will press, in order; with none left a question is dismissed."""
        self.lines_typed: list[str] = []
        """What the user will type into input boxes."""
        self.registered: list[Json] = []
        self.ghosts_again: list[str] = []
        """Documents whose ghost text the server wants to be asked for again."""
        self.jobs_ended: list[str] = []
        """Jobs that have ended, in order."""
        self._tokens: set[Id] = set()
        self._held: list[tuple[Id, str, Json]] | None = None
        self._undo: list[tuple[str, dict[str, str]]] = []

    # -- the user -----------------------------------------------------------------------------------------------------

    def type(self, buffer: Buffer, place: Position, text: str) -> None:
        """Insert text as a user does: one change, one undo step."""
        self.replace(buffer, Span(place, place), text)

    def replace(self, buffer: Buffer, span: Span, text: str) -> None:
        self._remember("user", buffer.uri)
        self.edit(buffer, {"range": buffer.range(span), "newText": text})

    def undo(self) -> None:
        """Take back the newest step; the edits of one job are one step."""
        _, texts = self._undo.pop()
        for uri, text in texts.items():
            self._set_text(self.buffers[uri], text)

    async def notice(self) -> str:
        """Wait for the next message to the user, and read it."""
        await self.until(lambda: bool(self.notices))
        return self.notices.pop(0)

    async def shown_document(self) -> str:
        """Wait for the next document that the server shows, and look at it: its address."""
        await self.until(lambda: bool(self.shown))
        return self.shown.pop(0)

    async def read(self, uri: str) -> str:
        """What a shown document holds: an open buffer, the server's own content, or a file."""
        if uri in self.buffers:
            return self.buffers[uri].text
        if not uri.startswith("file:"):
            return (await self.peer.request("workspace/textDocumentContent", {"uri": uri}))["text"]
        return _file(uri)

    def press_cancel(self, token: Id) -> None:
        """The cancel button of a progress."""
        self.peer.notify("window/workDoneProgress/cancel", {"token": token})

    # -- stepping -----------------------------------------------------------------------------------------------------

    def hold_edits(self) -> None:
        """From now on let the server's edits wait, as a busy editor does."""
        self._held = []

    def release_edits(self) -> None:
        """Apply or refuse what was held, in order, and hold no more."""
        held, self._held = self._held or [], None
        for request in held:
            self.on_request(*request)

    @property
    def held(self) -> int:
        """Edits that wait."""
        return len(self._held or ())

    async def settle(self) -> None:
        """Return when the server has handled everything sent so far."""
        await self.command("coderoute.why", {"action": "none"})

    async def set(self, settings: Json, folder: Path | None = None) -> None:
        """Change what the editor says about settings, for one folder or for all; returns when the server goes by it."""
        self.settings["" if folder is None else folder.as_uri()] = settings
        self.peer.notify("workspace/didChangeConfiguration", {"settings": None})
        await self.configured(self.settings_asked + 1)

    async def configured(self, times: int = 1) -> None:
        """Return when the server has asked for the settings so many times, and goes by the last answer."""
        await self.until(lambda: self.settings_asked >= times)
        for _ in range(2):  # the answer itself, then the task that waited for it
            await self.settle()

    async def learned(self, folder: Path) -> None:
        """Return when the built-in engine knows this folder's files."""
        await self.until(lambda: self.has_learned(folder))

    async def ends(self, token: Id) -> Json:
        """Wait for the end of a progress; returns its last value."""
        await self.until(lambda: self.ended(token))
        return self.progress[token][-1]

    async def exit(self) -> None:
        """Leave, and raise AssertionError with everything that was wrong or left unread."""
        await super().exit()
        left = [
            *self.complaints,
            *(f"unread message: {text}" for text in self.notices),
            *(f"unread document: {uri}" for uri in self.shown),
            *(f"unread question: {question}" for question in self.questions),
            *(f"unread end of job: {job}" for job in self.jobs.values()),
            *(f"stray answer: {message}" for message in self.peer.strays),
            *(f"edit still held: {method}" for _, method, _ in self._held or ()),
        ]
        if not isinstance(self.peer.failure, ConnectionError):
            left.append(f"the connection broke: {self.peer.failure!r}")
        assert not left, "\n".join(left)

    # -- the server ---------------------------------------------------------------------------------------------------

    def on_request(self, request_id: Id, method: str, params: Json) -> None:
        self._demand(method)
        match method:
            case "workspace/applyEdit" | coderoute_messages.APPLY_GROUPED_EDIT:
                if self._held is not None:
                    self._held.append((request_id, method, params))
                else:
                    self.peer.answer(request_id, self._apply_or_refuse(params))
            case "window/workDoneProgress/create":
                self._tokens.add(params["token"])
                self.peer.answer(request_id, None)
            case "client/registerCapability":
                self._register(params["registrations"])
                self.peer.answer(request_id, None)
            case "window/showMessageRequest":
                self.questions.append(params["message"])
                pressed = self.presses.pop(0) if self.presses else None
                self.peer.answer(request_id, None if pressed is None else {"title": pressed})
            case coderoute_messages.INPUT:
                self.peer.answer(request_id, {"text": self.lines_typed.pop(0) if self.lines_typed else None})
            case _:
                super().on_request(request_id, method, params)

    def on_notification(self, method: str, params: Json) -> None:
        self._demand(method)
        match method:
            case "$/progress":
                if params["token"] not in self._tokens:
                    self.complaints.append(f"progress of a token that was never created: {params}")
                super().on_notification(method, params)
            case "window/logMessage":
                self.logs.append(params["message"])
            case coderoute_messages.GHOST_AGAIN:
                self.ghosts_again.append(params["uri"])
            case coderoute_messages.JOB_FINISHED:
                if params["job"] in self.jobs_ended:
                    self.complaints.append(f"a job ended twice: {params}")
                self.jobs_ended.append(params["job"])
                super().on_notification(method, params)
            case "window/showMessage" | coderoute_messages.STATUS | chat_messages.CHAT_EVENT | review_messages.REVIEW:
                super().on_notification(method, params)
            case _:
                self.complaints.append(f"unknown notification {method}: {params}")

    async def code_actions(self, buffer: Buffer, selection: Span, **context: object) -> list[Json]:
        actions = await super().code_actions(buffer, selection, **context)
        if not self.can("textDocument.codeAction.codeActionLiteralSupport"):
            self.complaints.extend(f"a code action for an editor that knows only commands: {a}" for a in actions if "kind" in a)
        return actions

    def _apply_or_refuse(self, params: Json) -> Json:
        edit: Json = params["edit"]
        try:
            self._check(edit)
        except (ValueError, OSError) as error:
            self.refused.append(str(error))
            return {"applied": False, "failureReason": str(error)}
        uris = {c["textDocument"]["uri"] for c in edit.get("documentChanges", ()) if "kind" not in c} | set(
            edit.get("changes", ())
        )
        self._remember(params.get("job", ""), *uris)
        for change in edit.get("documentChanges", ()):
            if change.get("kind") == "create":
                _create(change["uri"])
            if change.get("kind") == "delete":
                _delete(change["uri"])
        changes = [change for change in edit.get("documentChanges", ()) if "kind" not in change]
        self.apply(edit | {"documentChanges": changes} if "documentChanges" in edit else edit)
        return {"applied": True}

    def _check(self, edit: Json) -> None:
        """Raise ValueError for a stale version; complain about what this editor never said it can take."""
        if "documentChanges" in edit and not self.can("workspace.workspaceEdit.documentChanges"):
            self.complaints.append("documentChanges for an editor without them")
        for change in edit.get("documentChanges", ()):
            if "kind" in change:
                if change["kind"] not in (self.can("workspace.workspaceEdit.resourceOperations") or ()):
                    self.complaints.append(f"an operation this editor does not know: {change}")
                continue
            buffer = self._buffer(change["textDocument"]["uri"])
            if (version := change["textDocument"]["version"]) not in (None, buffer.version):
                raise ValueError(f"an edit of version {version} came at version {buffer.version} of {buffer.uri}")
        for uri in edit.get("changes", ()):
            self._buffer(uri)

    def _buffer(self, uri: str) -> Buffer:
        """The open buffer; a file that is not open is opened, as editors do to edit it."""
        if uri not in self.buffers:
            self.open(uri, _file(uri))
        return self.buffers[uri]

    def _register(self, registrations: list[Json]) -> None:
        for registration in registrations:
            if not self.can(registration["method"].replace("/", ".") + ".dynamicRegistration"):
                self.complaints.append(f"{registration['method']} cannot be registered dynamically here")
        self.registered.extend(registrations)

    def _demand(self, method: str) -> None:
        if (path := NEEDS.get(method)) and not self.can(path):
            self.complaints.append(f"{method} for an editor without {path}")

    def can(self, path: str) -> Any:
        """The value of a capability; an empty object counts as yes."""
        value: Any = self.capabilities
        for key in path.split("."):
            value = value.get(key) if value else None
        return True if value == {} else value

    def _remember(self, owner: str, *uris: str) -> None:
        """Start an undo step, or join the newest one when the same job owns it."""
        if owner in ("", "user") or not self._undo or self._undo[-1][0] != owner:
            self._undo.append((owner, {uri: self.buffers[uri].text for uri in uris}))

    def _set_text(self, buffer: Buffer, text: str) -> None:
        last = len(buffer.lines) - 1
        everything = Span(Position(0, 0), Position(last, len(buffer.lines[last])))
        self.edit(buffer, {"range": buffer.range(everything), "newText": text})


def _create(uri: str) -> None:
    """An empty file, as an editor creates it."""
    path = Path(path_of(uri))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def _delete(uri: str) -> None:
    Path(path_of(uri)).unlink(missing_ok=True)


def _file(uri: str) -> str:
    """What a file on disk holds. Raises OSError where there is none."""
    return Path(path_of(uri)).read_text("utf-8")
