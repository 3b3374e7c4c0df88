"""Document: write the docstring or documentation comment of the definition around the cursor, or bring it up to date."""

from coderoute_ls import syntax
from coderoute_ls.actions.regions import definition
from coderoute_ls.actions.rendering import render
from coderoute_ls.domain import Action, Brief, Document, Position, Prompt, Span, Target
from coderoute_ls.text import with_endings

_CONVENTIONS = {
    "python": "a docstring: triple double quotes, a summary line with a full stop, then what the signature does not say",
    "go": "a Go doc comment: // lines, full sentences, the first begins with the name",
    "rust": "a rustdoc comment: /// lines in Markdown, the first a summary sentence",
    "java": "a Javadoc comment: /** … */ with @param, @return and @throws where they say something",
    "c": "a Doxygen comment: /** … */ with @param and @return where they say something",
    "cpp": "a Doxygen comment: /** … */ with @param and @return where they say something",
    "csharp": "an XML documentation comment: /// lines with <summary>, <param> and <returns>",
    "ruby": "an RDoc comment: # lines",
} | dict.fromkeys(
    ("javascript", "javascriptreact", "typescript", "typescriptreact"),
    "a JSDoc comment: /** … */ with @param and @returns where they say something, types only where the code has none",
)
_ATTRIBUTES = ("#[", "@")
_DIRECTIVES = ("#!", "//go:")
"""Comments that speak to tools."""


def region(target: Target) -> Span | None:
    """The documentation that is there, else the place for it; None outside of every definition."""
    around = definition(target)
    if around is None:
        return None
    document = target.document
    return _docstring(document, around) if document.language == "python" else _comment_above(document, around)


def _docstring(document: Document, around: syntax.Definition) -> Span | None:
    """The first statement of the body if it is a string, else the start of the body's first line."""
    if around.body is None or not document.line(around.body.start.line)[: around.body.start.character].isspace():
        return None  # a body on the line of its header has no place for a docstring
    start = around.body.start
    if document.line(start.line).lstrip(" \t" + "rRuU").startswith(('"""', "'''", '"', "'")):
        statement = syntax.statement_around(document, start)
        return document.whole_lines(statement)
    return Span(Position(start.line, 0), Position(start.line, 0))


def _comment_above(document: Document, around: syntax.Definition) -> Span:
    """The run of comment lines right above the definition and its attributes, else the start of its first line."""
    end = around.span.start.line
    while end > 0 and document.line(end - 1).lstrip().startswith(_ATTRIBUTES):
        end -= 1
    start = end
    mark = syntax.line_comment(document.language)
    marks = (mark, "/*", "*") if mark == "//" else (mark,)
    while start > 0 and _is_comment(document.line(start - 1).strip(), marks):
        start -= 1
    return Span(Position(start, 0), Position(end, 0))


def _is_comment(line: str, marks: tuple[str, ...]) -> bool:
    return line.startswith(marks) and not line.startswith(_DIRECTIVES)


def prompt(brief: Brief) -> Prompt:
    target = brief.target
    around = definition(target)
    document = target.document
    shown = brief.region
    if around is not None:  # with the comment above it, where the documentation stands there
        body = document.whole_lines(around.span)
        shown = Span(min(shown.start, body.start), body.end)
    convention = _CONVENTIONS.get(document.language, "a documentation comment as is usual in this language")
    return render(
        "document",
        brief,
        max_tokens=ACTION.max_tokens,
        convention=convention,
        name=around.name if around else "the definition",
        definition=with_endings(document.slice(shown).rstrip(), "\n"),
    )


ACTION = Action(
    id="document",
    title="Document",
    kind="refactor.rewrite.coderoute.document",
    surface="insert",
    axis="coding",
    min_coding_score=0.45,
    median_output=150,
    max_tokens=2048,
    max_cost_usd=0.50,
    prompt=prompt,
    region=region,
    doc="Writes or renews the docstring or documentation comment of the definition around the cursor.",
)
