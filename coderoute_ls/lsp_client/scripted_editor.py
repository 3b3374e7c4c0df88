"""A small editor without a screen: buffers, versioned edits, progress and jobs over plain JSON-RPC."""

import asyncio
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from coderoute_ls import __version__
from coderoute_ls.domain import Position, Span
from coderoute_ls.lsp_client.json_rpc_peer import Answer, Id, Json, Peer
from coderoute_ls.server.rpc.messages import chat_messages, coderoute_messages, review_messages
from coderoute_ls.server.rpc.messages.review_messages import EditUnderReview

LEARNING = "coderoute-learning:"
"""Beginning of the progress token while a folder is learned; its path follows."""
METHOD_NOT_FOUND = -32601
UNIT_BYTES = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
"""Position encoding → codec and bytes of one unit."""
LINE_START = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


def items_of(answer: Any) -> list[Json]:
    """The items of a completion's answer, whichever of its three shapes it has."""
    return cast("Json", answer)["items"] if isinstance(answer, dict) else answer or []


class Buffer:
    """One open file as the editor holds it; positions are in the negotiated encoding."""

    def __init__(self, uri: str, language: str, text: str, encoding: str) -> None:
        self.uri = uri
        self.language = language
        self.text = text
        self.encoding = encoding
        self.version = 1

    @property
    def lines(self) -> list[str]:
        """Lines with their endings; the last one has none."""
        return LINE_START.split(self.text)

    def position(self, place: Position) -> Json:
        """An LSP Position of a place counted in code points."""
        codec, size = UNIT_BYTES[self.encoding]
        before = self.lines[place.line][: place.character]
        return {"line": place.line, "character": len(before.encode(codec, "surrogatepass")) // size}

    def range(self, span: Span) -> Json:
        return {"start": self.position(span.start), "end": self.position(span.end)}

    def offset(self, position: Json) -> int:
        """Offset in ``text`` of an LSP Position. Raises ValueError for a place that does not exist."""
        codec, size = UNIT_BYTES[self.encoding]
        lines = self.lines
        line: int = position["line"]
        units: int = position["character"]
        if line >= len(lines):
            raise ValueError(f"line {line} of {len(lines)} in {self.uri}")
        content = lines[line].rstrip("\r\n")
        encoded = content.encode(codec, "surrogatepass")
        if units * size > len(encoded):
            raise ValueError(f"character {units} of line {line} in {self.uri}: {content!r}")
        return sum(map(len, lines[:line])) + len(encoded[: units * size].decode(codec, "surrogatepass"))

    def slice(self, range_: Json) -> str:
        return self.text[self.offset(range_["start"]) : self.offset(range_["end"])]

    def apply(self, edits: Sequence[Json]) -> list[Json]:
        """Apply TextEdits that all refer to the present text; returns them as content changes, last place first."""
        placed = [(self.offset(e["range"]["start"]), self.offset(e["range"]["end"]), e) for e in edits]
        placed.sort(key=lambda item: item[:2])  # stable: insertions at one place keep their order
        for (_, end, first), (start, _, second) in pairwise(placed):
            if start < end:
                raise ValueError(f"edits overlap: {first} and {second}")
        for start, end, edit in reversed(placed):
            self.text = self.text[:start] + edit["newText"] + self.text[end:]
        self.version += 1
        return [{"range": edit["range"], "text": edit["newText"]} for _, _, edit in reversed(placed)]


class Editor:
    """Talks to a server over two streams: keeps buffers, applies its edits, answers its questions, records the rest."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        capabilities: Json,
        *,
        folders: Sequence[Path] = (),
        name: str = "coderoute demo",
    ) -> None:
        self.capabilities = capabilities
        self.folders = tuple(folders)
        self.name = name
        self.encoding = "utf-16"
        self.server_info: Json = {}
        self.server_capabilities: Json = {}
        self.buffers: dict[str, Buffer] = {}
        self.settings: dict[str, Json] = {}
        """Folder address, or "" for the rest → the value of section ``coderoute``."""
        self.progress: dict[Id, list[Json]] = {}
        """Progress token → its begin, reports and end."""
        self.jobs: dict[str, Json] = {}
        """Reports of finished jobs that were not taken, by id."""
        self.shown: list[str] = []
        """Documents that the server asked to show."""
        self.notices: list[str] = []
        """Messages for the user."""
        self.reviews: dict[str, EditUnderReview] = {}
        """How each edit under review stands, by its job."""
        self.statuses: list[coderoute_messages.Status] = []
        self.chats: dict[str, list[Json]] = {}
        """What a chat was told so far, by its id."""
        self.settings_asked = 0
        """How often the server has asked for the settings."""
        self.consents = False
        """Whether the user presses the first button of a question, or dismisses it."""
        self.questions: list[str] = []
        self.edits: list[Json] = []
        """Workspace edits that were applied."""
        self._news = asyncio.Event()
        self.peer = Peer(reader, writer, self.on_request, self.on_notification, self._news.set)

    # -- session ------------------------------------------------------------------------------------------------------

    async def initialize(self, options: object = None, *, parent: int | None = None) -> None:
        """The handshake; ``parent`` is the process whose end should end the server."""
        folders = [{"uri": folder.as_uri(), "name": folder.name} for folder in self.folders]
        params: Json = {
            "processId": parent,
            "clientInfo": {"name": self.name, "version": __version__},
            "rootUri": folders[0]["uri"] if folders else None,
            "workspaceFolders": folders,
            "capabilities": self.capabilities,
            "initializationOptions": options,
        }
        result: Json = await self.peer.request("initialize", params)
        self.server_info = result.get("serverInfo", {})
        self.server_capabilities = result["capabilities"]
        self.encoding = self.server_capabilities.get("positionEncoding", "utf-16")
        self.peer.notify("initialized", {})

    async def exit(self) -> None:
        """Shutdown, exit, and the end of the connection."""
        await self.peer.request("shutdown", None)
        self.peer.notify("exit", None)
        await self.peer.close()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when the condition holds, looking after every message. Raises what ended the connection if that comes first."""
        while not condition():
            if self.peer.failure is not None:
                raise self.peer.failure
            self._news.clear()
            await self._news.wait()

    def ended(self, token: Id) -> bool:
        """Whether this progress has come to its end."""
        return self.progress.get(token, [{}])[-1].get("kind") == "end"

    def has_learned(self, folder: Path) -> bool:
        """Whether the built-in engine knows this folder's files. The server may spell its path in another case."""
        spelled = (str(token).removeprefix(LEARNING) for token in self.progress if self.ended(token))
        return any(Path(path) == folder for path in spelled)

    # -- documents ----------------------------------------------------------------------------------------------------

    def open(self, uri: str, text: str, language: str = "python") -> Buffer:
        buffer = self.buffers[uri] = Buffer(uri, language, text, self.encoding)
        item = {"uri": uri, "languageId": language, "version": buffer.version, "text": text}
        self.peer.notify("textDocument/didOpen", {"textDocument": item})
        return buffer

    def close(self, buffer: Buffer) -> None:
        del self.buffers[buffer.uri]
        self.peer.notify("textDocument/didClose", {"textDocument": {"uri": buffer.uri}})

    def edit(self, buffer: Buffer, *edits: Json) -> None:
        """Change a buffer and tell the server: what typing does."""
        changes = buffer.apply(edits)
        document = {"uri": buffer.uri, "version": buffer.version}
        self.peer.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    # -- asking -------------------------------------------------------------------------------------------------------

    def inline(self, buffer: Buffer, cursor: Position, *, invoked: bool = True) -> Answer:
        """Ask for ghost text; the answer's result is a list of items, a list object or None."""
        context = {"triggerKind": 1 if invoked else 2}
        return self.peer.send("textDocument/inlineCompletion", self._at(buffer, cursor) | {"context": context})

    def complete(self, buffer: Buffer, cursor: Position) -> Answer:
        return self.peer.send("textDocument/completion", self._at(buffer, cursor) | {"context": {"triggerKind": 1}})

    async def code_actions(self, buffer: Buffer, selection: Span, **context: object) -> list[Json]:
        asked: Json = {"diagnostics": [], **context}
        params: Json = {"textDocument": {"uri": buffer.uri}, "range": buffer.range(selection), "context": asked}
        return await self.peer.request("textDocument/codeAction", params) or []

    async def command(self, command: str, *arguments: object) -> Any:
        return await self.peer.request("workspace/executeCommand", {"command": command, "arguments": list(arguments)})

    async def run(
        self, action: str, buffer: Buffer, selection: Span, instruction: str = "", *, ask: bool = False
    ) -> coderoute_messages.RunStarted:
        """Start an action; the result names its job and its progress token."""
        place = buffer.range(selection)
        params = coderoute_messages.RunParams(action=action, uri=buffer.uri, range=place, instruction=instruction, ask=ask)
        return coderoute_messages.RunStarted.read(await self.command("coderoute.run", params.told()))

    async def finished(self, job: str) -> coderoute_messages.JobFinished:
        """Wait for the end of a job, and take its report."""
        await self.until(lambda: job in self.jobs)
        return coderoute_messages.JobFinished.read(self.jobs.pop(job))

    def _at(self, buffer: Buffer, cursor: Position) -> Json:
        return {"textDocument": {"uri": buffer.uri}, "position": buffer.position(cursor)}

    # -- being asked --------------------------------------------------------------------------------------------------

    def on_request(self, request_id: Id, method: str, params: Json) -> None:
        match method:
            case "workspace/applyEdit" | coderoute_messages.APPLY_GROUPED_EDIT:
                self.apply(params["edit"])
                self.peer.answer(request_id, {"applied": True})
            case "workspace/configuration":
                self.peer.answer(request_id, [self._setting(item) for item in params["items"]])
                self.settings_asked += 1
            case "window/showMessageRequest":
                self.questions.append(params["message"])
                self.peer.answer(request_id, params["actions"][0] if self.consents else None)
            case "window/showDocument":
                self.shown.append(params["uri"])
                self.peer.answer(request_id, {"success": True})
            case "window/workDoneProgress/create" | "client/registerCapability" | "client/unregisterCapability":
                self.peer.answer(request_id, None)
            case "workspace/textDocumentContent/refresh":
                self.peer.answer(request_id, None)
            case _:
                self.peer.refuse(request_id, METHOD_NOT_FOUND, f"this editor has no {method}")

    def on_notification(self, method: str, params: Json) -> None:
        match method:
            case "$/progress":
                self.progress.setdefault(params["token"], []).append(params["value"])
            case coderoute_messages.JOB_FINISHED:
                self.jobs[params["job"]] = params
            case review_messages.REVIEW:
                self.reviews[params["job"]] = EditUnderReview.read(params)
            case coderoute_messages.STATUS:
                self.statuses.append(coderoute_messages.Status.read(params))
            case "window/showMessage":
                self.notices.append(params["message"])
            case chat_messages.CHAT_EVENT:
                self.chats.setdefault(params["chat"], []).append(params["part"])
            case _:
                pass

    def apply(self, edit: Json) -> None:
        """Apply a WorkspaceEdit to open buffers. Raises ValueError when one of its changes cannot be applied."""
        for change in edit.get("documentChanges", ()):
            self.edit(self.buffers[change["textDocument"]["uri"]], *change["edits"])
        for uri, edits in edit.get("changes", {}).items():
            self.edit(self.buffers[uri], *edits)
        self.edits.append(edit)

    def _setting(self, item: Json) -> object:
        """The value of a dotted section such as ``coderoute.inline``, for the scope's folder or for all."""
        value: Any = self.settings.get(item.get("scopeUri", ""), self.settings.get("", {}))
        for key in str(item.get("section", "")).split(".")[1:]:
            value = value.get(key, {})
        return value
