"""Answers on their way into documents: clean-up, streaming line diff, minimal versioned edits, rebase. Pure."""

from coderoute_ls.edits.clean import Cleaner
from coderoute_ls.edits.job import Change, EditJob, Flush

__all__ = ["Change", "Cleaner", "EditJob", "Flush"]
