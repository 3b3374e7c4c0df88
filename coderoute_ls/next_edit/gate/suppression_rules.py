"""Why a suggestion is not shown, or None: each rule is a function of the change and the situation."""

import re
from collections.abc import Callable
from typing import Literal

from coderoute_ls.domain.next_edits import NextEdit, Situation
from coderoute_ls.ignore import secrets_in
from coderoute_ls.next_edit.gate.confidence_threshold import ConfidenceThreshold
from coderoute_ls.next_edit.gate.proposal import Proposal, proposal_of
from coderoute_ls.syntax import errors
from coderoute_ls.syntax.brackets import unclosed

SuppressionReason = Literal[
    "stale",
    "malformed",
    "rejected",
    "unsure",
    "nothing",
    "blanks",
    "undoes",
    "repeats",
    "typing",
    "secret",
    "breaks",
    "rewrites",
    "unprompted",
]
_HALF = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair, which an editor may send and no parser takes."""
_FOREIGN = re.compile("[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LONGEST = 40
"""Lines that a suggestion may write or take away at most."""


def why_suppressed(
    suggestion: NextEdit, situation: Situation, threshold: ConfidenceThreshold | None = None
) -> SuppressionReason | None:
    """Why this is not shown now; None where it may be. Raises nothing, whatever the suggestion holds."""
    if suggestion.uri == situation.document.uri and suggestion.version != situation.document.version:
        return "stale"
    if suggestion.keys & situation.rejected:
        return "rejected"
    if suggestion.confidence < (threshold or ConfidenceThreshold()).value:
        return "unsure"
    if suggestion.kind in ("jump", "rename"):
        return None
    document = next((each for each in (situation.document, *situation.others) if each.uri == suggestion.uri), None)
    if document is None or document.version != suggestion.version:
        return "stale"
    proposal = proposal_of(suggestion, document)
    if proposal is None:
        return "malformed"
    return next((name for name, rule in _RULES if rule(proposal, situation)), None)


def _nothing(proposal: Proposal, situation: Situation) -> bool:
    del situation
    return proposal.old == proposal.new


def _blanks(proposal: Proposal, situation: Situation) -> bool:
    """Only blanks move. Where that is what the last edits did, it is wanted."""
    if _solid(proposal.old) != _solid(proposal.new):
        return False
    return not any(_solid(edit.old) == _solid(edit.new) for edit in situation.edits[-4:])


def _undoes(proposal: Proposal, situation: Situation) -> bool:
    """It brings back what the user has just changed or taken back."""
    old, new = proposal.old, proposal.new
    for edit in situation.edits[-6:]:
        if edit.uri != proposal.uri or not _worth(edit.old, edit.new):
            continue
        if edit.line >= 0 and proposal.first <= edit.line and edit.end <= proposal.end and edit.new:
            lines = proposal.lines_for(edit.line, edit.end)
            if lines is not None and lines == list(edit.old):
                return True
    undone = [edit for edit in situation.undone if edit.uri == proposal.uri][-6:]
    return any(tuple(new) == edit.new and tuple(old) == edit.old for edit in undone)


def _worth(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    return old != new


def _repeats(proposal: Proposal, situation: Situation) -> bool:
    """It only writes again what is directly above or below."""
    del situation
    added = [line for line in proposal.new if line.strip()]
    if proposal.old != [line for line in proposal.new if line not in added] and any(line.strip() for line in proposal.old):
        return False
    return len(added) >= 2 and (proposal.above[-len(added) :] == added or proposal.below[: len(added)] == added)


def _typing(proposal: Proposal, situation: Situation) -> bool:
    """The user is typing in a line that it changes."""
    line = situation.cursor.line
    return (
        situation.typing
        and proposal.uri == situation.document.uri
        and proposal.first <= line < max(proposal.end, proposal.first + 1)
    )


def _unprompted(proposal: Proposal, situation: Situation) -> bool:
    """Nothing was edited, so nothing follows: at most the line at the cursor is finished."""
    if situation.edits:
        return False
    near = abs(proposal.first - situation.cursor.line) <= 1 and proposal.uri == situation.document.uri
    return not near or len(proposal.new) != 1 or len(proposal.old) != 1


def _unreadable(proposal: Proposal, situation: Situation) -> bool:
    """It brings in half a character, or one that controls a terminal."""
    del situation
    old = set("".join(proposal.old))
    return any(_FOREIGN.match(char) and char not in old for char in set("".join(proposal.new)))


def _secret(proposal: Proposal, situation: Situation) -> bool:
    del situation
    return bool(secrets_in("\n".join(proposal.new))) and not secrets_in("\n".join(proposal.old))


def _breaks(proposal: Proposal, situation: Situation) -> bool:
    """What parsed does not parse any more; where the text did not parse before, brackets have to stay as they were."""
    del situation
    before, after = proposal.parsed
    before, after = (_HALF.sub("?", text) for text in (before, after))
    clean = errors(proposal.language, before)
    if clean == 0:
        return (errors(proposal.language, after) or 0) > 0
    old, new = (unclosed(proposal.language, "\n".join(lines)) for lines in (proposal.old, proposal.new))
    return old != new and clean is not None


def _rewrites(proposal: Proposal, situation: Situation) -> bool:
    del situation
    return max(len(proposal.old), len(proposal.new)) > LONGEST


def _solid(lines: tuple[str, ...] | list[str]) -> str:
    return "".join("".join(lines).split())


_RULES: tuple[tuple[SuppressionReason, Callable[[Proposal, Situation], bool]], ...] = (
    ("nothing", _nothing),
    ("malformed", _unreadable),
    ("blanks", _blanks),
    ("typing", _typing),
    ("undoes", _undoes),
    ("repeats", _repeats),
    ("unprompted", _unprompted),
    ("rewrites", _rewrites),
    ("secret", _secret),
    ("breaks", _breaks),
)
