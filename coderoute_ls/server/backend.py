"""What the application offers to a session: the engine, the actions, the user's folders, and callbacks for its news."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path

from coderoute_ls.domain import Action, Timing
from coderoute_ls.embedded import Progress
from coderoute_ls.engine import Engine
from coderoute_ls.providers.local_model.model_files import Slow
from coderoute_ls.settings import Effective, Layer

AskUser = Callable[[str, tuple[str, ...]], Awaitable[str | None]]
"""Puts a question with buttons to the user; the title of the pressed one, or None."""


TellUser = Callable[[str], None]
"""Shows the user a warning."""


@dataclass(frozen=True, slots=True)
class Backend:
    """What `app` builds and a session uses."""

    engine: Engine
    actions: Mapping[str, Action]
    config_dir: Path
    state_dir: Path
    """Of what is remembered between sessions."""
    configure: Callable[[Effective], None]
    """The user's own settings are these now: who may be asked, with which keys, at which prices."""
    start: Callable[[AskUser, TellUser], Coroutine[object, object, None]]
    """Work to do once after the editor is connected: find local servers, refresh the catalogue, host the gateway."""
    listen_to_indexing: Callable[[Callable[[Progress], None]], None]
    """Who hears how far the built-in engine is with learning a folder."""
    listen_to_loading: Callable[[Slow], None]
    """Who hears of a model file that takes its time to load."""
    policy: Callable[[tuple[Layer, ...]], tuple[Layer, ...]]
    """What the policy of the team allows that the user's own layers name; nothing where they name none."""
    listen_to_policy: Callable[[Callable[[], None]], None]
    """Who hears that another policy holds."""
    team: Callable[[], str]
    """How it stands with the team that was joined, in words; "" where none was."""
    work_in: Callable[[tuple[str, ...]], None]
    """Calls may come from these folders soon."""
    timing: Timing
    usage: Callable[[], str]
    """What was asked, spent and accepted lately, as Markdown."""
    close: Callable[[], Coroutine[object, object, None]]
