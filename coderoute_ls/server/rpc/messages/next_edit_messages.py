"""Our own messages about next edits: what is asked, what is offered, and what became of it."""

from dataclasses import dataclass, field
from typing import Literal, Self

from coderoute_ls.server.rpc.wire import Json, Wire


@dataclass(frozen=True, kw_only=True)
class NextEditParams(Wire):
    """Request ``coderoute/nextEdit``: what would follow from the last edits? The answer is `NextEditAnswer`. Asked after each
    change, when the cursor rests after a jump, after a save, and when diagnostics changed: the server waits until the edit has
    settled, and a later request or change ends an earlier one, which is then answered with nothing."""

    uri: str
    version: int
    """Of the document, as the client has it; the answer to any other is nothing."""
    position: Json
    """LSP Position of the cursor."""
    diagnostics: list[Json] = field(default_factory=list[Json])
    """LSP Diagnostics of the document, of any server."""
    invoked: bool = False
    """Asked for by hand: nothing is waited for."""


@dataclass(frozen=True, kw_only=True)
class NextEditOffered(Wire):
    """One suggestion, for exactly this version of the document at ``uri``, which may be another than the one asked about."""

    item: str
    """Its id: the same change of the same version has the same."""
    kind: Literal["edit", "jump", "rename", "replace_all"]
    """``edit``: all of ``edits`` as one undo step. ``jump``: lead the user to ``place``. ``rename``: rename what is at ``place``
    to ``name``, as the editor does it. ``replace_all``: the same small edit at several places, as one undo step."""
    uri: str
    version: int
    place: Json
    """LSP Range of what changes first, or of the place to jump to."""
    edits: list[Json] = field(default_factory=list[Json])
    """LSP TextEdits, disjoint, in the order of the text."""
    name: str = ""
    why: str = ""
    """For people: ``repeats 2 of your edits``."""
    far: bool = False
    """Too far from the cursor to be seen: lead the user there first."""


@dataclass(frozen=True, kw_only=True)
class NextEditAnswer(Wire):
    edit: NextEditOffered | None = None
    """None where silence is right."""


@dataclass(frozen=True, kw_only=True)
class NextEditOutcome(Wire):
    """Notification ``coderoute/nextEditOutcome``: the suggestion can be seen, or what became of it. ``ignored``: the user went on
    without a word, nothing is concluded."""

    item: str
    outcome: Literal["shown", "accepted", "rejected", "ignored"]


@dataclass(frozen=True, kw_only=True)
class NextEditId(Wire):
    """``coderoute.acceptNextEdit``: the user took it. Editors that know `textDocument/copilotInlineEdit` run the command they got
    with the edit, and send its first argument, which has to be a string, elsewhere as well: so it is the bare id."""

    item: str

    @classmethod
    def read(cls, raw: object) -> Self:
        return super().read({"item": raw} if isinstance(raw, str) else raw)


NEXT_EDIT = "coderoute/nextEdit"
NEXT_EDIT_OUTCOME = "coderoute/nextEditOutcome"
