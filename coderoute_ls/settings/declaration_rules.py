"""What a setting's declaration is made of: its default and rule, and the checks that its type carries. Standard library only."""

import re
from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, cast
from urllib.parse import parse_qsl, urlsplit

Merge = Literal["replace", "union", "intersection", "minimum", "maximum", "stricter"]
"""How the value of a source that is not trusted joins the one below it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is declared of a setting besides its name, type and default."""

    doc: str
    marks: Mapping[str, object]
    """``merge``: a workspace may set it, joined so. ``secret``: only the user may. The JSON schema has them too."""
    ge: float | None = None
    le: float | None = None
    strictest: object = None
    """What holds when the value cannot be read; None: the value of the places below, else the default."""


def workspace_may(
    default: object,
    doc: str,
    merge: Merge = "replace",
    *,
    ge: float | None = None,
    le: float | None = None,
    strictest: object = None,
) -> Any:
    """A setting on the safe list: a repository's file, and whatever arrives over LSP, may set it, joined by ``merge``."""
    return _setting(default, Rule(doc, {"merge": merge}, ge, le, strictest))


def user_only(
    default: object,
    doc: str,
    *,
    ge: float | None = None,
    le: float | None = None,
    secret: bool = False,
    strictest: object = None,
) -> Any:
    """A setting that only the user's own file, our client's user level, or the command line may set.

    ``secret`` values are hidden wherever settings are shown.
    """
    return _setting(default, Rule(doc, {"secret": secret}, ge, le, strictest))


def part(default: object, doc: str, *, ge: float | None = None, le: float | None = None) -> Any:
    """A part of a setting that is a table."""
    return _setting(default, Rule(doc, {}, ge, le))


def _setting(default: object, rule: Rule) -> Any:
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(cast("dict[str, object]", default)), metadata={Rule: rule})
    return field(default=default, metadata={Rule: rule})


@dataclass(frozen=True, slots=True)
class Checked:
    """Marks a type whose values must pass ``check``, which returns the value or raises ValueError; ``raw``: before its type is
    looked at."""

    check: Callable[[Any], object]
    raw: bool = False


def _argv(words: object) -> object:
    listed = cast("list[object]", words) if isinstance(words, list | tuple) else []
    if not listed or not all(isinstance(word, str) and word for word in listed):
        raise ValueError("must be a list of words, never a shell line")
    return listed


SECRET_PARAMETERS = re.compile(r"key|token|secret|^sig(nature)?$|passw", re.IGNORECASE)
"""Names in an address's query whose values are keys."""


def _address(url: str) -> str:
    parts = urlsplit(url)
    if any(SECRET_PARAMETERS.search(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        raise ValueError("must hold no key: name its environment variable in key_env, or use `coderoute-ls keys set`")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or parts.password is not None:
        raise ValueError("must be an http or https address without user name and password")
    return url


def _team_address(url: str) -> str:
    from coderoute_ls.text.loopback import is_loopback

    parts = urlsplit(_address(url))
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("must be an https address: http is for a gateway on this machine")
    if parts.query or parts.fragment:
        raise ValueError("must be an address without ? and #")
    return url


def _variable_name(name: str) -> str:
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]{0,79}", name):
        raise ValueError("must be the name of an environment variable in capitals, never the key itself")
    return name


def _not_endless(items: object) -> object:
    if isinstance(items, Sized) and len(items) > 200:
        raise ValueError("must have at most 200 entries")
    return items


def _glob(glob: str) -> str:
    if not 0 < len(glob) <= 200 or len(re.findall(r"\*+", glob)) > 3 or "[" in glob:
        raise ValueError("must be a glob of at most 200 characters, with at most three * and with ?")
    return glob


def _ignore_glob(glob: str) -> str:
    """Patterns become regular expressions: each star beyond a few multiplies the time that a path may take."""
    if not 0 < len(glob) <= 200 or len(re.findall(r"\*+", glob)) > 4 or not glob.strip("!/ ") or "\0" in glob:
        raise ValueError("must be a pattern of at most 200 characters, with at most four *")
    return glob


def _not_empty(name: str) -> str:
    if not name:
        raise ValueError("must not be empty")
    return name


_SECRET_HEADERS = re.compile(r"authorization|api-?key|token|secret|cookie", re.IGNORECASE)


def _no_keys(headers: dict[str, str]) -> dict[str, str]:
    if any(_SECRET_HEADERS.search(name) for name in headers):
        raise ValueError("must not hold a key: name its environment variable in key_env, or use `coderoute-ls keys set`")
    return headers


Name = Annotated[str, Checked(_not_empty)]
Glob = Annotated[str, Checked(_glob)]
Globs = Annotated[tuple[Glob, ...], Checked(_not_endless, raw=True)]
"""Few stars each, so that two lists can be intersected exactly and quickly."""
IgnoreGlobs = Annotated[tuple[Annotated[str, Checked(_ignore_glob)], ...], Checked(_not_endless, raw=True)]
Texts = Annotated[tuple[str, ...], Checked(_not_endless, raw=True)]
Argv = Annotated[tuple[str, ...], Checked(_argv, raw=True)]
Url = Annotated[str, Checked(_address)]
TeamUrl = Annotated[str, Checked(_team_address)]
VariableName = Annotated[str, Checked(_variable_name)]
Headers = Annotated[dict[str, str], Checked(_no_keys)]
