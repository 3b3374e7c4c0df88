"""What the commands share: examples in help texts, JSON on demand, tables that are plain where there is no terminal."""

import json
import sys
from collections.abc import Iterator, Sequence

import click

from coderoute_ls.cli._encoding import knows_every_character

PROGRAM = "coderoute-ls"


class Group(click.Group):
    """Commands; a mistyped one is told with the nearest."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            from coderoute_ls.text.did_you_mean import did_you_mean  # late: --help loads none of ours

            ctx.fail(f"There is no command {name!r}{did_you_mean(name, self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


def examples(*lines: str) -> str:
    """An epilog of one example a line."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def say(text: str | bytes = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a text that may hold words of others: what steers a terminal is left out of it."""
    click.echo(clean(text if isinstance(text, str) else text.decode()), err=err, nl=nl)


def tell(text: str, *, err: bool = False) -> None:
    """Print sentences: on a terminal broken between words, elsewhere as they are."""
    say(between_words(text) if (sys.stderr if err else sys.stdout).isatty() else text, err=err)


def between_words(text: str) -> str:
    """Each line in the terminal's width; what goes on below stands two blanks further in than an indented line."""
    from shutil import get_terminal_size
    from textwrap import fill

    room = get_terminal_size().columns - 1

    def broken(line: str) -> str:
        indent = len(line) - len(line.lstrip())
        below = " " * (indent + 2 if indent else 0)
        return fill(line, room, subsequent_indent=below, break_long_words=False, break_on_hyphens=False)

    return "\n".join(map(broken, text.split("\n")))


def _parts(line: str, room: int) -> Iterator[str]:
    """A line in pieces of so many characters: a name that is longer is broken behind a sign in it, if it has one."""
    indent = line[: len(line) - len(line.lstrip())]
    while len(line) > room:
        cut = max(line.rfind(sign, len(indent) + 1, room - 1) for sign in "/@:-._\u00a0") + 1 or room
        yield line[:cut].rstrip()
        line = indent + line[cut:].lstrip()
    yield line


def clean(text: str) -> str:
    """The text without control, escape, invisible and direction characters."""
    from coderoute_ls.text.invisible_characters import without_controls  # late: --help loads none of ours

    return without_controls(text)


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_json(value: object) -> None:
    plain = not knows_every_character(sys.stdout.encoding)
    say(json.dumps(value, indent=2, ensure_ascii=plain, default=str))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", left: int = 1, width: int = 160) -> None:
    """A table without lines, in the terminal's width; the first ``left`` columns are aligned left, the others right. On a
    terminal where a column would have to break words, each row is told as a paragraph.

    ``width``: its most characters where there is no terminal; what is longer is folded.
    """
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else width)
    lines = [[clean(cell) for cell in row] for row in rows]
    widths = _widths([head, *lines], console.width)
    if widths is None and console.is_terminal and lines:
        for text in filter(None, (title, *(_paragraph(head, line, left) for line in lines))):
            say("\n".join(part for row in between_words(text).split("\n") for part in _parts(row, console.width - 1)))
        return
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold", title_style="bold")
    for index, name in enumerate(head):
        just = widths[index] if widths else None
        table.add_column(name, justify="left" if index < left else "right", overflow="fold", width=just)
    for line in lines:
        table.add_row(*line)
    console.print(table)


def _widths(lines: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """A width for each column in which no word is broken, the first ones with room for whole cells; None where there is none."""
    from rich.cells import cell_len

    columns = list(zip(*lines, strict=True))
    widths = [max(cell_len(word) for cell in column for word in cell.split() or [""]) for column in columns]
    left = room - sum(widths) - 2 * (len(widths) - 1)
    if left < 0:
        return None
    for index, column in enumerate(columns):
        more = min(left, max(map(cell_len, column)) - widths[index])
        widths[index] += more
        left -= more
    return widths


def _paragraph(head: Sequence[str], line: Sequence[str], left: int) -> str:
    """One row in words: what names it, and below it each other cell behind its column's name."""
    named = "  ".join(cell for cell in line[:left] if cell)
    # a cell is not torn from its name: the blanks in it are none to break at
    told = [f"{name} {cell}".replace(" ", "\u00a0") for name, cell in zip(head[left:], line[left:], strict=True) if cell.strip()]
    return f"{named}\n  {', '.join(told)}" if told else named
