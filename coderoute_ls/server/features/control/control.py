"""The commands of the menus: actions to choose from, the model picker, languages, snoozing."""

from collections.abc import Callable, Mapping
from typing import Any

from coderoute_ls.errors import Unsupported
from coderoute_ls.server.backend import Backend
from coderoute_ls.server.features.control.model_choice import ModelChoice
from coderoute_ls.server.features.control.user_file import Assignment, write_values
from coderoute_ls.server.features.own_prompts.own_actions import OwnActions
from coderoute_ls.server.rpc.messages.coderoute_messages import Status
from coderoute_ls.server.rpc.messages.control_messages import (
    ActionOffered,
    ActionsOffered,
    ActionsParams,
    SnoozeParams,
    SwitchLanguageParams,
    Written,
)
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.request_context import RequestContexts
from coderoute_ls.server.session.status_line import StatusLine
from coderoute_ls.settings import USER_FILE

LONGEST_SNOOZE_MIN = 24 * 60.0
_SURFACES = ("inline", "next_edit")
"""The sections with a list of languages that are off."""
_MESSAGE = "commit_message"


class Control:
    """One for a session."""

    def __init__(
        self,
        backend: Backend,
        requests: RequestContexts,
        configuration: Configuration,
        status: StatusLine,
        actions: OwnActions,
    ) -> None:
        self._requests = requests
        self._configuration = configuration
        self._status = status
        self._actions = actions
        self._config_dir = backend.config_dir
        models = ModelChoice(requests, configuration, actions, backend.engine.router, backend.config_dir)
        self.handlers: Mapping[str, Callable[[Any], object]] = {
            "coderoute.actions": self.actions,
            "coderoute.offers": models.offers,
            "coderoute.chooseModel": models.choose,
            "coderoute.switchLanguage": self.switch_language,
            "coderoute.snooze": self.snooze,
        }

    def actions(self, params: ActionsParams) -> ActionsOffered:
        """All actions that are switched on for this document, the user's own last."""
        settings = self._configuration.settings_for(params.uri)
        files = self._actions.files(params.uri)
        offered = [
            ActionOffered(
                id=action.id,
                title=action.title,
                kind=action.kind,
                doc=action.doc,
                file=files.get(action.id, ""),
                floor=settings.floor_for(action.id, action.axis, action.min_coding_score).value,
                model=settings.settings.action(action.id).model,
            )
            for action in self._actions.of(params.uri).values()
            if (action.kind or action.id == _MESSAGE) and settings.settings.action(action.id).enable
        ]
        return ActionsOffered(
            actions=offered, problems=self._actions.problems(params.uri), prompts_folder=str(self._actions.folder)
        )

    def switch_language(self, params: SwitchLanguageParams) -> Written:
        """Suggestions in one language, on or off in the user's file. Raises `Unsupported` where another place says otherwise."""
        language = params.language.strip()
        if not language or len(language) > 100:
            raise Unsupported("Say which language is meant, by the name that the editor gives it.")
        on = self._is_off(language, params.uri) if params.on is None else params.on
        file = self._config_dir / USER_FILE
        own = self._configuration.settings_for("").settings
        silent = {
            section: tuple(name for name in known if name != language) + (() if on else (language,))
            for section, known in zip(_SURFACES, (own.inline.languages_off, own.next_edit.languages_off), strict=True)
        }
        write_values(file, *(Assignment((section,), "languages_off", wanted or None) for section, wanted in silent.items()))
        self._configuration.rebuild()
        self._status.send()
        if on and self._is_off(language, params.uri):
            raise Unsupported(f"{language} stays off: coderoute.toml or the editor's settings say so (languages_off).")
        return Written(text=f"Ghost text and next edits in {language} are {'on' if on else 'off'}, as {file} says.")

    def _is_off(self, language: str, uri: str) -> bool:
        settings = self._configuration.settings_for(uri).settings
        return language in settings.inline.languages_off or language in settings.next_edit.languages_off

    def snooze(self, params: SnoozeParams) -> Status:
        """Suggest nothing for so many minutes; 0 ends it."""
        if not 0 <= params.minutes <= LONGEST_SNOOZE_MIN:
            raise Unsupported("Snooze for 0 minutes to a day; pause for longer.")
        self._requests.snooze(params.minutes * 60, self._status.send)
        self._status.send()
        return self._status.now()
