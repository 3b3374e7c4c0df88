"""Zed's second edit model: a fill-in-the-middle prompt that holds the edits and a conflict whose other side it writes."""

from coderoute_ls.next_edit.codecs.codec import Codec, RegionRequest, lines_of, unified

_CURSOR, _NO_EDIT = "<|user_cursor|>", "NO_EDITS"
_CURRENT, _BETWEEN, _UPDATED = "<<<<<<< CURRENT\n", "=======\n", ">>>>>>> UPDATED"


def render(request: RegionRequest) -> str:
    edits = "\n".join(unified(edit, "a/", "b/") for edit in request.edits)
    history = f"<filename>edit_history\n{edits}\n" if edits else ""
    before = "".join(f"{line}\n" for line in request.lines[: request.first])
    region = "".join(f"{line}\n" for line in request.marked(_CURSOR, request.first, request.end))
    after = "".join(f"{line}\n" for line in request.lines[request.end :])
    conflict = f"{before}{_CURRENT}{region}{_BETWEEN}"
    return f"<[fim-suffix]>{after}\n<[fim-prefix]>{history}<filename>{request.path}\n{conflict}<[fim-middle]>"


def parse(answer: str, request: RegionRequest) -> list[str] | None:
    text = answer.split(_UPDATED, 1)[0].replace(_CURSOR, "")
    return None if _NO_EDIT in text else lines_of(text, request, "<<<<<<<", ">>>>>>>", "<[fim")


CODEC = Codec("zeta-2", render, parse, stops=(f"{_UPDATED}\n", _UPDATED), no_edit=_NO_EDIT)
