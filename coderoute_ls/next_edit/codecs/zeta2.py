"""Zed's second edit model: a fill-in-the-middle prompt that holds the edits and a conflict whose other side it writes."""

import re
from collections.abc import Iterator
from dataclasses import replace

from coderoute_ls.domain import Snippet
from coderoute_ls.next_edit.codecs.codec import Codec, RegionRequest, edits_of, lines_of, region_of, unified

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


_PROMPT = re.compile(
    rf"<\[fim-suffix\]>(?P<after>.*?)\n<\[fim-prefix\]>(?P<shown>.*)<filename>(?P<path>[^\n]*)\n"
    rf"(?P<before>(?:(?!<filename>).)*?){_CURRENT}(?P<region>.*?){_BETWEEN}<\[fim-middle\]>",
    re.DOTALL,
)
_HISTORY = "<filename>edit_history\n"
_DIFF = re.compile(r"^--- a?/?(?P<path>[^\n]*)\n\+\+\+ [^\n]*\n(?P<diff>.*?)(?=^--- |\Z)", re.DOTALL | re.MULTILINE)


def read(prompt: str) -> RegionRequest | None:
    match = _PROMPT.fullmatch(prompt) if prompt.startswith("<[fim-suffix]>") else None
    if match is None:
        return None
    files, _, history = match["shown"].partition(_HISTORY)
    edits = [edit for event in _DIFF.finditer(history) for edit in edits_of(event["diff"], event["path"])]
    request = region_of(match["path"], match["before"], match["region"], match["after"], _CURSOR, edits)
    return request and replace(request, snippets=tuple(_snippets(files)))


def _snippets(files: str) -> Iterator[Snippet]:
    for each in files.split("<filename>")[1:]:
        path, _, text = each.partition("\n")
        yield Snippet(path, text)


def write(lines: list[str] | None, request: RegionRequest) -> str:
    del request
    return f"{_NO_EDIT}\n{_UPDATED}\n" if lines is None else "".join(f"{line}\n" for line in lines) + f"{_UPDATED}\n"


CODEC = Codec("zeta-2", render, parse, stops=(f"{_UPDATED}\n", _UPDATED), no_edit=_NO_EDIT, read=read, write=write)
