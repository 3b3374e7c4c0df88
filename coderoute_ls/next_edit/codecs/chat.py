"""Any model that chats: it is asked to write a region anew, or to say that nothing is to be changed."""

from coderoute_ls.next_edit.codecs.codec import Codec, RegionRequest, lines_of, unfenced, unified

NO_CHANGE = "NO_CHANGE"
_CURSOR = "<CURSOR>"
_ASKED = (
    "You predict a programmer's next edit. Below are the edits that were just made, oldest first, and a part of the file. Decide "
    "what follows from the edits within the region between <region> and </region>: other uses of what was changed, the same "
    "change at a similar place, what is broken now.\n"
    f"Answer with the whole region as it should be, and nothing else: no explanation, no diff, no tags, no {_CURSOR}. Keep every "
    f"line that does not follow from the edits exactly as it is. When nothing follows, answer {NO_CHANGE}.\n"
)


def render(request: RegionRequest) -> str:
    edits = "\n".join(unified(edit) for edit in request.edits) or "(none)\n"
    shown = "".join(f"{each.path}:\n{each.text}\n" for each in request.snippets)
    wrong = "".join(f"line {each.span.start.line + 1}: {each.message}\n" for each in request.diagnostics[:5])
    before = "".join(f"{line}\n" for line in request.lines[: request.first])
    region = "\n".join(request.marked(_CURSOR, request.first, request.end))
    after = "".join(f"{line}\n" for line in request.lines[request.end :])
    extra = (f"\nOther code:\n{shown}" if shown else "") + (f"\nErrors:\n{wrong}" if wrong else "")
    return f"{_ASKED}\nEdits:\n{edits}{extra}\n{request.path}:\n{before}<region>\n{region}\n</region>\n{after}"


def parse(answer: str, request: RegionRequest) -> list[str] | None:
    text = answer.strip("\n")
    if NO_CHANGE in text:
        return None
    text = unfenced(text)
    begin, end = text.find("<region>\n"), text.rfind("\n</region>")
    if begin >= 0 and end > begin:
        text = text[begin + len("<region>\n") : end]
    text = unfenced(text)
    if _CURSOR not in "\n".join(request.lines):
        text = text.replace(_CURSOR, "")
    return lines_of(text, request, "<region>", "</region>")


CODEC = Codec("chat", render, parse, no_edit=NO_CHANGE, chat=True)
