"""Prints what happened in the demo: with colours on a terminal, as plain text elsewhere."""

from difflib import unified_diff

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from coderoute_ls.cli._demo_code import Place


class Screen:
    """Writes to standard output."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def heading(self, text: str) -> None:
        self._console.print(f"\n[bold]{escape(text)}[/]")

    def line(self, text: str, style: str = "") -> None:
        self._console.print(escape(text), style=style)

    def ghost(self, title: str, place: Place, offered: str, verdict: str, milliseconds: float) -> None:
        """The lines above the cursor, and the offered text between « and »."""
        lines = place.text.splitlines()
        number, column = place.cursor
        self._console.print(f"\n  [bold]{escape(title)}[/] [dim]answered in {milliseconds:.0f} ms[/]")
        for above in range(max(0, number - 3), number):
            self._numbered(above, escape(lines[above]))
        self._numbered(number, f"{escape(lines[number][:column])}[green]«{escape(offered)}»[/]")
        self._console.print(f"       [dim]{escape(verdict)}[/]")

    def diff(self, name: str, before: str, after: str) -> None:
        styles = {"+": "green", "-": "red", "@": "cyan"}
        for line in list(unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="", n=2))[2:]:
            self._console.print(f"    {escape(line)}", style=styles.get(line[:1], "dim"))

    def document(self, markdown: str) -> None:
        if self._console.is_terminal:
            from rich.markdown import Markdown

            self._console.print(Padding(Markdown(markdown, hyperlinks=False), (0, 4)))
        else:
            for line in markdown.splitlines():
                self._console.print(f"    {escape(line)}")

    def decision(self, words: str) -> None:
        """The server's own account of a decision."""
        for line in words.splitlines():
            self._console.print(f"  [dim]│[/] {escape(line)}")

    def _numbered(self, number: int, markup: str) -> None:
        self._console.print(f"  [dim]{number + 1:>5} │[/] {markup}")
