"""The request of ``/v1/chat/completions`` in the house's vocabulary. Pure."""

from collections.abc import Iterator

import orjson

from coderoute_ls.domain import Prompt
from coderoute_ls.domain.conversation import (
    Extra,
    OpaqueTool,
    OutputFormat,
    Sampling,
    Tool,
    ToolChoice,
    WireRequest,
)
from coderoute_ls.gateway import request_fields as fields
from coderoute_ls.gateway.caller_error import invalid
from coderoute_ls.gateway.faces.allowed_tools import chosen_tools
from coderoute_ls.gateway.faces.chat_messages import FORMAT, ChatMessages
from coderoute_ls.gateway.faces.face import MOST_MESSAGES, MOST_TOOLS, FaceRequest
from coderoute_ls.gateway.faces.known_tools import known_tools
from coderoute_ls.providers.json_access import Json, as_list, as_object, as_text

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
DEFAULT_MAX_TOKENS = 8_192
_CHOICES = {"auto": ToolChoice("auto"), "none": ToolChoice("none"), "required": ToolChoice("required")}
_KNOWN = frozenset(
    (
        "model",
        "messages",
        "stream",
        "stream_options",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "response_format",
        "temperature",
        "top_p",
        "top_k",
        "min_p",
        "presence_penalty",
        "frequency_penalty",
        "repetition_penalty",
        "stop",
        "seed",
        "n",
        "user",
        "max_tokens",
        "max_completion_tokens",
        "reasoning_effort",
        "reasoning",
        "include_reasoning",
        "thinking",
        "enable_thinking",
        "plugins",
        "session_id",
        "prompt_cache_key",
        "min_coding_score",
        "usage",
        "logprobs",
        "top_logprobs",
        "functions",
        "function_call",
        "models",
        "provider",
    )
)


def read(said: Json, body: bytes) -> tuple[FaceRequest, list[Json]]:
    """The request and its plugins. Raises `CallerError`."""
    _refuse_unobeyed(said)
    messages = fields.objects(said, "messages", MOST_MESSAGES)
    if not messages:
        raise invalid("`messages` must hold at least one message.", "messages")
    system, turns = ChatMessages().read(messages)
    tools, choice = chosen_tools(
        known_tools(fields.objects(said, "tools", MOST_TOOLS), _tools), said.get("tool_choice"), _tool_choice
    )
    prompt = Prompt(
        system_parts=system,
        messages=turns,
        tools=tools,
        tool_choice=choice,
        parallel=fields.optional_flag(said, "parallel_tool_calls"),
        output=_output(fields.object_at(said, "response_format")),
        temperature=fields.number(said, "temperature", 0, 2),
        sampling=_sampling(said),
        stop=tuple(filter(None, fields.texts(said, "stop", 64))),
        seed=fields.count(said, "seed", -(1 << 63), (1 << 63) - 1),
        effort=_effort(said),
        max_tokens=fields.count(said, "max_completion_tokens") or fields.count(said, "max_tokens") or DEFAULT_MAX_TOKENS,
        choices=fields.count(said, "n", 1, 16) or 1,
        session=fields.text(said, "session_id") or fields.text(said, "prompt_cache_key"),
        user=fields.text(said, "user"),
        extras=_extras(said),
        origin=WireRequest(FORMAT, body),
    )
    counted = fields.flag(fields.object_at(said, "stream_options"), "include_usage") or "usage" in said
    options = {"include_usage": counted, "exclude_reasoning": _excluded(said)}
    request = FaceRequest(
        prompt, fields.text(said, "model"), fields.flag(said, "stream"), said.get("min_coding_score"), options=options
    )
    return request, fields.objects(said, "plugins", 20)


def _extras(said: Json) -> tuple[Extra, ...]:
    """The fields that we do not know. Of a template's own, those are none that say whether to think."""
    template = fields.object_at(said, "chat_template_kwargs")
    left = {name: value for name, value in template.items() if name not in ("enable_thinking", "thinking")}
    return fields.unknown({**said, "chat_template_kwargs": left or None}, _KNOWN, FORMAT)


def _refuse_unobeyed(said: Json) -> None:
    """A wish about which offer to ask that would not be obeyed is refused. Ignored, it could cost money or send code astray."""
    if as_list(said.get("models")):
        raise invalid("`models` cannot be obeyed: the gateway falls back by its own rules. Name one `model`.", "models")
    provider = as_object(said.get("provider"))
    unobeyed = [name for name, value in provider.items() if value not in (None, [], {}) and (name, value) not in _HARMLESS]
    if unobeyed:
        message = f"`provider.{unobeyed[0]}` cannot be obeyed: use models.allow, models.deny and privacy in config.toml."
        raise invalid(message, f"provider.{unobeyed[0]}")
    for unobeyed in ("logprobs", "top_logprobs"):
        if said.get(unobeyed):
            raise invalid(f"`{unobeyed}` cannot be obeyed: the gateway's answers hold none.", unobeyed)
    for old in ("functions", "function_call"):
        if said.get(old):
            raise invalid(f"`{old}` is the old form: use `tools` and `tool_choice`.", old)


_HARMLESS = (("allow_fallbacks", True), ("data_collection", "allow"), ("zdr", False), ("require_parameters", False))


def _excluded(said: Json) -> bool:
    """Whether the caller wants no thoughts told."""
    return fields.flag(fields.object_at(said, "reasoning"), "exclude") or not fields.flag(said, "include_reasoning", default=True)


def _effort(said: Json) -> str | None:
    reasoning = fields.object_at(said, "reasoning")
    if reasoning.get("enabled") is False:
        return "none"
    if named := fields.one_of(said, "reasoning_effort", EFFORTS) or fields.one_of(reasoning, "effort", EFFORTS, "reasoning."):
        return named
    if (budget := fields.count(reasoning, "max_tokens")) is not None:
        return fields.effort_of(budget)
    if reasoning.get("enabled") is True:
        return "medium"
    return _thinking(said)


def _thinking(said: Json) -> str | None:
    """The effort in the words of vendors that have none: DeepSeek, Z.ai and LiteLLM's callers say ``thinking``, Qwen's
    ``enable_thinking``, those of vLLM and SGLang say that inside of ``chat_template_kwargs``."""
    thinking = fields.object_at(said, "thinking")
    match fields.one_of(thinking, "type", ("enabled", "disabled", "adaptive", "auto"), "thinking."):
        case "disabled":
            return "none"
        case "enabled":
            budget = fields.count(thinking, "budget_tokens")
            return "medium" if budget is None else fields.effort_of(budget)
        case _:
            pass
    template = fields.object_at(said, "chat_template_kwargs")
    wanted = fields.optional_flag(said, "enable_thinking")
    for name in ("enable_thinking", "thinking"):
        if wanted is None and isinstance(template.get(name), bool):
            wanted = bool(template[name])
    return None if wanted is None else "medium" if wanted else "none"


def _sampling(said: Json) -> Sampling | None:
    drawn = Sampling(
        top_p=fields.number(said, "top_p", 0, 1),
        top_k=fields.count(said, "top_k", 0, 100_000),
        min_p=fields.number(said, "min_p", 0, 1),
        presence_penalty=fields.number(said, "presence_penalty", -2, 2),
        frequency_penalty=fields.number(said, "frequency_penalty", -2, 2),
        repetition_penalty=fields.number(said, "repetition_penalty", 0, 2),
    )
    return None if drawn == Sampling() else drawn


def _output(form: Json) -> OutputFormat | None:
    match fields.one_of(form, "type", ("text", "json_object", "json_schema"), "response_format."):
        case "json_object":
            schema = fields.object_at(form, "schema", "response_format.")  # as llama.cpp, Together and Fireworks take one
            return OutputFormat("schema", schema) if schema else OutputFormat("json")
        case "json_schema":
            named = fields.object_at(form, "json_schema", "response_format.")
            schema = fields.object_at(named, "schema", "response_format.json_schema.")
            if not schema:
                raise invalid("`response_format.json_schema.schema` must be a schema.", "response_format.json_schema.schema")
            name, doc = fields.text(named, "name") or "answer", fields.text(named, "description")
            return OutputFormat("schema", schema, name, doc, fields.optional_flag(named, "strict"))
        case _:
            return None


def _tools(tools: list[Json]) -> Iterator[Tool | OpaqueTool]:
    return (_tool(tool, f"tools[{index}].") for index, tool in enumerate(tools))


def _tool(tool: Json, at: str) -> Tool | OpaqueTool:
    kind = tool.get("type", "function")
    if kind not in ("function", "custom"):
        return OpaqueTool(FORMAT, orjson.dumps(tool).decode())
    at = f"{at}{kind}."
    function = fields.object_at(tool, str(kind))
    name = fields.text(function, "name", at)
    if not name:
        raise invalid(f"`{at}name` is missing.", f"{at}name")
    if kind == "custom":
        form = fields.object_at(function, "format", at)  # a grammar has a box of its own here
        flat = {name: value for name, value in form.items() if name != "grammar"} | fields.object_at(form, "grammar", at)
        return Tool(name, fields.text(function, "description"), custom=True, grammar=flat or None)
    schema = fields.object_at(function, "parameters", at)
    mark = as_object(tool.get("cache_control") or function.get("cache_control"))
    return Tool(
        name,
        fields.text(function, "description"),
        schema,
        fields.optional_flag(function, "strict"),
        cached=fields.cache_ttl(mark) if mark else None,
        extras=fields.unknown(function, ("name", "description", "parameters", "strict", "cache_control"), FORMAT),
    )


def _tool_choice(choice: object) -> ToolChoice | None:
    if choice is None:
        return None
    if isinstance(choice, str) and choice in _CHOICES:
        return _CHOICES[choice]
    chosen = as_object(choice)
    name = as_text(as_object(chosen.get("function") or chosen.get("custom")).get("name"))
    if not name:
        raise invalid("`tool_choice` must be auto, none, required, or one function or custom tool.", "tool_choice")
    return ToolChoice("tool", name)
