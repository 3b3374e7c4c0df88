"""The environment of a child process, by allow-list: a name that is not known is not passed on, whatever it looks like."""

import os
import re
from collections.abc import Callable, Mapping

_WORD = re.compile(r"[\w.@,:+/-]{0,100}")


def child_environment(environ: Mapping[str, str], *, tools: bool = False) -> dict[str, str]:
    """What a child gets of ``environ``; with ``tools`` also where compilers and package managers are installed.

    Values are checked too: a folder has to be an absolute path, a list of folders loses its relative entries.
    """
    rules = {**_RULES, **_TOOL_RULES} if tools else _RULES
    passed = {name: rules[name.upper()](value) for name, value in environ.items() if name.upper() in rules}
    return {name: value for name, value in passed.items() if value is not None}


def _word(value: str) -> str | None:
    return value if _WORD.fullmatch(value) else None


def _folder(value: str) -> str | None:
    return value if os.path.isabs(value) else None  # noqa: PTH117


def _folders(value: str) -> str | None:
    """Relative entries would mean the child's working directory."""
    return os.pathsep.join(filter(os.path.isabs, value.split(os.pathsep))) or None


def _rules(check: Callable[[str], str | None], names: str) -> dict[str, Callable[[str], str | None]]:
    return dict.fromkeys(names.split(), check)


_RULES = {
    **_rules(_folders, "PATH LD_LIBRARY_PATH DYLD_LIBRARY_PATH"),
    **_rules(_folder, "HOME TMPDIR TEMP TMP SSL_CERT_FILE SSL_CERT_DIR"),
    **_rules(_folder, "XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_RUNTIME_DIR"),
    **_rules(
        _folder, "SYSTEMROOT WINDIR COMSPEC USERPROFILE APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES ALLUSERSPROFILE PUBLIC"
    ),
    **_rules(_word, "LANG LANGUAGE LC_ALL LC_CTYPE LC_COLLATE LC_MESSAGES LC_MONETARY LC_NUMERIC LC_TIME TZ"),
    **_rules(_word, "USER LOGNAME USERNAME TERM SYSTEMDRIVE HOMEDRIVE OS PROCESSOR_ARCHITECTURE NUMBER_OF_PROCESSORS"),
    **_rules(_word, "CUDA_VISIBLE_DEVICES HIP_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES OMP_NUM_THREADS OPENBLAS_NUM_THREADS"),
    **_rules(lambda value: value if re.fullmatch(r"(\.\w+;?){1,40}", value) else None, "PATHEXT"),
}
_TOOL_RULES = {
    **_rules(
        _folders, "PYTHONPATH NODE_PATH GOPATH CLASSPATH PERL5LIB RUBYLIB GEM_PATH PKG_CONFIG_PATH CPATH LIBRARY_PATH INCLUDE LIB"
    ),
    **_rules(_folder, "VIRTUAL_ENV CONDA_PREFIX PYENV_ROOT PYTHONPYCACHEPREFIX UV_CACHE_DIR PIP_CACHE_DIR POETRY_HOME"),
    **_rules(_folder, "NVM_DIR NVM_BIN FNM_DIR VOLTA_HOME PNPM_HOME NPM_CONFIG_CACHE BUN_INSTALL DENO_DIR"),
    **_rules(
        _folder, "JAVA_HOME JDK_HOME M2_HOME MAVEN_HOME GRADLE_HOME GRADLE_USER_HOME KOTLIN_HOME ANDROID_HOME ANDROID_SDK_ROOT"
    ),
    **_rules(
        _folder, "GOROOT GOBIN GOCACHE GOMODCACHE CARGO_HOME RUSTUP_HOME DOTNET_ROOT NUGET_PACKAGES VCINSTALLDIR VSINSTALLDIR"
    ),
    **_rules(
        _folder, "GEM_HOME RBENV_ROOT BUNDLE_PATH COMPOSER_HOME ASDF_DIR ASDF_DATA_DIR MISE_DATA_DIR OPAMROOT MIX_HOME HEX_HOME"
    ),
    **_rules(_word, "CONDA_DEFAULT_ENV RUSTUP_TOOLCHAIN PYENV_VERSION CC CXX CI NO_COLOR GOOS GOARCH"),
}
