"""Next edits of one session: what was changed, what is suggested, and what became of it. Knows neither LSP nor a model.

Off means off: while the settings say so, nothing is remembered, looked for or asked.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import get_args

from coderoute_ls.domain import Diagnostic, Document, Ledger, LedgerEntry, Position, TextEdit
from coderoute_ls.domain.clock import Clock
from coderoute_ls.domain.next_edits import Kind, NextEdit, Situation, fingerprint
from coderoute_ls.next_edit.gate import ConfidenceThreshold, why_suppressed
from coderoute_ls.next_edit.past_edits import PastEdits
from coderoute_ls.settings.all_settings import NextEditSettings

Examples = Callable[[Situation], Awaitable[tuple[NextEdit, ...]]]
"""What the last edits ask for, best first: `domain.Embedded.next_edits`."""
ModelEdit = Callable[[Situation], Awaitable[NextEdit | None]]
"""What a model suggests, or ghost text's own engine; it books its own call."""
Allowed = Callable[[str], bool]
"""Whether the file at this path may be read and sent."""
KINDS: frozenset[Kind] = frozenset(get_args(Kind))
SAME_REGION = 6
"""Lines that the cursor may move without a model being shown another region worth paying for."""
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
    kinds: frozenset[Kind] = KINDS
    """What the editor can show."""
    free: bool = False
    """Ask nobody who costs money or time."""


class NextEdits:
    """One session's next edits."""

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        *,
        allowed: Allowed,
        examples: Examples,
        model: ModelEdit = no_model,
        ghost: ModelEdit = no_model,
    ) -> None:
        self._clock = clock
        self._ledger = ledger
        self._allowed = allowed
        self._examples = examples
        self._model = model
        self._ghost = ghost
        self._past = PastEdits()
        self._threshold = ConfidenceThreshold()
        self._rejected: OrderedDict[str, None] = OrderedDict()
        self._shown: OrderedDict[str, tuple[NextEdit, str]] = OrderedDict()
        """By id: the suggestion, and its entry in the ledger until its outcome is known."""
        self._versions: dict[str, int] = {}
        self._answered: tuple[str, int, int, NextEdit | None] | None = None
        """What the model was asked about last, as address, version and line, and its answer."""
        self.last: NextEdit | None = None
        """What was shown last."""
        self._changed_at = 0.0
        self._gap_s = 0.0
        """Seconds between two keys, as they are on average lately."""

    # -- what the editor reports ------------------------------------------------------------------------------------------

    def changed(self, before: Document, document: Document, edits: Sequence[TextEdit], settings: NextEditSettings) -> None:
        """Takes note of a change; costs microseconds."""
        if not _on(settings, document) or not self._allowed(document.rules_path):
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

    def settles_in_s(self, settings: NextEditSettings) -> float:
        """Seconds until the last change has settled; 0 when it has."""
        return max(0.0, self._changed_at + self.wait_s(settings) - self._clock.monotonic())

    # -- suggesting -------------------------------------------------------------------------------------------------------

    async def suggest(self, asked: Asked, settings: NextEditSettings) -> NextEdit | None:
        """The one suggestion that may be shown now, or None. Nothing for a document that was changed meanwhile."""
        document = asked.document
        if not _on(settings, document) or not self._allowed(document.rules_path):
            return None
        situation = self._situation(asked, settings)
        found: NextEdit | None = None
        if settings.from_ != "models" and (situation.edits or asked.invoked):
            found = self._passed(await self._examples(situation), situation, asked.kinds)
        for source in () if asked.free or settings.from_ == "examples" else (self._asked_model, self._ghost):
            if found is None and self._current(document):
                one = await source(situation)
                found = self._passed(() if one is None else (one,), situation, asked.kinds)
        return found if self._current(document) else None

    async def _asked_model(self, situation: Situation) -> NextEdit | None:
        """The model's answer; the same text is not paid for twice because the cursor moved a little."""
        document, line = situation.document, situation.cursor.line
        known = None if situation.invoked else self._answered
        if known is not None and known[:2] == (document.uri, document.version) and abs(known[2] - line) <= SAME_REGION:
            return known[3]
        found = await self._model(situation)
        self._answered = document.uri, document.version, line, found
        return found

    def _situation(self, asked: Asked, settings: NextEditSettings) -> Situation:
        others = asked.others if settings.cross_file else ()
        return Situation(
            asked.document,
            asked.document.clamp(asked.cursor),
            self._past.edits,
            self._past.undone,
            asked.diagnostics,
            tuple(each for each in others if each.uri != asked.document.uri and self._allowed(each.rules_path)),
            frozenset(self._rejected),
            asked.typing,
            asked.invoked,
        )

    def _passed(self, found: Sequence[NextEdit], situation: Situation, kinds: frozenset[Kind]) -> NextEdit | None:
        shown = (each for each in found if each.kind in kinds)
        return next((each for each in shown if why_suppressed(each, situation, self._threshold) is None), None)

    def _current(self, document: Document) -> bool:
        return self._versions.get(document.uri, document.version) == document.version

    # -- what became of it ------------------------------------------------------------------------------------------------

    def shown(self, edit: NextEdit, folder: str = "") -> None:
        """The user sees it. Showing the same again counts once."""
        if edit.id in self._shown:
            return
        entry = edit.call or fingerprint((edit.id, self._clock.monotonic()))
        self._shown[edit.id] = edit, entry
        self.last = edit
        while len(self._shown) > _KEPT:
            self._shown.popitem(last=False)
        chars = sum(len(each.text) for each in edit.edits)
        if edit.source == "model":
            self._ledger.outcome(entry, "shown", chars)
        if edit.source != "examples":
            return
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
        self.last = edit
        if edit.source != "ghost":  # which tells its own
            self._ledger.outcome(entry, "accepted" if accepted else "rejected")
        return edit

    def why(self) -> str:
        """Where the last suggestion came from, in a sentence."""
        edit = self.last
        if edit is None:
            return "No next edit was shown yet in this session."
        place = f"line {edit.place.line + 1}" + (f" of {edit.path}" if edit.path else "")
        source = {"examples": "your own edits, without a model", "model": "a model", "ghost": "ghost text"}[edit.source]
        return f"The next edit at {place} {edit.why or 'was suggested'}; from {source}, confidence {edit.confidence:.2f}."


def _on(settings: NextEditSettings, document: Document) -> bool:
    return settings.enable and document.language not in settings.languages_off
