"""Documents, edits and moments for the tests of next edits."""

from coderoute_ls.domain import Document, Position, Span, TextEdit
from coderoute_ls.domain.next_edits import NextEdit, PastEdit, Situation, applied
from coderoute_ls.next_edit.by_example import candidates
from coderoute_ls.next_edit.gate import why_suppressed

URI = "file:///w/a.py"


def document(text: str, version: int = 1, language: str = "python", path: str = "/w/a.py", uri: str = URI) -> Document:
    lines = text.splitlines(keepends=True)
    return Document(uri, language, version, (*lines, "") if not lines or lines[-1].endswith("\n") else tuple(lines), path)


def edit(line: int, start: int, end: int, text: str) -> TextEdit:
    return TextEdit(Span(Position(line, start), Position(line, end)), text)


def past(old: str, new: str, line: int = -1, language: str = "python", uri: str = URI) -> PastEdit:
    return PastEdit(uri, uri, language, tuple(old.split("\n")), tuple(new.split("\n")), line)


def situation(text: str, *edits: PastEdit, cursor: int = 0, language: str = "python") -> Situation:
    here = document(text, language=language)
    return Situation(here, here.clamp(Position(cursor, 0)), edits)


def shown(moment: Situation) -> NextEdit | None:
    return next((each for each in candidates(moment) if each.kind == "edit" and why_suppressed(each, moment) is None), None)


def taken(moment: Situation, most: int = 8) -> str:
    """The text after as many suggestions as are shown were taken, each on its own version; the edits stay what they were."""
    text = moment.document.text
    for _ in range(most):
        here = Situation(document(text, language=moment.document.language), moment.cursor, moment.edits)
        found = shown(here)
        if found is None:
            break
        text = applied(here.document, found.edits)
    return text
