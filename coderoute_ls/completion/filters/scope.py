"""Where the suggestion ends: after its first line where one line is wanted, else before the block is left."""

from dataclasses import replace

from coderoute_ls.completion.place import Candidate, Place
from coderoute_ls.completion.stopping import complete_at


def apply(candidate: Candidate, place: Place) -> Candidate | None:
    """Cut by the same rule that stops reading, and drop blank lines at the end."""
    text = candidate.text.replace("\r\n", "\n").replace("\r", "\n")
    end = complete_at(text + "\n", place)
    text = (text if end is None else text[:end]).rstrip()
    if not place.multiline and "\n" in text.rstrip() and place.right.strip():
        return None
    return replace(candidate, text=text) if text else None
