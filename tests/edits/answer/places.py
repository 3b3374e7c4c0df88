"""Places that answers go to, from marked text."""

from coderoute_ls.domain import Document, Surface
from coderoute_ls.edits import EditStateMachine, Fit
from coderoute_ls.edits.answer import Place
from coderoute_ls.text import split_lines
from tests.support.markers import unmark


def job(marked: str, language: str, *, surface: Surface = "replace", instruction: str = "", path: str = "") -> EditStateMachine:
    """A job for the lines between the marks, or for the place of the only mark."""
    text, span = unmark(marked)
    document = Document("file:///m", language, 1, split_lines(text), path)
    region = span if span.empty else document.whole_lines(span)
    one = EditStateMachine(document, region, surface)
    one.asked_for(instruction)
    return one


def place(marked: str, language: str, *, surface: Surface = "replace", instruction: str = "") -> Place:
    return job(marked, language, surface=surface, instruction=instruction).place


def fitted(answer: str, marked: str, language: str = "python", *, surface: Surface = "replace", instruction: str = "") -> Fit:
    """What becomes of an answer."""
    at = job(marked, language, surface=surface, instruction=instruction)
    at.feed(answer)
    return at.fit()
