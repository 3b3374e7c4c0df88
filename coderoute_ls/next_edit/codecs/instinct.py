"""Continue's edit model: an instruct message with context, edits and an editable region; the answer is the region."""

from coderoute_ls.next_edit.codecs.codec import Codec, RegionRequest, lines_of, unfenced, unified

_START, _END, _CURSOR = "<|editable_region_start|>", "<|editable_region_end|>", "<|user_cursor_is_here|>"


def render(request: RegionRequest) -> str:
    context = "\n".join(f"<|context_file|>: {each.path}\n<|snippet|>\n{each.text}" for each in request.snippets)
    edits = "\n".join(f'User edited file "{edit.path}"\n\n```diff\n{unified(edit)}```' for edit in request.edits)
    before = "".join(f"{line}\n" for line in request.lines[: request.first])
    region = "\n".join(request.marked(_CURSOR, request.first, request.end))
    after = "".join(f"\n{line}" for line in request.lines[request.end :])
    return (
        f"### Context:\n{context}\n\n### User Edits:\n\n{edits}\n\n### User Excerpt:\n{request.path}\n\n"
        f"{before}{_START}\n{region}\n{_END}{after}```\n\n### Response:\n"
    )


def parse(answer: str, request: RegionRequest) -> list[str] | None:
    text = unfenced(answer.split(_END, 1)[0]).replace(_CURSOR, "")
    return lines_of(text.split(f"{_START}\n", 1)[-1], request, _START)


CODEC = Codec("instinct", render, parse, stops=(_END,), chat=True)
