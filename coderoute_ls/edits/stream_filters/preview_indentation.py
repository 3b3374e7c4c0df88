"""Indents what is shown of a streaming answer as the region is, with the region's own tabs or blanks."""

import re
from collections.abc import Iterable

from coderoute_ls.edits.stream_filters.stream_filter import LineFilter
from coderoute_ls.text import indentation

_OPENS = re.compile(r"[:{(\[]\s*(?:(?:#|//).*)?\Z|\b(?:then|do|begin)\s*\Z")


class Indent(LineFilter):
    """``base`` is the indentation of the region's first line, ``unit`` one level as the file writes it. The answer's first
    line gets ``base``, and all others move along with it, unless only the first line had lost its indentation.
    """

    def __init__(self, base: str, unit: str) -> None:
        super().__init__()
        self._base = base
        self._unit = unit
        self._step = 0
        self._add = ""
        self._remove = ""
        self._second_would_be: str | None = None
        """Indentation of the second line if only the first lost its own; None when that is no question (any more)."""
        self._begun = False

    def line(self, line: str) -> Iterable[str]:
        if not line.strip():
            return ("" if self._add or self._remove else line,)
        indent, text = self._converted(indentation(line)), line.lstrip(" \t")
        if not self._begun:
            self._begun = True
            self._measure(indent, text)
            return (self._base + text,)
        if self._second_would_be is not None:
            if indent.startswith(self._second_would_be):
                self._add = ""
            self._second_would_be = None
        return (self._add + indent.removeprefix(self._remove) + text,)

    def _measure(self, indent: str, text: str) -> None:
        if not self._base.startswith(indent):
            self._remove = indent.removeprefix(self._base)
            return
        self._add = self._base[len(indent) :]
        if self._add and not indent:
            self._second_would_be = self._base + (self._unit if _OPENS.search(text) else "")

    def _converted(self, indent: str) -> str:
        """In the file's own characters. Blanks become tabs by the answer's own step, the first one seen."""
        if "\t" not in self._unit:
            return indent.replace("\t", self._unit)
        if " " not in indent:
            return indent
        self._step = self._step or len(indent.replace("\t", ""))
        return indent.replace(" " * self._step, "\t")
