"""The review of a written edit: its hunks, what was decided about each, and where they are while the user types. Pure."""

from coderoute_ls.edits.review.hunks import Hunk, State, hunks_of
from coderoute_ls.edits.review.reviewed_edit import ReviewedEdit, Tally

__all__ = ["Hunk", "ReviewedEdit", "State", "Tally", "hunks_of"]
