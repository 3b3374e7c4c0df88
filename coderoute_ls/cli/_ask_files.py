"""The files that ``ask`` takes: tools, a schema, pictures. A file that is none of these is a usage error that names it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
import orjson

if TYPE_CHECKING:
    from coderoute_ls.domain.conversation import ImagePart, OutputFormat, Tool

MOST_BYTES = 20 << 20
"""Of one file: more than any vendor takes."""
_KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


def tools(files: Iterable[Path]) -> "tuple[Tool, ...]":
    """The tools in these files: one each, or a list; as OpenAI, Anthropic or the Model Context Protocol write them."""
    from coderoute_ls.domain.conversation import Tool

    found: list[Tool] = []
    for file in files:
        parsed = _json(file, "--tool")
        for row in cast("list[object]", parsed) if isinstance(parsed, list) else [parsed]:
            said = _object(row)
            said = _object(said["function"]) if isinstance(said.get("function"), dict) else said
            name = said.get("name")
            if not isinstance(name, str) or not name:
                raise click.BadParameter(f"{file}: a tool is a JSON object with a name", param_hint="--tool")
            schema = next((said[key] for key in ("parameters", "input_schema", "inputSchema", "schema") if key in said), None)
            strict = said.get("strict")
            description = said.get("description")
            found.append(
                Tool(
                    name,
                    description if isinstance(description, str) else "",
                    _object(schema),
                    strict if isinstance(strict, bool) else None,
                )
            )
    if len({tool.name for tool in found}) < len(found):
        raise click.BadParameter("two tools have the same name", param_hint="--tool")
    return tuple(found)


def schema(file: Path) -> "OutputFormat":
    """The form of the answer: a JSON Schema."""
    from coderoute_ls.domain.conversation import OutputFormat

    parsed = _object(_json(file, "--schema"))
    if not parsed:
        raise click.BadParameter(f"{file}: a JSON Schema is a JSON object that says something", param_hint="--schema")
    return OutputFormat("schema", parsed)


def picture(file: Path) -> "ImagePart":
    """A picture; its kind is told by its first bytes, not by its name."""
    from coderoute_ls.domain.conversation import ImagePart

    data = _read(file, "--image")
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "image/webp"
    if not kind:
        raise click.BadParameter(f"{file}: no PNG, JPEG, GIF or WebP picture", param_hint="--image")
    return ImagePart(data, kind)


def _json(file: Path, option: str) -> object:
    try:
        return cast("object", orjson.loads(_read(file, option)))
    except orjson.JSONDecodeError as error:
        raise click.BadParameter(f"{file}: no JSON: {error}", param_hint=option) from None


def _read(file: Path, option: str) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror or error}", param_hint=option) from None
    if len(data) > MOST_BYTES:
        raise click.BadParameter(f"{file}: larger than {MOST_BYTES >> 20} MiB", param_hint=option)
    return data


def _object(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}
