"""Which files may be read and sent: git's rules, the secret names and the folder's globs, for the settings of today."""

from pygls.uris import from_fs_path

from coderoute_ls.ignore import Ignore
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.documents import path_of


class FileAccess:
    """Answers from memory until the settings or the rules change: it is asked for every open document at every key."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._rules: dict[tuple[str, ...], Ignore] = {}
        self._globs: dict[str, tuple[str, ...]] = {}
        """By path."""

    def allowed(self, path: str) -> bool:
        """Whether anything of this file may be sent to a model."""
        globs = self._globs.get(path)
        if globs is None:
            settings = self._configuration.settings_for(from_fs_path(path) or "").settings
            globs = self._globs[path] = settings.context.ignore
        rules = self._rules.get(globs)
        if rules is None:
            folders = tuple(path_of(folder) for folder in self._configuration.folders)
            rules = self._rules[globs] = Ignore(folders, globs)
        return rules.allowed(path)

    def settings_changed(self) -> None:
        self._globs.clear()

    def rules_changed(self) -> None:
        """Another folder is open, or an ignore file changed on the disk."""
        self._rules.clear()
