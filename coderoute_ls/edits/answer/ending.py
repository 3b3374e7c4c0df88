"""How an answer ended, and what that means for the region: only an answer that ended well is written."""

from coderoute_ls.domain import FinishReason

_SAID: dict[str, str] = {
    "length": "The answer reached its length limit and is cut off.",
    "tool_calls": "The model asked for a tool instead of answering.",
    "filtered": "The provider's filter cut the answer off.",
    "refused": "The model refused to answer.",
    "error": "The answer ended with an error.",
    "incomplete": "The connection ended before the answer did.",
}
_OTHER = "The answer ended in a way that is not known to be a good one."


def badly_ended(reason: FinishReason | str | None) -> str:
    """Why an answer with this ending is not written; "" for one that ended well. None: nobody said how it ended."""
    return "" if reason == "stop" else _SAID.get(reason or "", _OTHER)
