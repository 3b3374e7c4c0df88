"""``coderoute-ls editor``: print an editor's set-up, ready to paste."""

import shutil
import sys
from pathlib import Path

import click

from coderoute_ls.cli._style import PROGRAM, examples, say
from coderoute_ls.editors import called, editors
from coderoute_ls.text.did_you_mean import did_you_mean


def _executable() -> str:
    """Path of this installation's command."""
    beside = Path(sys.executable).with_name(f"{PROGRAM}.exe" if sys.platform == "win32" else PROGRAM)
    found = shutil.which(PROGRAM) or (beside if beside.is_file() else sys.argv[0])
    return Path(found).absolute().as_posix()


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    names = (name for editor in editors().values() for name in (editor.name, *editor.aliases))
    return [name for name in names if name.startswith(incomplete)]


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
            also = f" (also: {', '.join(editor.aliases)})" if editor.aliases else ""
            say(f"{editor.name:{width}}  {editor.title}{also}")
        return
    editor = called(name)
    if editor is None:
        told = f"there is no editor {name!r}{did_you_mean(name, known)} Known are {', '.join(known)}."
        raise click.BadParameter(told, param_hint="NAME")
    file = _executable()
    say(editor.render(PROGRAM if shutil.which(PROGRAM) else file, file), nl=False)
