"""The review of an edit as code actions, for editors that do not show it themselves: offered on the lines of a hunk."""

from collections.abc import Iterator

from lsprotocol import types as lsp

from coderoute_ls.server.features.review.edit_reviews import EditReviews
from coderoute_ls.server.rpc.client_capabilities import ClientCapabilities
from coderoute_ls.server.rpc.messages.coderoute_messages import JobChoice
from coderoute_ls.server.rpc.messages.review_messages import HunkDecision, ReviewQuestion
from coderoute_ls.server.rpc.wire import Wire
from coderoute_ls.server.session.request_context import RequestContext
from coderoute_ls.text.invisible_characters import without_controls

KIND = "quickfix.coderoute.review"


class ReviewActions:
    """Keep or reject the hunk at the cursor, or the whole edit; ask a stronger model; look at the difference or the answer."""

    def __init__(self, can: ClientCapabilities, reviews: EditReviews) -> None:
        self._can = can
        self._reviews = reviews

    def offered(self, context: RequestContext, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
        only = params.context.only
        wanted = only is None or any(each in ("", KIND) or KIND.startswith(f"{each}.") for each in only)
        if self._can.ours.review or not wanted:
            return
        first, last = params.range.start.line, params.range.end.line
        for held in self._reviews.of(context.document.uri):
            told = held.told()
            # Lines that were only taken away stood between two lines: both count.
            here = [
                hunk
                for hunk in told.hunks
                if hunk.first - (hunk.first == hunk.last) <= last and first < max(hunk.last, hunk.first + 1)
            ]
            for hunk in here:
                which = f"change {hunk.hunk + 1} of {told.total}"
                yield _action(
                    f"Keep {which}", "coderoute.decideHunk", HunkDecision(job=told.job, hunk=hunk.hunk, decision="keep")
                )
                yield _action(
                    f"Reject {which}{', and what you changed in it' if hunk.changed else ''}",
                    "coderoute.decideHunk",
                    HunkDecision(job=told.job, hunk=hunk.hunk, decision="reject", force=hunk.changed),
                )
            if here:
                for choice in told.choices:
                    whole = f"{choice.title}: {told.title}" if choice.choice in ("keep", "undo") else choice.title
                    yield _action(whole, "coderoute.choose", JobChoice(job=told.job, choice=choice.choice))
                yield _action(f"Show the difference: {told.title}", "coderoute.showDiff", ReviewQuestion(job=told.job))


def _action(title: str, command: str, argument: Wire) -> lsp.CodeAction:
    clean = without_controls(title)
    return lsp.CodeAction(title=clean, kind=KIND, command=lsp.Command(clean, command, arguments=[argument.told()]))
