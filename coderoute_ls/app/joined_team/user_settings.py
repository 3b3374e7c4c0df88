"""The user's own settings, within the policy of the team that they joined. For what runs outside of an editor."""

import time
from collections.abc import Callable, Iterable, Sequence

from coderoute_ls.settings import Effective, Layer, user_settings
from coderoute_ls.storage import Directories


def settings_within_policy(places: Directories, action_ids: Iterable[str]) -> Effective:
    """What the user's own file says, joined with the defaults and the team's policy."""
    own = user_settings(places.config, action_ids)
    return own.under(*policy_of(own.layers, places))


def policy_of(own: Sequence[Layer], places: Directories, now: Callable[[], float] = time.time) -> tuple[Layer, ...]:
    """The policy of the team that the user's own layers name, as it was kept; nothing of it is loaded where they name none."""
    if not any(layer.values.get(("team", "url")) for layer in own):
        return ()
    from coderoute_ls.app.joined_team.team_policy import policy_layers

    return policy_layers(own, places.state, now)
