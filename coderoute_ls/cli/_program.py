"""The program: finds the command that is called, loads it alone, and turns errors into exit codes."""

import ast
import io
import pkgutil
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from shutil import get_terminal_size

import click

from coderoute_ls import __version__, cli
from coderoute_ls.cli._encoding import print_everywhere
from coderoute_ls.cli._exit_codes import DONE, FAILED, INTERRUPTED, NO_MODEL
from coderoute_ls.cli._style import PROGRAM, Group, examples, tell
from coderoute_ls.errors import BudgetExceeded, CoderouteError, NoOffer


class _Commands(Group):
    """The commands are the files beside this one that hold ``COMMAND``; calling one loads no other, and listing them none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(name for _, name, _ in pkgutil.iter_modules(cli.__path__) if not name.startswith("_"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        names = self.list_commands(ctx)
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(name)) for name in names])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if not cmd_name.isidentifier() or find_spec(f"{cli.__name__}.{cmd_name}") is None:
            return None
        command: object = getattr(import_module(f"{cli.__name__}.{cmd_name}"), "COMMAND", None)
        return command if isinstance(command, click.Command) else None


def _summary(name: str) -> str:
    """What a command does, in one sentence, read from its source: importing all of them takes a second."""
    spec = find_spec(f"{cli.__name__}.{name}")
    assert spec is not None and spec.origin is not None
    with open(spec.origin, encoding="utf-8") as source:  # noqa: PTH123  (pathlib costs more than the reading)
        tree = ast.parse(source.read())
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    command = next((node for node in functions if node.name == "COMMAND"), None)
    doc = (ast.get_docstring(command) if command is not None else None) or ""
    return " ".join(doc.split()).partition(". ")[0].rstrip(".")


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        f"{PROGRAM} serve                      what an editor starts",
        f"{PROGRAM} demo                       see it work, without an editor",
        f"{PROGRAM} route refactor             which model would be asked, and why",
        f"{PROGRAM} doctor                     what is missing, and how to fix it",
        f'eval "$(_CODEROUTE_LS_COMPLETE=bash_source {PROGRAM})"    complete commands in bash; also zsh_source, fish_source',
    )
    + "\n\n\b\nExit codes:\n"
    "  0    done\n"
    "  1    failed; the reason is on stderr\n"
    "  2    wrong arguments\n"
    "  3    no model may be used: floor, budget or keys\n"
    "  130  interrupted",
)
@click.version_option(__version__, prog_name=PROGRAM)
def _group() -> None:
    """A language server that sends every AI action in your editor to the cheapest model that is good enough."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    print_everywhere()
    try:
        result: object = _group.main(args=argv, prog_name=PROGRAM, standalone_mode=False, terminal_width=_narrow())
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        tell(said.getvalue().rstrip("\n"), err=True)
        return error.exit_code
    except CoderouteError as error:
        return failed(error)
    return result if isinstance(result, int) else DONE


NARROW = 52
"""Columns of a terminal below which click would write beyond its edge."""


def _narrow() -> int | None:
    """The terminal's width where click needs to be told of it."""
    columns = get_terminal_size().columns
    return columns - 1 if columns < NARROW else None


def failed(error: CoderouteError) -> int:
    """Say what went wrong; returns the exit code."""
    tell(f"Error: {error.user_message}", err=True)
    return NO_MODEL if isinstance(error, NoOffer | BudgetExceeded) else FAILED
