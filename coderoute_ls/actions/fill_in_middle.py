"""The prompt of both completions: the text around the cursor as a hole to fill, with pieces of other files that help."""

from hashlib import blake2b

from coderoute_ls.actions.prompt_rendering import clear, shown_path
from coderoute_ls.domain import Brief, Fim, Part, Prompt, Span, Target
from coderoute_ls.text import window


def at_cursor(target: Target) -> Span | None:
    """Where the cursor is; a completion replaces nothing."""
    return Span(target.span.end, target.span.end)


def hole(brief: Brief) -> Prompt:
    """Snippets first, then the window around the cursor with what is left of the budget. What looks like a secret goes as
    one word; the place of a secret is nowhere near the cursor (completions are not offered there)."""
    target = brief.target
    document = target.document
    shown = sum(len(snippet.text) for snippet in brief.snippets)
    before, after = window(document, brief.region.start, max(0, brief.max_chars - shown))
    prefix, suffix = clear(document, Span(brief.region.start, brief.region.start), before, after)
    parts = [Part(f"{snippet.kind} {snippet.path}", len(snippet.text)) for snippet in brief.snippets]
    return Prompt(
        fim=Fim(prefix, suffix, shown_path(document, target.folder), document.language, brief.snippets),
        max_tokens=256,
        temperature=0.0,
        session=blake2b(document.uri.encode(), digest_size=8).hexdigest(),
        cacheable_chars=shown + len(prefix),
        parts=(*parts, Part("before the cursor", len(prefix)), Part("after the cursor", len(suffix))),
    )
