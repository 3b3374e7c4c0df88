"""From the editor's request to the question: the cursor, what is around it, and what a model is asked there."""

from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.cursor.cursor_context import CursorContext
from coderoute_ls.completion.ports import Gather
from coderoute_ls.completion.postprocess.too_short import MIN_CHARS
from coderoute_ls.completion.types import InlineRequest, ModelRequest, Prospect
from coderoute_ls.domain import Brief, Draft, Snippet, Span, Target

TEMPERATURES = (None, 0.6, 0.9)
"""Temperatures of the three alternatives that the user's own request asks for; the first is the action's."""
SNIPPETS_SHARE = 0.4
"""Share of the prompt that other files may take."""
_LAST = (";", "}", ">", ":", "{", "*/")
"""Ends of lines that are complete."""


def cursor_of(request: InlineRequest) -> Cursor:
    position = request.document.clamp(request.position)
    return Cursor(request.document, position, min_chars=1 if request.invoked else MIN_CHARS)


def context_of(request: InlineRequest, cursor: Cursor) -> CursorContext:
    return CursorContext.of(cursor.document, cursor.position, _profile(request))


def _profile(request: InlineRequest) -> str:
    """The settings that change the text of an answer."""
    return f"{request.inline.multiline} {request.inline.max_tokens} {request.other_files} {request.max_chars}"


def target_of(request: InlineRequest, cursor: Cursor) -> Target:
    return Target(cursor.document, Span(cursor.position, cursor.position), folder=request.folder, invoked=request.invoked)


async def snippets_of(gather: Gather, request: InlineRequest, target: Target) -> tuple[Snippet, ...]:
    return await gather(target, int(request.max_chars * SNIPPETS_SHARE)) if request.other_files else ()


def question_of(
    request: InlineRequest, cursor: Cursor, target: Target, prospect: Prospect, snippets: tuple[Snippet, ...]
) -> ModelRequest:
    """The question, without a draft of the built-in engine."""
    single = not cursor.multiline and bool(cursor.left.strip()) and not _line_may_be_over(cursor)
    return ModelRequest(
        Brief(target, target.span, snippets, min(request.max_chars, prospect.max_chars)),
        "invoked" if request.invoked else "typing",
        request.inline.max_tokens,
        stop=("\n",) if single else (),
    )


def with_alternatives(question: ModelRequest, draft: Draft | None) -> list[ModelRequest]:
    """The question with this draft; followed, where the user asked by hand, by the same one at other temperatures."""
    first = question if draft is None else replace(question, draft=draft)
    if question.purpose != "invoked":
        return [first]
    return [first, *(replace(question, temperature=temperature) for temperature in TEMPERATURES[1:])]


def _line_may_be_over(cursor: Cursor) -> bool:
    """The cursor's line may be complete, so that an answer begins with the next: it must not stop at once."""
    return not cursor.right.strip() and (cursor.before.inside == "comment" or cursor.left.rstrip().endswith(_LAST))
