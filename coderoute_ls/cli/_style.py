"""What the commands share: examples in help texts, JSON on demand, tables that are plain where there is no terminal."""

import json
import sys
from collections.abc import Sequence

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


def clean(text: str) -> str:
    """The text without control, escape, invisible and direction characters."""
    from coderoute_ls.text.invisible_characters import without_controls  # late: --help loads none of ours

    return without_controls(text)


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_json(value: object) -> None:
    plain = not knows_every_character(sys.stdout.encoding)
    say(json.dumps(value, indent=2, ensure_ascii=plain, default=str))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", left: int = 1, width: int = 160) -> None:
    """A table without lines, in the terminal's width; the first ``left`` columns are aligned left, the others right.

    ``width``: its most characters where there is no terminal; what is longer is folded.
    """
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold", title_style="bold")
    for index, name in enumerate(head):
        table.add_column(name, justify="left" if index < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(clean, row))
    Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else width).print(table)
