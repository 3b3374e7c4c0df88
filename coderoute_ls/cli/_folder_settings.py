"""The settings of a folder as the command line sees them: the user's file and those of the repository, not the editor's."""

from pathlib import Path

import click

from coderoute_ls.actions import actions
from coderoute_ls.app.joined_team.user_settings import policy_of
from coderoute_ls.settings import USER_FILE, Effective, Issue, effective, load
from coderoute_ls.settings.model_choices import choices_layer
from coderoute_ls.settings.workspace_settings_files import folder_layers
from coderoute_ls.storage import Directories

folder_option = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Workspace folder; without it: the current directory.",
)


def settings_of(folder: Path, places: Directories) -> tuple[Effective, tuple[Issue, ...]]:
    """What holds in this folder, and everything in the files that is not used."""
    user, wrong = load(places.config / USER_FILE, actions(), "user")
    folders, also_wrong = folder_layers(folder, actions())
    choices = choices_layer(places.config, str(folder.absolute()), actions())
    joined = effective(user, *policy_of((user,), places), choices, *folders)
    return joined, (*wrong, *also_wrong, *joined.ignored)
