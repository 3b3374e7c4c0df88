"""Turns all line endings into ``\\n`` while the answer is cleaned; the region's own come back when it is written."""

from coderoute_ls.edits.stream_filters.stream_filter import Filter
from coderoute_ls.text import with_endings


class Endings(Filter):
    def __init__(self) -> None:
        super().__init__()
        self._half = ""

    def feed(self, text: str) -> str:
        text = self._half + text
        self._half = "\r" if text.endswith("\r") else ""
        return with_endings(text.removesuffix("\r"), "\n")

    def finish(self) -> str:
        return "\n" if self._half else ""
