"""What a request is answered from: one frozen value, taken when the handler is called, before anything is awaited."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from coderoute_ls.domain import Diagnostic, Document, Span, Target
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.rpc.positions import PositionConverter
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.document_uris import path_of
from coderoute_ls.server.session.documents import Documents
from coderoute_ls.server.session.file_access import FileAccess
from coderoute_ls.settings import Effective

MOST_OF_THE_TIME = 0.02
"""Share of the time in which files are looked at: where a look takes long, as over a network, the next one waits."""
LONGEST_WAIT_S = 1.0
IGNORED = "This file is ignored or secret: nothing of it is sent anywhere."


@dataclass(frozen=True, slots=True)
class RequestContext:
    """A document at the version that the editor saw, and what holds for it."""

    document: Document
    settings: Effective
    folder: str
    """Path of the workspace folder that holds the document; "" where none does."""
    positions: PositionConverter

    def target(
        self,
        span: Span,
        *,
        instruction: str = "",
        diagnostics: tuple[Diagnostic, ...] = (),
        invoked: bool = True,
        ask: bool = False,
        floor: float | None = None,
    ) -> Target:
        return Target(self.document, span, instruction, diagnostics, self.folder, invoked, ask, floor=floor)


class RequestContexts:
    """Takes contexts. The one place that knows whether answering is paused."""

    def __init__(
        self, documents: Documents, configuration: Configuration, files: FileAccess, positions: PositionConverter
    ) -> None:
        self.paused = False
        self.snoozed_until = 0
        """Unix time at which suggestions come back, for people; 0 while they are there."""
        self._snooze: asyncio.TimerHandle | None = None
        self.uri = ""
        """Address of the document that was asked about last."""
        self._listeners: list[Callable[[], None]] = []
        self._documents = documents
        self._configuration = configuration
        self._files = files
        self._positions = positions
        self._look_at = 0.0

    def listen(self, listener: Callable[[], None]) -> None:
        """Call it when another document than before is asked about."""
        self._listeners.append(listener)

    def snooze(self, seconds: float, over: Callable[[], None]) -> None:
        """Suggest nothing for so long; what the user asks for by hand is answered. 0 ends it. ``over`` is called at its end."""
        self.close()
        self._snooze = None
        self.snoozed_until = round(time.time() + seconds) if seconds > 0 else 0
        if seconds > 0:
            self._snooze = asyncio.get_running_loop().call_later(seconds, self._awake, over)

    def _awake(self, over: Callable[[], None]) -> None:
        self._snooze = None
        self.snoozed_until = 0
        over()

    def suggesting(self, uri: str) -> RequestContext | None:
        """`of`, for what is suggested without being asked for: None while snoozed as well."""
        return None if self._snooze is not None else self.of(uri)

    def close(self) -> None:
        """Nobody is left to wake."""
        if self._snooze is not None:
            self._snooze.cancel()

    def _look_again(self) -> None:
        """A rule that has changed on the disk holds from this request on, though no editor tells of it, or tells of it later."""
        began = time.monotonic()
        if began >= self._look_at:
            self._configuration.look_again()
            self._files.look_again()
            ended = time.monotonic()
            self._look_at = ended + min((ended - began) / MOST_OF_THE_TIME, LONGEST_WAIT_S)

    def of(self, uri: str) -> RequestContext | None:
        """None while paused, and for a document that is not open: then there is no answer."""
        document = self._documents.get(uri)
        if document is None or self.paused:
            return None
        self._look_again()
        if uri != self.uri:
            self.uri = uri
            for listener in self._listeners:
                listener()
        folder = path_of(self._configuration.folder_of(uri))
        return RequestContext(document, self._configuration.settings_for(uri), folder, self._positions)

    def required_running(self) -> None:
        """For what the user asked for by hand about no open document. Raises `Unsupported` while paused."""
        if self.paused:
            raise Unsupported("CodeRoute is paused. Resume it (`coderoute.pause`), then ask again.")
        self._look_again()

    def required(self, uri: str) -> RequestContext:
        """For what the user asked for by hand. Raises `Unsupported` with a sentence when there is no answer."""
        self.required_running()
        context = self.of(uri)
        if context is None:
            raise Unsupported("The file is not open in the editor.")
        path = context.document.rules_path
        if not self._files.allowed(path) and not self._files.pending(path):
            raise Unsupported(IGNORED)
        return context
