"""Zed's first edit model: an instruction, the edits, an excerpt with an editable region; it writes the region anew."""

import re

from coderoute_ls.next_edit.codecs.codec import Codec, RegionRequest, edits_of, lines_of, region_of, unified

_START, _END, _CURSOR = "<|editable_region_start|>", "<|editable_region_end|>", "<|user_cursor_is_here|>"
_INSTRUCTION = (
    "### Instruction:\nYou are a code completion assistant and your task is to analyze user edits and then rewrite an excerpt "
    "that the user provides, suggesting the appropriate edits within the excerpt, taking into account the cursor location.\n\n"
)


def render(request: RegionRequest) -> str:
    edits = "\n\n".join(f'User edited "{edit.path}":\n```diff\n{_hunk(unified(edit))}```' for edit in request.edits)
    start = "<|start_of_file|>\n" if request.first == 0 else ""
    before = "".join(f"{line}\n" for line in request.lines[: request.first])
    region = "\n".join(request.marked(_CURSOR, request.first, request.end))
    after = "".join(f"{line}\n" for line in request.lines[request.end :])
    excerpt = f"```{request.path}\n{start}{before}{_START}\n{region}\n{_END}\n{after}```"
    return f"{_INSTRUCTION}### User Edits:\n\n{edits}\n\n### User Excerpt:\n\n{excerpt}\n\n### Response:\n"


def _hunk(diff: str) -> str:
    return diff.split("\n", 2)[2]


def parse(answer: str, request: RegionRequest) -> list[str] | None:
    text = answer.split(_END, 1)[0].replace(_CURSOR, "")
    text = text.split(f"{_START}\n", 1)[-1]
    return lines_of(text, request, _START, _END)


_PROMPT = re.compile(
    rf"{re.escape(_INSTRUCTION[:48])}.*?\n### User Edits:\n\n(?P<edits>.*?)\n*### User Excerpt:\n\n"
    rf"```(?P<path>[^\n]*)\n(?:<\|start_of_file\|>\n)?(?P<before>.*?){re.escape(_START)}\n(?P<region>.*?)\n{re.escape(_END)}"
    rf"(?P<after>.*)\n```\n+### Response:\n\s*",
    re.DOTALL,
)
_EDITED = re.compile(r'^User edited "(?P<path>[^"\n]*)":\n```diff\n(?P<diff>.*?)\n```', re.DOTALL | re.MULTILINE)


def read(prompt: str) -> RegionRequest | None:
    match = _PROMPT.fullmatch(prompt) if prompt.startswith(_INSTRUCTION[:48]) else None
    if match is None:
        return None
    edits = [edit for event in _EDITED.finditer(match["edits"]) for edit in edits_of(event["diff"] + "\n", event["path"])]
    return region_of(match["path"], match["before"], match["region"] + "\n", match["after"].removeprefix("\n"), _CURSOR, edits)


def write(lines: list[str] | None, request: RegionRequest) -> str:
    """No edit is the region as it is."""
    text = "\n".join(request.region if lines is None else lines)
    return f"{_START}\n{text}\n{_END}\n"


CODEC = Codec("zeta", render, parse, stops=(f"\n{_END}",), read=read, write=write)
