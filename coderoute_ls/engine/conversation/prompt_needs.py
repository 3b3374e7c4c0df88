"""What a prompt with more than text asks of a model: capabilities it cannot do without, and the size of what it shows."""

import re
from typing import Any, cast

from coderoute_ls.domain import Prompt
from coderoute_ls.domain.conversation import DocumentPart, ImagePart, OpaqueTool, Tool, ToolResult

UNSEEN = (1_568, 1_568)
"""Pixels that a picture is taken to have whose size cannot be read: one behind an address, or of an unknown kind."""
BYTES_PER_PAGE = 60_000
"""Of a document whose pages cannot be counted."""
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")


def needs(prompt: Prompt) -> frozenset[str]:
    """The capabilities (R3) that this prompt needs. A schema is needed natively here; a caller that can do without says so."""
    wanted: set[str] = set()
    unused = prompt.tool_choice is not None and prompt.tool_choice.mode == "none"
    if prompt.tools and not unused:
        wanted.add("tools")
        if prompt.parallel:
            wanted.add("parallel_tools")
        if any(isinstance(tool, Tool) and tool.strict for tool in prompt.tools):
            wanted.add("strict_schema")
    images, documents = shown(prompt)
    if images:
        wanted.add("images")
    if any(not part.media_type.startswith("text/") for part in documents):
        wanted.add("documents")
    if prompt.output is not None and prompt.output.kind == "schema":
        wanted.add("structured_output")
    if prompt.effort not in (None, "none") and prompt.loss != "warn":
        wanted.add("reasoning")  # else a wish: who has no efforts answers without one, and that is told
    return frozenset(wanted)


TOOLS_TOKENS = 800
"""Instructions for tools, at most: Claude is given 346 to 700, others up to 150, as recorded exchanges tell."""
SCHEMA_TOKENS = 100
DOCUMENT_TOKENS = 700
"""Instructions for citing."""
VENDOR_TOOL_TOKENS = 32_000
"""What a vendor's own tool brings into the prompt while it runs: recorded searches took 8,600 to 22,200. No request bounds it."""


def unseen_tokens(prompt: Prompt) -> int:
    """Tokens at most that vendors add on their side, because of what is in the prompt beside text."""
    own = sum(isinstance(tool, OpaqueTool) for tool in prompt.tools)
    tools = TOOLS_TOKENS if prompt.tools else 0
    schema = SCHEMA_TOKENS if prompt.output is not None else 0
    documents = (
        DOCUMENT_TOKENS if any(isinstance(part, DocumentPart) for message in prompt.messages for part in message.parts) else 0
    )
    return tools + schema + documents + own * VENDOR_TOOL_TOKENS


def shown(prompt: Prompt) -> tuple[list[ImagePart], list[DocumentPart]]:
    """The pictures and documents in it, those that tools gave included."""
    images: list[ImagePart] = []
    documents: list[DocumentPart] = []
    for message in prompt.messages:
        for part in message.parts:
            for each in part.parts if isinstance(part, ToolResult) else (part,):
                if isinstance(each, ImagePart):
                    images.append(each)
                elif isinstance(each, DocumentPart):
                    documents.append(each)
    return images, documents


def sizes(prompt: Prompt) -> tuple[tuple[tuple[int, int], ...], int]:
    """Width and height of each picture, and the pages of all documents."""
    images, documents = shown(prompt)
    pages = sum(_pages(part) for part in documents if not part.media_type.startswith("text/"))
    return tuple(map(_pixels, images)), pages


def _pixels(part: ImagePart) -> tuple[int, int]:
    """A picture's size; one that is to be looked at from afar counts as a small one."""
    if part.detail == "low":
        return 512, 512
    if not part.data:
        return UNSEEN
    import io

    import imagesize

    try:
        width, height = cast("Any", imagesize).get(io.BytesIO(part.data))
    except (ValueError, OSError, IndexError, KeyError):
        return UNSEEN
    return (int(width), int(height)) if width > 0 and height > 0 else UNSEEN


def _pages(part: DocumentPart) -> int:
    found = len(_PAGE.findall(part.data))
    return found or max(1, round(len(part.data) / BYTES_PER_PAGE))
