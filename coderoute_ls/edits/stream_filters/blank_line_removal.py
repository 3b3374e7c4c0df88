"""Removes blank lines around the answer: the region keeps its own."""

from collections.abc import Iterable

from coderoute_ls.edits.stream_filters.stream_filter import LineFilter


class Trim(LineFilter):
    def __init__(self) -> None:
        super().__init__()
        self._blank: list[str] = []
        self._begun = False

    def line(self, line: str) -> Iterable[str]:
        if not line.strip():
            self._blank.append(line)
            return ()
        passed = [*(self._blank if self._begun else ()), line]
        self._begun = True
        self._blank.clear()
        return passed
