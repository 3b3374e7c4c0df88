"""What a wire format cannot carry: typed, told, and never silent."""

from dataclasses import dataclass
from typing import Literal

LossPolicy = Literal["preserve", "warn", "reject"]
"""What to do about losses. ``warn``: send what can be sent, and tell. ``reject``: send nothing where a loss is a warning or
worse. ``preserve``: a target of the request's own format is sent the very bytes that came; any other is treated as for
``reject``.
"""

LossCode = Literal[
    "dropped",
    "rewritten",
    "token_dropped",
    "schema_widened",
    "schema_rewritten",
    "renamed",
    "id_changed",
    "moved",
    "clamped",
    "emulated",
    "unknown_field",
]
"""``dropped``: it is not sent. ``rewritten``: sent in another form that means nearly the same. ``token_dropped``: a signature of
another vendor or family. ``schema_widened``: the vendor holds the answer to less. ``schema_rewritten``: another schema with the
same meaning. ``renamed``: a tool under another name, mapped back. ``id_changed``: a call's id, mapped back. ``moved``: it is
elsewhere (an image out of a tool's result). ``clamped``: a number at the vendor's limit. ``emulated``: done another way (a schema
by a forced tool). ``unknown_field``: an `Extra` or an opaque part of another format."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that the target cannot carry as it was asked. It is also an event: losses come before anything of the answer."""

    severity: Literal["info", "warning", "error"]
    """``info``: the meaning is the same. ``warning``: something is missing or weaker. ``error``: the answer may be about
    something else; only told where the request went out all the same."""
    code: LossCode
    path: str
    """Where in the prompt, in our own words: ``messages[3].parts[1]``, ``tools[get_weather].schema``, ``output.schema``."""
    source: str
    """Format, vendor or value that it comes from ("from")."""
    target: str
    """Format, vendor or value that it goes to ("to")."""
    message: str = ""
    """One sentence for a person, without any of the prompt's text."""


def rejects(policy: LossPolicy, losses: tuple[Loss, ...]) -> Loss | None:
    """The first loss that this policy does not let pass; None where the request may go out."""
    return None if policy == "warn" else next((loss for loss in losses if loss.severity != "info"), None)
