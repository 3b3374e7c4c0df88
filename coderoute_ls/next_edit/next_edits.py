"""Next edits of one session: what was changed, what is suggested, and what became of it. Knows neither LSP nor a model.

Off means off: while the settings say so, nothing is remembered, looked for or asked.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from coderoute_ls.domain import Diagnostic, Document, Ledger, LedgerEntry, Position, TextEdit
from coderoute_ls.domain.clock import Clock
from coderoute_ls.domain.next_edits import NextEdit, Situation, fingerprint
from coderoute_ls.next_edit.gate import ConfidenceThreshold, why_suppressed
from coderoute_ls.next_edit.past_edits import PastEdits
from coderoute_ls.settings.all_settings import NextEditSettings

Examples = Callable[[Situation], Awaitable[tuple[NextEdit, ...]]]
"""What the last edits ask for, best first: `domain.Embedded.next_edits`."""
ModelEdit = Callable[[Situation], Awaitable[NextEdit | None]]
"""What a model suggests; it books its own call."""
Allowed = Callable[[str], bool]
"""Whether the file at this path may be read and sent."""
_KEPT = 200
_PAUSE_S = 1.0
"""A longer gap between two keys is thinking, not typing."""


async def no_model(situation: Situation) -> NextEdit | None:
    """There is no model."""
    del situation


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of an editor."""

    document: Document
    cursor: Position
    diagnostics: tuple[Diagnostic, ...] = ()
    others: tuple[Document, ...] = ()
    """Other open documents, the newest first."""
    folder: str = ""
    """Root of the workspace folder, or ""."""
    typing: bool = False
    invoked: bool = False


class NextEdits:
    """One session's next edits."""

    def __init__(
        self, clock: Clock, ledger: Ledger, *, allowed: Allowed, examples: Examples, model: ModelEdit = no_model
    ) -> None:
        self._clock = clock
        self._ledger = ledger
        self._allowed = allowed
        self._examples = examples
        self._model = model
        self._past = PastEdits()
        self._threshold = ConfidenceThreshold()
        self._rejected: OrderedDict[str, None] = OrderedDict()
        self._shown: OrderedDict[str, tuple[NextEdit, str]] = OrderedDict()
        """By id: the suggestion, and its entry in the ledger until its outcome is known."""
        self._versions: dict[str, int] = {}
        self._last: NextEdit | None = None
        self._changed_at = 0.0
        self._gap_s = 0.0
        """Seconds between two keys, as they are on average lately."""

    # -- what the editor reports ------------------------------------------------------------------------------------------

    def changed(self, before: Document, document: Document, edits: Sequence[TextEdit], settings: NextEditSettings) -> None:
        """Takes note of a change; costs microseconds."""
        if not _on(settings, document) or not self._allowed(document.path):
            return
        self._versions[document.uri] = document.version
        now = self._clock.monotonic()
        if 0 < now - self._changed_at < _PAUSE_S:
            self._gap_s += (now - self._changed_at - self._gap_s) / 8
        self._changed_at = now
        self._past.changed(before, edits, now)

    def saved(self, uri: str) -> None:
        self._past.saved(uri)

    def closed(self, uri: str) -> None:
        self._versions.pop(uri, None)
        self._past.forget(uri)

    def wait_s(self, settings: NextEditSettings) -> float:
        """Seconds to let an edit settle before asking: the setting, or the user's own pause between keys where that is longer, up
        to four times as long."""
        shortest = settings.debounce_ms / 1_000
        return max(shortest, min(self._gap_s * 1.5, shortest * 4))

    # -- suggesting -------------------------------------------------------------------------------------------------------

    async def suggest(self, asked: Asked, settings: NextEditSettings) -> NextEdit | None:
        """The one suggestion that may be shown now, or None. Nothing for a document that was changed meanwhile."""
        document = asked.document
        if not _on(settings, document) or not self._allowed(document.path):
            return None
        situation = self._situation(asked, settings)
        found: NextEdit | None = None
        if settings.from_ != "models" and (situation.edits or asked.invoked):
            found = self._passed(await self._examples(situation), situation)
        if found is None and settings.from_ != "examples" and self._current(document):
            one = await self._model(situation)
            found = self._passed(() if one is None else (one,), situation)
        return found if self._current(document) else None

    def _situation(self, asked: Asked, settings: NextEditSettings) -> Situation:
        others = asked.others if settings.cross_file else ()
        return Situation(
            asked.document,
            asked.document.clamp(asked.cursor),
            self._past.edits,
            self._past.undone,
            asked.diagnostics,
            tuple(each for each in others if each.uri != asked.document.uri and self._allowed(each.path)),
            frozenset(self._rejected),
            asked.typing,
            asked.invoked,
        )

    def _passed(self, found: Sequence[NextEdit], situation: Situation) -> NextEdit | None:
        return next((each for each in found if why_suppressed(each, situation, self._threshold) is None), None)

    def _current(self, document: Document) -> bool:
        return self._versions.get(document.uri, document.version) == document.version

    # -- what became of it ------------------------------------------------------------------------------------------------

    def shown(self, edit: NextEdit, folder: str = "") -> None:
        """The user sees it. Showing the same again counts once."""
        if edit.id in self._shown:
            return
        entry = fingerprint((edit.id, self._clock.monotonic()))
        self._shown[edit.id] = edit, entry
        self._last = edit
        while len(self._shown) > _KEPT:
            self._shown.popitem(last=False)
        if edit.source == "model":
            return
        chars = sum(len(each.text) for each in edit.edits)
        self._ledger.record(
            LedgerEntry(
                entry, self._clock.now(), folder, "next_edit", answered_by="embedded", finish=edit.rule, shown_chars=chars
            )
        )
        self._ledger.outcome(entry, "shown", chars)

    def accepted(self, id_: str) -> NextEdit | None:
        """The user took it; None where it is not known or was settled already."""
        return self._settled(id_, accepted=True)

    def rejected(self, id_: str) -> NextEdit | None:
        """The user does not want it, nor the same change elsewhere, until they make it once more themselves."""
        edit = self._settled(id_, accepted=False)
        for key in edit.keys if edit is not None else ():
            self._rejected[key] = None
        while len(self._rejected) > _KEPT:
            self._rejected.popitem(last=False)
        return edit

    def ignored(self, id_: str) -> None:
        """The user went on without a word: it stays ``shown`` in the ledger, and nothing is concluded."""
        self._shown.pop(id_, None)

    def _settled(self, id_: str, *, accepted: bool) -> NextEdit | None:
        edit, entry = self._shown.pop(id_, (None, ""))
        if edit is None:
            return None
        self._threshold = self._threshold.accepted() if accepted else self._threshold.rejected()
        self._last = replace(edit)
        if edit.source != "model":
            self._ledger.outcome(entry, "accepted" if accepted else "rejected")
        return edit

    def why(self) -> str:
        """Where the last suggestion came from, in a sentence."""
        edit = self._last
        if edit is None:
            return "No next edit was shown yet in this session."
        place = f"line {edit.place.line + 1}" + (f" of {edit.path}" if edit.path else "")
        source = {"examples": "your own edits, without a model", "model": "a model", "ghost": "ghost text"}[edit.source]
        return f"The next edit at {place} {edit.why or 'was suggested'}; from {source}, confidence {edit.confidence:.2f}."


def _on(settings: NextEditSettings, document: Document) -> bool:
    return settings.enable and document.language not in settings.languages_off
