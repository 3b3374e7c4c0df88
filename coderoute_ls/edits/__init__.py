"""From an answer to edits of a document: fitting, preview, streaming line diff, minimal versioned edits, rebase. Pure."""

from coderoute_ls.edits.answer import Fit
from coderoute_ls.edits.answer.answer_ending import badly_ended
from coderoute_ls.edits.answer.diagnostic_check import still_diagnosed
from coderoute_ls.edits.edit_state_machine import Change, EditStateMachine, Flush
from coderoute_ls.edits.report_cleaning import ReportText

__all__ = ["Change", "EditStateMachine", "Fit", "Flush", "ReportText", "badly_ended", "still_diagnosed"]
