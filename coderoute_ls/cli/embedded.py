"""``coderoute-ls embedded``: what the built-in engine has learned, and how to make it forget."""

from dataclasses import asdict

import click

from coderoute_ls.cli._style import Group, as_json, examples, print_json, print_table, say
from coderoute_ls.storage import directories


@click.group(
    cls=Group,
    epilog=examples(
        "coderoute-ls embedded stats     which folders it knows, and how often its drafts were accepted",
        "coderoute-ls embedded forget    delete all of that",
    ),
)
def COMMAND() -> None:
    """What the built-in engine has learned on this machine; it never leaves it."""


@COMMAND.command()
@as_json
def stats(*, as_json: bool) -> None:
    """Show the learned folders, and how many of the shown drafts were accepted."""
    from coderoute_ls.embedded.index.index_file import IndexFiles

    store = IndexFiles(directories().cache / "embedded")
    kept, experience = store.kept(), store.load_experience()
    if as_json:
        print_json({"folders": [asdict(folder) for folder in kept], "drafts": asdict(experience)})
        return
    if not kept:
        say("Nothing is learned yet: open a folder in an editor that runs coderoute-ls.")
    else:
        rows = [(folder.root, f"{folder.files:,}", f"{folder.tokens:,}", f"{folder.size / 1e6:.1f} MB") for folder in kept]
        print_table(("folder", "files", "tokens", "on disk"), rows)
    if experience.judged:
        say(
            f"Of its last {experience.judged:.0f} judged drafts {experience.accepted:.0f} were accepted, "
            f"{experience.expected:.0f} were expected to be."
        )


@COMMAND.command()
@click.option("--yes", is_flag=True, help="Delete without asking.")
def forget(*, yes: bool) -> None:
    """Delete the whole index. Documents that are open in a running editor are forgotten when that editor closes."""
    from coderoute_ls.embedded.index.index_file import IndexFiles

    if not yes:
        click.confirm("Delete everything that the built-in engine has learned?", abort=True)
    folders = IndexFiles(directories().cache / "embedded").forget()
    say(f"Forgotten: {folders} {'folder' if folders == 1 else 'folders'}, and which drafts were accepted.")
