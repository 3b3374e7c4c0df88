"""How an answer ended, and what that means for the region: only an answer that ended well is written."""

from coderoute_ls.domain import Finish


def badly_ended(finish: Finish | None) -> str:
    """Why an answer with this ending is not written; "" for one that ended well. None: the vendor did not say how it ended."""
    return finish.problem if finish is not None else Finish("other").problem
