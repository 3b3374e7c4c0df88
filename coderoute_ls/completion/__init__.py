"""Ghost text without LSP and without the engine: from a keystroke to a suggestion that fits.

The session builds one `Completer` and connects it::

    completer = Completer(model, clock, gather=…, drafts=…, feedback=…, allowed=ignore.allowed, ledger=ledger)
    completer.on_change(document, edits)                     # each didChange, before the next request
    suggestions = await completer.complete(InlineRequest(document, position, settings.inline, invoked=…, waited=…))
    completer.on_accept(item_id, chars)                      # from the item's command; chars None: all of it
    completer.warm(InlineRequest(…))                                   # on idle
    completer.suspend(uri), completer.resume(uri)            # while an action streams into the document
    await completer.on_close(uri), await completer.close()

``model`` is a `Model`: ``prospect(target)``, ``prepare(target)``, ``think(question)``, ``ask(question)`` → `Answering`,
`Delta` …, `Finish`. An implementation makes the prompt from ``question.brief`` with the completion action and puts
``question.max_tokens``, ``stop`` and ``temperature`` (None: the action's) on it.
"""

from coderoute_ls.completion.completer import Completer
from coderoute_ls.completion.outcomes import OutcomeCounter
from coderoute_ls.completion.ports import Drafts, Feedback, Gather, Model
from coderoute_ls.completion.types import (
    Answering,
    Event,
    InlineRequest,
    ModelRequest,
    Prospect,
    Purpose,
    Suggestion,
    Suggestions,
    Why,
)

__all__ = [
    "Answering",
    "Completer",
    "Drafts",
    "Event",
    "Feedback",
    "Gather",
    "InlineRequest",
    "Model",
    "ModelRequest",
    "OutcomeCounter",
    "Prospect",
    "Purpose",
    "Suggestion",
    "Suggestions",
    "Why",
]
