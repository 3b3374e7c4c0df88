"""Inception's edit model: one message with the file, the code to edit in it and the diffs; the answer is that code in a fence."""

from coderoute_ls.next_edit.codecs.codec import Codec, RegionRequest, lines_of, unfenced, unified

_CURSOR, _NO_EDIT = "<|cursor|>", "None"


def render(request: RegionRequest) -> str:
    snippets = "".join(f"code_snippet_file_path: {each.path}\n{each.text}\n" for each in request.snippets)
    before = "".join(f"{line}\n" for line in request.lines[: request.first])
    region = "".join(f"{line}\n" for line in request.marked(_CURSOR, request.first, request.end))
    after = "".join(f"{line}\n" for line in request.lines[request.end :])
    edits = "\n".join(unified(edit) for edit in request.edits)
    return (
        f"<|recently_viewed_code_snippets|>\n{snippets}<|/recently_viewed_code_snippets|>\n\n"
        f"<|current_file_content|>\ncurrent_file_path: {request.path}\n{before}<|code_to_edit|>\n{region}"
        f"<|/code_to_edit|>\n{after}"
        f"<|/current_file_content|>\n\n<|edit_diff_history|>\n{edits}\n<|/edit_diff_history|>\n"
    )


def parse(answer: str, request: RegionRequest) -> list[str] | None:
    text = unfenced(answer).replace(_CURSOR, "")
    return None if text.strip() == _NO_EDIT else lines_of(text, request, "<|code_to_edit|>")


CODEC = Codec("mercury-edit", render, parse, no_edit=_NO_EDIT, chat=True)
