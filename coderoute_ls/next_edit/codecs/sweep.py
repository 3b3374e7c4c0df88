"""Sweep's edit models: files between separators, the window as it was and as it is; they go on with the window as it will be."""

import re

from coderoute_ls.domain.next_edits import PastEdit
from coderoute_ls.next_edit.codecs.codec import Codec, RegionRequest, lines_of, region_of

_SEPARATOR, _CURSOR = "<|file_sep|>", "<|cursor|>"


def render(request: RegionRequest) -> str:
    """Ends with the part of the region above the cursor's line: the model goes on from there."""
    whole = "\n".join(request.lines)
    edits = "".join(
        f"{_SEPARATOR}{edit.path}.diff\noriginal:\n{_text(edit.old)}\nupdated:\n{_text(edit.new)}\n" for edit in request.edits
    )
    place = f"{request.path}:{request.first + 1}:{request.end}"
    current = "\n".join(request.marked(_CURSOR, request.first, request.end))
    return (
        f"{_SEPARATOR}{request.path}\n{whole}\n{edits}{_SEPARATOR}original/{place}\n{_before(request)}\n"
        f"{_SEPARATOR}current/{place}\n{current}\n{_SEPARATOR}updated/{place}\n{prefill(request)}"
    )


def _text(lines: tuple[str, ...]) -> str:
    return "\n".join(lines)


def _before(request: RegionRequest) -> str:
    """The region as it was before the last edit, where that lies in it."""
    lines = list(request.region)
    for edit in request.edits[-1:]:
        at = edit.line - request.first
        if edit.path == request.path and at >= 0 and lines[at : at + len(edit.new)] == list(edit.new):
            lines[at : at + len(edit.new)] = edit.old
    return "\n".join(lines)


def prefill(request: RegionRequest) -> str:
    """Lines above the cursor's are not to be changed: they stand in the prompt already."""
    return "".join(f"{line}\n" for line in request.lines[request.first : max(request.first, request.cursor.line - 1)])


def parse(answer: str, request: RegionRequest) -> list[str] | None:
    text = answer.split(_SEPARATOR, 1)[0].split("<|endoftext|>", 1)[0].replace(_CURSOR, "")
    return lines_of(prefill(request) + text, request, _SEPARATOR) if text.strip() else None


_PLACE = re.compile(r"(?P<path>[^\n]*):(?P<first>\d+):(?P<end>\d+)\n(?P<text>.*)", re.DOTALL)
_PAST = re.compile(r"(?P<path>[^\n]*)\.diff\noriginal:\n(?P<old>.*?)\nupdated:\n(?P<new>.*)\n", re.DOTALL)


def read(prompt: str) -> RegionRequest | None:
    _, *parts = prompt.split(_SEPARATOR)
    if not prompt.startswith(_SEPARATOR) or len(parts) < 4 or not parts[-1].startswith("updated/"):
        return None
    current = _PLACE.fullmatch(parts[-2].removeprefix("current/"))
    path, _, whole = parts[0].partition("\n")
    if current is None or current["path"] != path:
        return None
    past = [match for part in parts[1:-3] if (match := _PAST.fullmatch(part))]
    edits = [PastEdit("", each["path"], "", tuple(each["old"].split("\n")), tuple(each["new"].split("\n"))) for each in past]
    lines, first, end = whole.removesuffix("\n").split("\n"), int(current["first"]) - 1, int(current["end"])
    before, after = "".join(f"{line}\n" for line in lines[:first]), "\n".join(lines[end:])
    return region_of(path, before, current["text"], after, _CURSOR, edits)


def write(lines: list[str] | None, request: RegionRequest) -> str:
    """Goes on behind the part of the region that the prompt already says."""
    text = "\n".join(request.region if lines is None else lines)
    said = prefill(request)
    return f"{text.removeprefix(said)}\n{_SEPARATOR}" if text.startswith(said) else f"{text}\n{_SEPARATOR}"


CODEC = Codec("sweep", render, parse, stops=(_SEPARATOR, "<|endoftext|>"), read=read, write=write)
