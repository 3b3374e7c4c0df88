"""Takes a model's reasoning out of a stream."""

from coderoute_ls.edits.stream_filters.stream_filter import Filter
from coderoute_ls.text.reasoning_tags import without_thoughts

_ENDS_TAGS = frozenset(">]▷l")
"""A thought can only end with one of these."""
_SHORT = 64


class Reasoning(Filter):
    """Lets nothing through before it is clear that the answer has begun. ``own`` is the user's text: its tags are content.

    A closing tag may still come and say that all of it was a thought: then ``retracted`` is set, and the text behind it follows.
    """

    def __init__(self, own: str = "") -> None:
        super().__init__()
        self._own = own
        self._text = ""
        self._answering = False
        self._closed = False
        self._given: list[str] = []
        self.retracted = False

    def feed(self, text: str) -> str:
        given = self._feed(text)
        if self.retracted:
            self._given.clear()
        self._given.append(given)
        return given

    def _feed(self, text: str) -> str:
        self._text += text
        if self._answering:
            return self._again(text)
        if len(self._text) > _SHORT and not _ENDS_TAGS.intersection(text):
            early = without_thoughts(self._text[:_SHORT], self._own)
            return "" if early.open or not early.answer.strip() else self._begin(self._text)
        thoughts = without_thoughts(self._text, self._own)
        return "" if thoughts.open or not thoughts.answer.strip() else self._begin(thoughts.answer, closed=thoughts.closed)

    def finish(self) -> str:
        """What is left; all of the answer, and ``retracted``, where the whole text says something else than its pieces did."""
        thoughts = without_thoughts(self._text, self._own)
        answer = "" if thoughts.open or not thoughts.answer.strip() else thoughts.answer
        given = "".join(self._given)
        self.retracted = not answer.startswith(given)
        return answer if self.retracted else answer[len(given) :]

    def _begin(self, answer: str, *, closed: bool = False) -> str:
        self._answering, self._closed = True, closed
        return answer

    def _again(self, text: str) -> str:
        """The piece, or what is behind a closing that came late."""
        telling = _ENDS_TAGS.intersection(text) and any(mark in self._text for mark in ("</", "[/", "◁/", "<|"))
        if not telling and not self._closed:
            return text
        thoughts = without_thoughts(self._text, self._own)
        if not thoughts.found and not self._closed:
            return text
        self._closed = thoughts.closed
        self.retracted = True
        self._answering = bool(thoughts.answer.strip()) and not thoughts.open
        return thoughts.answer if self._answering else ""
