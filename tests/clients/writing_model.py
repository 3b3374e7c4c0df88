"""A model that does one task: it writes a file with the tool that its caller offers, and says that it is done."""

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from coderoute_ls.domain import Delta, Finish, Offer, Prompt, StreamEvent, Usage
from coderoute_ls.domain.conversation import Tool, ToolCall, ToolCallEnd, ToolCallPiece, ToolCallStart, ToolResult

CONTENT = "written through a tool\n"
NAME = "made.txt"

Arguments = Callable[[Path], str]


def _json(**fields: object) -> str:
    return orjson.dumps(fields).decode()


TOOLS: Mapping[str, Arguments] = {
    "Write": lambda path: _json(file_path=str(path), content=CONTENT),
    "write": lambda path: _json(filePath=str(path), content=CONTENT),
    "apply_patch": lambda path: f"*** Begin Patch\n*** Add File: {path.name}\n+{CONTENT}*** End Patch",
    "exec_command": lambda path: _json(cmd=f"printf %s '{CONTENT}' > '{path}'"),
    "shell_command": lambda path: _json(command=f"printf %s '{CONTENT}' > '{path}'"),
    "write_file": lambda path: _json(path=str(path), content=CONTENT),
}
"""How each caller's tool is told to write the file, the best one first."""
FREE_FORM = frozenset({"apply_patch"})
"""Tools that take text instead of JSON, where the model's format has such tools; elsewhere the text is in a field ``input``."""


@dataclass
class WritingModel:
    """Plays an upstream."""

    path: Path
    words: str = "All done."
    """What it says at the end, and where it has no tools."""
    results: list[ToolResult] = field(default_factory=list[ToolResult])
    offered: set[str] = field(default_factory=set[str])
    """Names of all tools that were offered."""

    async def stream(self, offer: Offer, prompt: Prompt) -> AsyncGenerator[StreamEvent, None]:
        del offer
        tools = {tool.name: tool for tool in prompt.tools if isinstance(tool, Tool)}
        self.offered |= tools.keys()
        parts = [part for message in prompt.messages for part in message.parts]
        called = {part.id for part in parts if isinstance(part, ToolCall)}
        self.results = [part for part in parts if isinstance(part, ToolResult) and part.call_id in called]
        name = next((name for name in TOOLS if name in tools), None)
        if name is None or self.results:
            yield Delta(self.words)
            yield Finish("stop", Usage(input=10, output=10))
            return
        arguments = TOOLS[name](self.path)
        if name in FREE_FORM and not tools[name].custom:
            arguments = _json(input=arguments)
        yield Delta("I write the file. ")
        yield ToolCallStart("call_w1", name, custom=tools[name].custom)
        for at in range(0, len(arguments), 7):
            yield ToolCallPiece("call_w1", arguments[at : at + 7])
        yield ToolCallEnd("call_w1", arguments)
        yield Finish("tool_calls", Usage(input=10, output=10))

    def prepare(self, offer: Offer) -> None: ...

    async def close(self) -> None: ...
