"""The settings' files: reading one, its schema, a first one, and the one line that ``coderoute.setQuality`` writes."""

import json
import logging
import os
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import cast

from coderoute_ls.settings.all_settings import Quality
from coderoute_ls.settings.effective_settings import Effective, effective
from coderoute_ls.settings.layer import Issue, Layer, Origin
from coderoute_ls.settings.layer_validation import LONGEST_KEY, parse, unreadable
from coderoute_ls.settings.settings_reference import Declared, declarations
from coderoute_ls.settings.settings_tree import dotted
from coderoute_ls.storage import read_regular
from coderoute_ls.untrusted_files import parsed_toml

log = logging.getLogger(__name__)

WORKSPACE_FILE = "coderoute.toml"
USER_FILE = "config.toml"
MOST_BYTES = 128 * 1024
"""A larger one is no settings file."""

Json = dict[str, object]


def load(path: Path, action_ids: Collection[str], origin: Origin) -> tuple[Layer, tuple[Issue, ...]]:
    """The layer of a file; empty where there is none. Of a file that is not TOML nothing is believed, and said so. Blocks."""
    try:
        if origin == "workspace" and path.name != WORKSPACE_FILE:
            return unreadable(origin, f"{path} is not read: name it {WORKSPACE_FILE}")
        if origin == "workspace" and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(path.parent)):
            return unreadable(origin, f"{path} is a link that leads elsewhere: put a file there")
        content = read_regular(path, MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return Layer(origin, {}), ()
    except OSError as error:
        return unreadable(origin, f"{path} cannot be read ({error.strerror or error}): correct that")
    try:
        text = content.decode("utf-8-sig")  # editors on Windows may begin it with a byte-order mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return unreadable(origin, f"{path} is not UTF-8 text (line {line}): save it as UTF-8")
    try:
        raw = parsed_toml(text)
    except ValueError as error:
        return unreadable(origin, f"{path} is not valid TOML ({error}): correct that line")
    layer, issues = parse(raw, action_ids, origin)
    return layer, tuple(replace(issue, message=_placed(issue, text)) for issue in issues)


_KEY_PART = re.compile(r"\s*(?:\"(?P<basic>(?:[^\"\\]|\\.)*)\"|'(?P<literal>[^']*)'|(?P<bare>[\w-]+))\s*(?P<dot>\.?)")


def _placed(issue: Issue, text: str) -> str:
    """The message with the line that says it: of its key, else of the first table below it, else of what it is a part of."""
    best = ""
    here: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1) if issue.key else ():
        if (head := re.match(r"\s*\[\[?(?!\[)", line)) is not None:
            said = here = _key_at(line, head.end())
        elif "=" in line and (given := _key_at(line, 0)):
            said = (*here, *given)
        else:
            continue
        told = dotted(said)
        if f"{told}.".startswith(f"{issue.key}."):
            return f"{issue.message} (line {number})"
        if told and issue.key.startswith(f"{told}."):
            best = f" (line {number})"
    return issue.message + best


def _key_at(line: str, at: int) -> tuple[str, ...]:
    """The parts of the key that begins there, each as far as an issue names it."""
    parts: list[str] = []
    while (found := _KEY_PART.match(line, at)) is not None:
        part = found["bare"] or found["literal"] or ""
        if found["basic"]:
            with suppress(ValueError):  # an escape that JSON lacks: then no issue has this name
                part = str(json.loads(f'"{found["basic"]}"'))
        parts.append(part[:LONGEST_KEY])
        at = found.end()
        if not found["dot"]:
            break
    return tuple(parts)


def with_quality(text: str, quality: Quality) -> str:
    """The file's text with this preset; every other line stays as it is."""
    lines = text.splitlines(keepends=True)
    tables = next((index for index, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    found = next((index for index in range(tables) if re.match(r"\s*quality\s*=", lines[index])), None)
    new = f'quality = "{quality}"' + ("\r\n" if "\r\n" in text else "\n")
    return "".join([new, *lines] if found is None else [*lines[:found], new, *lines[found + 1 :]])


_EXAMPLES = {
    "actions.<id>": "actions.refactor",
    "providers.<id>": "providers.my-server",
    "models.scores.<id>": 'models.scores."openai/gpt-5"',
    "gateway.models.<id>": 'gateway.models."claude-haiku-*"',
}


def first_file(*, workspace: bool) -> str:
    """A file to start from: every setting that may be there, commented out, with its meaning and default."""
    what = "Settings of coderoute-ls for this workspace: commit it." if workspace else "Your own settings of coderoute-ls."
    lines = [f"# {what} Remove a # to set a value."]
    table = ""
    for declared in _ordered(workspace):
        section, _, key = declared.name.rpartition(".")
        if section != table:
            lines += ["", f"# [{_EXAMPLES.get(section, section)}]"]
            table = section
        lines.append(f"# {declared.doc} Must be {declared.demand}.")
        lines.append(f"# {key} = {'' if declared.default is None else json.dumps(declared.default)}".rstrip())
    return "\n".join(lines) + "\n"


def _ordered(workspace: bool) -> list[Declared]:
    """Plain keys before tables: in TOML a key below a table's head belongs to the table."""
    kept = [declared for declared in declarations() if declared.safe or not workspace]
    return sorted(kept, key=lambda declared: "." in declared.name)


def schema(*, workspace: bool) -> Json:
    """JSON Schema (draft 2020-12) of the user's file, or of a workspace's."""
    from coderoute_ls.settings.pydantic_models import json_schema

    whole = json_schema()
    dialect = "https://json-schema.org/draft/2020-12/schema"
    title = f"coderoute-ls {WORKSPACE_FILE if workspace else USER_FILE}"
    return {"$schema": dialect, **(_safe_part(whole) if workspace else whole), "title": title}


def _safe_part(node: Json) -> Json:
    """The schema without the properties that carry the mark of `user_only`."""
    kept: Json = {}
    for key, part in node.items():
        if isinstance(part, dict):
            table = cast("Json", part)
            if "secret" not in table:
                kept[key] = _safe_part(table)
        else:
            kept[key] = part
    return kept


def user_settings(config: Path, action_ids: Iterable[str]) -> Effective:
    """What the user's own file in this folder says, joined with the defaults. For who has no editor, or not yet. Blocks."""
    layer, issues = load(config / USER_FILE, tuple(action_ids), "user")
    for issue in issues:
        log.warning("%s", issue)
    return effective(layer)
