"""What all dialects share when a conversation is written: losses, the vendor's names for tools and calls, tokens, media."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Literal

import orjson

from coderoute_ls.domain import Message
from coderoute_ls.domain.conversation import (
    Content,
    DocumentPart,
    ImagePart,
    Loss,
    LossCode,
    OpaquePart,
    OpaqueTool,
    ReasoningPart,
    ReasoningToken,
    TextPart,
    Tool,
    ToolCall,
    ToolResult,
    family_of,
    rejects,
)
from coderoute_ls.errors import RequestRejected
from coderoute_ls.providers.dialect import DialectCall, DialectRequest
from coderoute_ls.providers.json_access import Json, is_object
from coderoute_ls.providers.requests.json_schema_conversion import fitted
from coderoute_ls.providers.requests.vendor_differences import Accent, accent
from coderoute_ls.providers.requests.vendor_schema_keywords import Subset

FREE_TEXT: Mapping[str, object] = {"type": "object", "properties": {"input": {"type": "string"}}, "required": ["input"]}
"""Arguments of a function that stands for a tool of free text."""
Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a wire format takes of names and ids."""

    name: str = r"[a-zA-Z0-9_-]{1,64}"
    """What a tool's name looks like."""
    id: str = r".{1,64}"
    """What a call's id looks like."""
    token_kinds: frozenset[str] = frozenset()


class Writer:
    """One request while it is written. ``losses`` grow as something does not fit."""

    def __init__(self, ask: DialectRequest, format_: str, limits: Limits) -> None:
        self.ask = ask
        self.prompt = ask.prompt
        self.format = format_
        self.limits = limits
        self.accent: Accent = accent(ask.vendor.id, local=ask.vendor.local)
        self.family = family_of(ask.offer.model or ask.offer.wire_id)
        self.losses: list[Loss] = []
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()
        """The vendor's names that are in use."""
        self._ids: dict[str, str] = {}
        self._used: set[str] = set()
        self._emulated: set[str] = set()
        self._name_shape, self._id_shape = re.compile(limits.name), re.compile(limits.id)
        self.called: dict[str, str] = {}
        """Our id of a call to the name of its tool."""

    def lose(self, severity: Severity, code: LossCode, path: str, message: str, *, source: str = "", target: str = "") -> None:
        """Note what is not carried as it was asked."""
        origin = self.prompt.origin.format if self.prompt.origin is not None else "prompt"
        self.losses.append(Loss(severity, code, path, source or origin, target or self.format, message))

    def done(self, call: DialectCall) -> DialectCall:
        """The finished request with what it lost. Raises RequestRejected where the prompt's policy does not let that pass."""
        losses = tuple(self.losses)
        origin = self.prompt.origin
        if self.prompt.loss == "preserve" and origin is not None and origin.format == self.ask.offer.dialect:
            return replace(call, losses=losses)
        if (loss := rejects(self.prompt.loss, losses)) is not None:
            raise RequestRejected(
                f"{self.ask.vendor.name} cannot be asked without loss: {loss.message or loss.code} ({loss.path}).",
                provider=self.ask.vendor.id,
            )
        back = {wire: ours for ours, wire in self._names.items() if wire != ours}
        return replace(call, losses=losses, tool_names=back, free_text=frozenset(self._emulated))

    def emulate(self, tool: Tool, path: str) -> None:
        """A tool of free text that is a function of one text there; its answer is given back as the text."""
        self._emulated.add(self.tool_name(tool.name))
        words = "A tool of free text is a function of one text."
        self.lose("warning" if tool.grammar else "info", "emulated", path, words)

    def tool_name(self, name: str, path: str = "") -> str:
        """The vendor's name for this tool; told once where it is another one."""
        if (known := self._names.get(name)) is not None:
            return known
        wire = name
        if wire in self._taken or self._name_shape.fullmatch(name) is None:
            wire = f"{re.sub(r'[^a-zA-Z0-9_-]', '_', name)[:48].lstrip('-0123456789') or 'tool'}_{_digest(name)[:8]}"
            words = f"The tool is called {wire} there."
            self.lose("info", "renamed", path or f"tools[{name}].name", words, source=name, target=wire)
        self._names[name] = wire
        self._taken.add(wire)
        return wire

    def opened(self, call: ToolCall, path: str) -> str:
        """The vendor's id for a call that is written now. A second call with the same id gets another one."""
        self.called[call.id] = call.name
        wire = call.id
        if self.accent.short_ids and not re.fullmatch(r"[a-zA-Z0-9]{9}", wire):
            wire = _digest(call.id)[:9]
        elif self._id_shape.fullmatch(wire) is None:
            wire = f"call_{_digest(call.id)[:24]}"
        turn = 0
        while wire in self._used:
            turn += 1
            wire = _digest(f"{call.id} {turn}")[: 9 if self.accent.short_ids else 24]
        if wire != call.id:
            self.lose("info", "id_changed", f"{path}.id", "The call has another id there.", source=call.id, target=wire)
        self._used.add(wire)
        self._ids[call.id] = wire
        return wire

    def answered(self, result: ToolResult) -> str:
        """The vendor's id for the call that this result is of."""
        return self._ids.get(result.call_id, result.call_id)

    def token(self, token: ReasoningToken | None, path: str) -> ReasoningToken | None:
        """The token where it may go back: to the vendor and family that gave it, and in a form that this dialect has."""
        if token is None:
            return None
        if (token.vendor, token.family) == (self.ask.vendor.id, self.family) and token.kind in self.limits.token_kinds:
            return token
        here = f"{self.ask.vendor.id}/{self.family}"
        words = "A token of another vendor or model family is not sent."
        self.lose("warning", "token_dropped", f"{path}.token", words, source=f"{token.vendor}/{token.family}", target=here)
        return None

    def messages(self) -> Iterator[tuple[str, Message, list[tuple[str, Content]]]]:
        """Each message with its path, and its parts with theirs."""
        for index, message in enumerate(self.prompt.messages):
            path = f"messages[{index}]"
            if message.name and not self.named(message):
                self.lose("warning", "dropped", f"{path}.name", "It is not told who of several speaks.")
            yield path, message, [(f"{path}.parts[{place}]", part) for place, part in enumerate(message.content)]

    def named(self, message: Message) -> Json:
        """How the speaker's name is written; empty where this dialect has no word for it."""
        del message
        return {}

    def system(self) -> list[tuple[str, Content]]:
        """The parts that are before all messages, with their paths."""
        if self.prompt.system:
            return [("system", TextPart(self.prompt.system))]
        return [(f"system_parts[{place}]", part) for place, part in enumerate(self.prompt.system_parts)]

    def own(self, part: OpaquePart | OpaqueTool, path: str) -> Json | None:
        """An unknown part or tool where it is of this very format; else it is told, and left out."""
        if part.format == self.format and is_object(parsed := orjson.loads(part.json)):
            return parsed
        self.lose("warning", "unknown_field", path, f"Only {part.format} knows this.", source=part.format)
        return None

    def unfit(self, part: Content, path: str) -> None:
        """A part that this dialect cannot carry at this place."""
        kind = type(part).__name__.removesuffix("Part").lower()
        if isinstance(part, ReasoningPart):
            self.lose("info", "dropped", path, "Readable reasoning is not sent back.")
        else:
            severity: Severity = "error" if isinstance(part, ImagePart | DocumentPart) else "warning"
            self.lose(severity, "dropped", path, f"It takes no {kind} here.")

    def schema(self, schema: Mapping[str, object], subset: Subset, path: str) -> Json:
        """The schema as this vendor takes it: the same or a wider one."""
        if subset.takes_all:
            return dict(schema)
        done = fitted(schema, subset)
        for where, what in done.widened:
            self.lose("warning", "schema_widened", f"{path}{where}", f"{subset.name} does not hold an answer to {what}.")
        if done.rewritten and not done.widened:
            self.lose("info", "schema_rewritten", path, "The schema is written in another way, with the same meaning.")
        return done.schema

    def schemas(self) -> Iterator[tuple[str, Tool]]:
        """The tools that we know, with their paths."""
        for tool in self.prompt.tools:
            if isinstance(tool, Tool):
                yield f"tools[{tool.name}]", tool

    def extras(self, body: Json) -> None:
        """Put fields that we do not know where they stood, if they are of this format."""
        for extra in self.prompt.extras:
            if extra.format != self.format:
                severity: Severity = "info" if extra.hint else "warning"
                self.lose(severity, "unknown_field", extra.path, f"Only {extra.format} knows this.", source=extra.format)
                continue
            *way, last = extra.path.split(".")
            here = body
            for step in way:
                inner = here.setdefault(step, {})
                if not is_object(inner):
                    break
                here = inner
            else:
                here.setdefault(last, extra.value)

    def tool_extras(self, tool: Tool, said: Json, *, taken: bool = True) -> None:
        """Put the fields of a tool that we do not know into what is said of it, where this vendor knows them."""
        for extra in tool.extras:
            if extra.format == self.format and taken:
                said.setdefault(extra.path, extra.value)
            else:
                path = f"tools[{tool.name}].{extra.path}"
                self.lose("info", "unknown_field", path, f"Only {extra.format} knows this.", source=extra.format)

    def sampling(self, body: Json, names: Mapping[str, str], taken: frozenset[str] | None = None) -> None:
        """Write how tokens are drawn under the dialect's names; what it does not take is told."""
        sampling = self.prompt.sampling
        for field in ("top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty", "repetition_penalty"):
            value = None if sampling is None else getattr(sampling, field)
            if value is None:
                continue
            if field in names and (taken is None or field in taken):
                body[names[field]] = value
            else:
                self.lose("warning", "dropped", f"sampling.{field}", "It is not taken there.")

    def unused(self, *, seed: bool = False, user: bool = False, choices: bool = False, parallel: bool = False) -> None:
        """Tell which wishes this dialect has no word for; True: it has one."""
        prompt = self.prompt
        if prompt.seed is not None and not seed:
            self.lose("warning", "dropped", "seed", "It takes no seed.")
        if prompt.user and not user:
            self.lose("info", "dropped", "user", "It takes no id of a user.")
        if prompt.choices > 1 and not choices:
            self.lose("error", "dropped", "choices", "It gives one answer only.")
        asked = self.ask.offer.effort or prompt.effort
        if prompt.effort is not None and (asked != prompt.effort or self.ask.offer.capabilities.get("reasoning") is False):
            words = "It is asked with the effort that it was chosen for, or has none."
            self.lose("info", "clamped", "effort", words, source=prompt.effort, target=self.ask.offer.effort or "")
        if prompt.parallel is not None and not parallel and prompt.tools:
            severity: Severity = "info" if prompt.parallel else "warning"
            self.lose(severity, "dropped", "parallel", "It cannot be told whether to call several tools at once.")


def data_url(part: ImagePart | DocumentPart) -> str:
    """The address of a picture or document, its bytes inside where it has any."""
    return part.url or f"data:{part.media_type};base64,{b64(part.data)}"


def b64(data: bytes) -> str:
    """Base64 of bytes."""
    return b64encode(data).decode()


def inline(part: DocumentPart) -> str | None:
    """The words of a document of plain text; None for any other."""
    if not part.data or not part.media_type.startswith("text/"):
        return None
    text = part.data.decode("utf-8", "replace")
    return f'<document name="{part.name}">\n{text}\n</document>' if part.name else text


def object_of(arguments: str) -> Json | None:
    """A call's arguments as an object; {} for none, None for JSON that is no object, or no JSON."""
    if not arguments.strip():
        return {}
    try:
        parsed: object = orjson.loads(arguments)
    except orjson.JSONDecodeError:
        return None
    return parsed if is_object(parsed) else None


def wrapped(writer: Writer, call: ToolCall, path: str) -> Json:
    """The arguments for a vendor that takes nothing but an object."""
    found = None if call.custom else object_of(call.arguments)
    if found is not None:
        return found
    if not call.custom:
        writer.lose("warning", "rewritten", f"{path}.arguments", "Arguments that are no object stand in one, as input.")
    return {"input": call.arguments}


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def json_text(value: object) -> str:
    """The JSON text of a parsed value, its keys in their order."""
    return orjson.dumps(value).decode()
