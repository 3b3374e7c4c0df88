"""How the demo tells what happened: colours on a terminal, plain text elsewhere; lines end between words, nothing is cut."""

import re
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from html import unescape

from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from rich.theme import Theme

from coderoute_ls.cli._demo_code import Place

NARROWEST = 40
THEME = Theme({"markdown.code": "cyan", "markdown.code_block": "cyan", "markdown.item.bullet": "bold", "markdown.h2": "bold"})
"""Colours that are readable on light and on dark; no background."""


class Screen:
    """Writes to standard output."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, theme=THEME)
        self._width = max(self._console.width, NARROWEST)

    def heading(self, text: str) -> None:
        self._console.print()
        self.line(text, "bold")

    def line(self, text: str, style: str = "") -> None:
        """Prose. A line that is too long goes on under its own indentation."""
        for line in text.split("\n"):
            indent = re.match(r" *", line).group()  # pyright: ignore[reportOptionalMemberAccess] - it matches everything
            self._print(Text(indent), line[len(indent) :], style)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Columns as wide as their widest cell; where that is too wide, the last column goes onto a line of its own."""
        widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
        narrow = 2 + sum(widths) + 2 * (len(widths) - 1) > self._width
        shown = len(head) - 1 if narrow else len(head)
        for number, row in enumerate((head, *rows)):
            cells = "  ".join(cell.ljust(width) for cell, width in zip(row[:shown], widths, strict=False))
            self.line(f"  {cells}".rstrip(), "dim" if number == 0 else "")
            if narrow and number:
                self.line(f"{' ' * (4 + widths[0])}{head[-1]}: {row[-1]}", "dim")

    def ghost(self, title: str, place: Place, offered: str, verdict: str, milliseconds: float) -> None:
        """The lines above the cursor, and the offered text between « and »."""
        lines = place.text.splitlines()
        number, column = place.cursor
        self._console.print()
        self._print(Text("  "), f"{title}  answered in {milliseconds:.0f} ms", "bold")
        for above in range(max(0, number - 3), number):
            self._code(self._number(above), lines[above])
        self._code(self._number(number), lines[number][:column], f"«{offered}»")
        self._print(Text("        "), verdict, "dim")

    def diff(self, name: str, before: str, after: str) -> None:
        styles = {"+": "green", "-": "red", "@": "cyan"}
        for line in list(unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="", n=2))[2:]:
            self._code(Text("    "), line, style=styles.get(line[:1], ""))

    def document(self, markdown: str) -> None:
        if self._console.is_terminal:
            from rich.markdown import Markdown

            self._console.print(Padding(Markdown(markdown, hyperlinks=False, code_theme="ansi_light"), (0, 4)))
        else:
            for line in markdown.splitlines():
                self._print(Text("    "), unescape(line), "")

    def decision(self, words: str) -> None:
        """The server's own account of a decision."""
        for line in words.splitlines():
            indent = re.match(r" *", line).group()  # pyright: ignore[reportOptionalMemberAccess] - it matches everything
            self._print(Text.assemble("  ", ("│", "dim"), f" {indent}"), line[len(indent) :], "")

    def _number(self, number: int) -> Text:
        return Text.assemble("  ", (f"{number + 1:>5} │", "dim"), " ")

    def _print(self, prefix: Text, words: str, style: str) -> None:
        """Words behind a prefix; what does not fit goes on below, behind the prefix again, without the parts that are no bars."""
        room = self._width - prefix.cell_len
        for part in _between_words(words, room) if words else [""]:
            self._console.print(Text.assemble(prefix, (part, style)) if part else Text(prefix.plain.rstrip()), soft_wrap=True)

    def _code(self, prefix: Text, code: str, offered: str = "", style: str = "") -> None:
        """A line of code, and what is offered at its end; a line that is too long goes on below, deeper."""
        whole = Text.assemble((code, style), (offered, "green"))
        room = self._width - prefix.cell_len
        indent = " " * (len(code) - len(code.lstrip()) + 4)
        below = Text(" " * (prefix.cell_len - 2) + "│ " if "│" in prefix.plain else prefix.plain)
        for line in whole.split("\n", allow_blank=True):
            left = line
            while left.cell_len > room:
                cut = _last_blank(left.plain, room, len(indent) + 1)
                self._console.print(Text.assemble(prefix, left[:cut]), soft_wrap=True)
                prefix, left = below, Text.assemble(indent, left[cut + (left.plain[cut : cut + 1] == " ") :])
            self._console.print(Text.assemble(prefix, left) if left.plain else Text(prefix.plain.rstrip()), soft_wrap=True)
            prefix = below


def _between_words(words: str, room: int) -> Iterator[str]:
    """Pieces of at most this many columns, broken at blanks; a word that is longer stays whole."""
    line = ""
    for word in words.split(" "):
        if line and len(line) + 1 + len(word) > room:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _last_blank(line: str, room: int, least: int) -> int:
    """Where to break a line of code: at the last blank that fits, else where it is full."""
    found = line.rfind(" ", least, room)
    return found if found > 0 else room
