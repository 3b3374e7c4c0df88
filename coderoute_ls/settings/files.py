"""The settings' files: reading one, its schema, a first one, and the one line that ``coderoute.setQuality`` writes."""

import json
import re
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import cast

from coderoute_ls.settings.declared import Declared, declarations
from coderoute_ls.settings.model import Quality
from coderoute_ls.settings.parse import Issue, Layer, Origin, parse
from coderoute_ls.storage import read_bytes

WORKSPACE_FILE = "coderoute.toml"
USER_FILE = "config.toml"
_LARGEST = 256 * 1024

Json = dict[str, object]


def load(path: Path, action_ids: Collection[str], origin: Origin) -> tuple[Layer, tuple[Issue, ...]]:
    """The layer of a file; empty where there is none. A file that is not TOML is ignored as a whole, and said so."""
    try:
        if path.stat().st_size > _LARGEST:
            return _unusable(origin, path, "is larger than 256 KiB")
        raw = tomllib.loads(read_bytes(path).decode("utf-8-sig"))  # editors on Windows may begin it with a byte-order mark
    except (FileNotFoundError, NotADirectoryError):
        return Layer(origin, {}), ()
    except OSError as error:
        return _unusable(origin, path, f"cannot be read ({error.strerror})")
    except UnicodeDecodeError:
        return _unusable(origin, path, "is not UTF-8 text")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return _unusable(origin, path, f"is not valid TOML ({error})")
    return parse(raw, action_ids, origin)


def _unusable(origin: Origin, path: Path, why: str) -> tuple[Layer, tuple[Issue, ...]]:
    return Layer(origin, {}), (Issue(origin, "", f"{path} {why}; all of it is ignored"),)


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
}


def first_file(*, workspace: bool) -> str:
    """A file to start from: every setting that may stand there, commented out, with its meaning and default."""
    what = "Settings of coderoute-ls for this workspace: commit it." if workspace else "Your own settings of coderoute-ls."
    lines = [f"# {what} Take away a # to set a value."]
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
    from coderoute_ls.settings.reading import json_schema

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
