"""The command line: one file per command, loaded only when it is called."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import click

from coderoute_ls import __version__
from coderoute_ls.cli._style import examples
from coderoute_ls.errors import BudgetExceeded, CoderouteError, NoOffer
from coderoute_ls.registry import discover

PROGRAM = "coderoute-ls"

DONE, FAILED, MISUSED, NO_MODEL, INTERRUPTED = 0, 1, 2, 3, 130


class _Commands(click.Group):
    """The commands are the files beside this one that hold ``COMMAND``; calling one loads no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(discover(__name__, "COMMAND", click.Command))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if not cmd_name.isidentifier() or find_spec(f"{__name__}.{cmd_name}") is None:
            return None
        command: object = getattr(import_module(f"{__name__}.{cmd_name}"), "COMMAND", None)
        return command if isinstance(command, click.Command) else None


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        f"{PROGRAM} serve                      what an editor starts",
        f"{PROGRAM} demo                       see it work, without an editor",
        f"{PROGRAM} route refactor             which model would be asked, and why",
        f"{PROGRAM} doctor                     what is missing, and how to mend it",
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


def main(argv: Sequence[str] | None = None, greeting: object = None) -> int:
    """Run one command; returns the exit code. ``greeting``: what `doorstep` has already said and read, for ``serve``."""
    try:
        result: object = _group.main(args=argv, prog_name=PROGRAM, standalone_mode=False, obj=greeting)
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except CoderouteError as error:
        click.echo(f"Error: {error.user_message}", err=True)
        return NO_MODEL if isinstance(error, NoOffer | BudgetExceeded) else FAILED
    return result if isinstance(result, int) else DONE
