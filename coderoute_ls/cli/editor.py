"""``coderoute-ls editor``: print an editor's set-up, ready to paste."""

import shutil
import sys
from pathlib import Path

import click

from coderoute_ls.cli._style import PROGRAM, examples, say
from coderoute_ls.editors import editors


def _executable() -> str:
    """What an editor has to start: the bare name where PATH has it, else this installation's file."""
    return PROGRAM if shutil.which(PROGRAM) else str(Path(sys.argv[0]).absolute())


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in editors() if name.startswith(incomplete)]


@click.command(
    epilog=examples(
        "coderoute-ls editor", "coderoute-ls editor neovim", "coderoute-ls editor helix >> ~/.config/helix/languages.toml"
    )
)
@click.argument("name", required=False, shell_complete=_complete)
def COMMAND(name: str | None) -> None:
    """Print what to paste into an editor's configuration. Without NAME: list the editors."""
    known = editors()
    if name is None:
        width = max(map(len, known))
        for editor in known.values():
            say(f"{editor.name:{width}}  {editor.title}")
        return
    if name not in known:
        raise click.BadParameter(f"unknown editor; known are {', '.join(known)}", param_hint="NAME")
    say(known[name].render(_executable()), nl=False)
