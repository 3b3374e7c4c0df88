"""``tool_choice`` of type ``allowed_tools``: all tools are told, and some may be called. Pure."""

from collections.abc import Callable

import orjson

from coderoute_ls.domain.conversation import OpaqueTool, Tool, ToolChoice
from coderoute_ls.gateway import request_fields as fields
from coderoute_ls.gateway.caller_error import invalid
from coderoute_ls.gateway.faces.face import MOST_TOOLS
from coderoute_ls.providers.json_access import Json, as_object, as_text, is_object

ALLOWED = "allowed_tools"
Tools = tuple[Tool | OpaqueTool, ...]


def chosen_tools(
    tools: Tools,
    choice: object,
    other: Callable[[object], ToolChoice | None],
    name_of: Callable[[Json], str] = lambda entry: as_text(as_object(entry.get(as_text(entry.get("type")))).get("name")),
) -> tuple[Tools, ToolChoice | None]:
    """The tools that may be called, and how: few formats have a word for tools that may not, so these are left out. ``other``
    reads every other choice; ``name_of`` the name in an entry of the list. Raises `CallerError`.
    """
    if not is_object(choice) or choice.get("type") != ALLOWED:
        return tools, other(choice)
    at = f"tool_choice.{ALLOWED}." if is_object(choice.get(ALLOWED)) else "tool_choice."
    said = as_object(choice.get(ALLOWED)) or choice
    mode = fields.one_of(said, "mode", ("auto", "required"), at)
    listed = fields.objects(said, "tools", MOST_TOOLS, at)
    if not listed:
        raise invalid(f"`{at}tools` must name at least one tool.", f"{at}tools")
    allowed: set[int] = set()
    for index, entry in enumerate(listed):
        found = {place for place, tool in enumerate(tools) if _meant(entry, name_of(entry), tool)}
        if not found:
            raise invalid(f"`{at}tools[{index}]` is none of the tools.", f"{at}tools[{index}]")
        allowed |= found
    left = tuple(tool for place, tool in enumerate(tools) if place in allowed)
    return left, ToolChoice("required" if mode == "required" else "auto")


def _meant(entry: Json, name: str, tool: Tool | OpaqueTool) -> bool:
    """Whether an entry means this tool: by its name, or, where a vendor's own has none, by all that the entry says."""
    if isinstance(tool, Tool):
        return bool(name) and tool.name == name
    own = as_object(orjson.loads(tool.json))
    return not name and all(own.get(key) == value for key, value in entry.items())
