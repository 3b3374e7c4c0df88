"""Our own messages of the menus: which actions there are, which model may do one, and when to be silent."""

from dataclasses import dataclass, field
from typing import Literal

from coderoute_ls.server.rpc.wire import Json, Wire


@dataclass(frozen=True, kw_only=True)
class ActionsParams(Wire):
    """``coderoute.actions``: what can be asked for in this document; the answer is `ActionsOffered`."""

    uri: str = ""


@dataclass(frozen=True, kw_only=True)
class ActionOffered(Wire):
    """One action of the menus. Whether it applies at the cursor, code actions tell."""

    id: str
    title: str
    kind: str = ""
    """Its code action kind; "" for the message of a commit, which has a request of its own."""
    doc: str = ""
    file: str = ""
    """The file of a prompt of the user's or of the folder's; "" for ours."""
    floor: float | None = None
    model: str | None = None
    """The model that is set for it."""


@dataclass(frozen=True, kw_only=True)
class ActionsOffered(Wire):
    actions: list[ActionOffered] = field(default_factory=list[ActionOffered])
    problems: list[str] = field(default_factory=list[str])
    """What is wrong with files of prompts, each with its line."""
    prompts_folder: str = ""
    """Where prompts of the user's own belong."""


@dataclass(frozen=True, kw_only=True)
class OffersParams(Wire):
    """``coderoute.offers``: which models may do this action here; the answer is `Offers`."""

    action: str
    uri: str
    range: Json | None = None
    """LSP Range; None for the file of a commit message or a repository."""


@dataclass(frozen=True, kw_only=True)
class OfferShown(Wire):
    id: str
    name: str
    usd: float
    """Expected price of this call."""
    first_token_s: float
    """Expected seconds to the answer's first token."""
    score: float | None = None
    """Lower bound of its score."""
    local: bool = False
    chosen: bool = False
    """The one that is asked when nobody picks."""


@dataclass(frozen=True, kw_only=True)
class Offers(Wire):
    """Only offers that clear the floor and every limit, the cheapest first."""

    offers: list[OfferShown] = field(default_factory=list[OfferShown])
    floor: float = 0.0
    floor_from: str = ""
    model: str | None = None
    """The model that is set for the action, and"""
    model_from: str = ""
    """where."""
    why_none: str = ""
    """Why there is none, and what to do about it."""


@dataclass(frozen=True, kw_only=True)
class ChooseModelParams(Wire):
    """``coderoute.chooseModel``: always ask this model for the action, in the folder of ``uri`` or everywhere; without ``offer``
    whichever is cheapest again. The answer is `Written`."""

    action: str
    uri: str
    scope: Literal["folder", "always"]
    offer: str | None = None


@dataclass(frozen=True, kw_only=True)
class SwitchLanguageParams(Wire):
    """``coderoute.switchLanguage``: suggestions in this language on or off, for the user everywhere; without ``on`` it toggles.
    The answer is `Written`."""

    language: str
    uri: str = ""
    on: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Written(Wire):
    text: str
    """What holds now, and where it was written: for people."""


@dataclass(frozen=True, kw_only=True)
class SnoozeParams(Wire):
    """``coderoute.snooze``: suggest nothing for so long; 0 ends it. What the user asks for by hand is answered. The answer is
    `Status`."""

    minutes: float


@dataclass(frozen=True, kw_only=True)
class DefinitionsParams(Wire):
    """Request ``coderoute/definitions``: the functions and classes of an open document, for lenses above them. The answer is
    `Definitions`."""

    uri: str


@dataclass(frozen=True, kw_only=True)
class DefinitionShown(Wire):
    name: str
    range: Json
    """LSP Range of its name."""


@dataclass(frozen=True, kw_only=True)
class Definitions(Wire):
    definitions: list[DefinitionShown] = field(default_factory=list[DefinitionShown])


DEFINITIONS = "coderoute/definitions"
CONTROL_COMMANDS: dict[str, type[Wire]] = {
    "coderoute.actions": ActionsParams,
    "coderoute.offers": OffersParams,
    "coderoute.chooseModel": ChooseModelParams,
    "coderoute.switchLanguage": SwitchLanguageParams,
    "coderoute.snooze": SnoozeParams,
}
