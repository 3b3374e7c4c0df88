"""Which files may be read and sent: git's rules, the secret names and the folder's globs, by the current settings."""

from coderoute_ls.domain import TIMING
from coderoute_ls.ignore import Ignore
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.document_uris import address_of, path_of
from coderoute_ls.settings.effective_settings import goes_along

GHOST_TEXT_S = 0.4
"""Seconds that ghost text waits for git's first word on a file."""


class FileAccess:
    """Answers from memory until the settings or the rules change: it is asked for every open document at every key."""

    def __init__(self, configuration: Configuration, patience_s: float = TIMING.folder) -> None:
        """``patience_s``: after so many seconds without an answer, nothing of a folder is allowed."""
        self._configuration = configuration
        self._patience_s = patience_s
        self._rules: dict[tuple[str, ...], Ignore] = {}
        self._globs: dict[str, tuple[str, ...]] = {}
        """By path."""

    def allowed(self, path: str) -> bool:
        """Whether anything of this file may be sent to a model. What git has still to say is not allowed."""
        return self._rules_for(path).allowed(path)

    def pending(self, path: str) -> bool:
        """Whether git has still to say whether it ignores this file."""
        return self._rules_for(path).pending(path)

    async def known(self, path: str) -> bool:
        """`allowed`, once git has answered, for what the user asked for by hand."""
        return await self._rules_for(path).known(path)

    async def soon_known(self, path: str) -> bool:
        """`allowed`, once git has answered; False when it takes longer than ghost text may."""
        return await self._rules_for(path).known(path, GHOST_TEXT_S)

    def together(self, uri: str, asked: str) -> bool:
        """Whether a text of the document ``uri`` may stand in a prompt about ``asked``: its folder's settings may be stricter."""
        settings_for = self._configuration.settings_for
        return goes_along(settings_for(uri).settings, settings_for(asked).settings)

    def in_folders(self, uri: str) -> bool:
        """Whether the address is that of a file in an opened folder."""
        return bool(self._configuration.folder_of(uri))

    def _rules_for(self, path: str) -> Ignore:
        globs = self._globs.get(path)
        if globs is None:
            settings = self._configuration.settings_for(address_of(path) if path else "").settings
            globs = self._globs[path] = settings.context.ignore
        rules = self._rules.get(globs)
        if rules is None:
            folders = tuple(path for folder in self._configuration.folders if (path := path_of(folder)))
            rules = self._rules[globs] = Ignore(folders, globs, patience_s=self._patience_s)
        return rules

    def look_again(self) -> None:
        """See ignore files that have changed since, whoever else tells of them."""
        for rules in self._rules.values():
            rules.look_again()

    def settings_changed(self) -> None:
        self._globs.clear()

    def rules_changed(self) -> None:
        """Another folder is open, or an ignore file changed on the disk."""
        self._globs.clear()
        self._rules.clear()
