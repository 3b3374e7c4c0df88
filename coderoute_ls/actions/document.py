"""Document: write the docstring or documentation comment of the definition around the cursor, or bring it up to date."""

import re

from coderoute_ls import syntax
from coderoute_ls.actions.action_region import definition
from coderoute_ls.actions.prompt_rendering import render
from coderoute_ls.domain import Action, Brief, Document, Position, Prompt, Span, Target
from coderoute_ls.text import indentation, with_endings

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
_ATTRIBUTE = re.compile(r"#\[|@\w|\[\[|\[\w|template\s*<|requires\b")
_DIRECTIVES = ("#!", "//go:")
"""Comments that speak to tools."""
_DOCSTRING = re.compile(r"[rRuU]?(?:\"\"\".*?\"\"\"|\'\'\'.*?\'\'\'|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')", re.DOTALL)
_BLOCKS = {"*/": "/*", "]]": "--[[", "]=]": "--[=[", "-}": "{-", "*)": "(*", "=end": "=begin"}
"""Ends of block comments, and how they begin."""
_LONGEST = 200
"""Lines of a comment or of attributes that are looked through."""


def region(target: Target) -> Span | None:
    """The documentation that is there, else the place for it; None outside of every definition."""
    around = definition(target)
    if around is None:
        return None
    document = target.document
    return _docstring(document, around) if document.language == "python" else _comment_above(document, around)


def _docstring(document: Document, around: syntax.Definition) -> Span | None:
    """The first statement of the body if it is a string, else the start of the body's first line, which may be a comment."""
    if around.body is None or not document.line(around.body.start.line)[: around.body.start.character].isspace():
        return None  # a body on the line of its header has no place for a docstring
    start = around.body.start
    if document.line(start.line).lstrip(" \t" + "rRuU").startswith(('"', "'")):
        statement = syntax.statement_around(document, start)
        if _DOCSTRING.fullmatch(document.slice(statement).strip()):
            return document.whole_lines(statement)
    line = start.line
    while line - 1 > around.name_span.start.line and document.line(line - 1).lstrip().startswith("#") and _alike(document, line):
        line -= 1
    return Span(Position(line, 0), Position(line, 0))


def _alike(document: Document, line: int) -> bool:
    """Whether a line is as deep as the one above it."""
    return indentation(document.line(line)) == indentation(document.line(line - 1))


def _comment_above(document: Document, around: syntax.Definition) -> Span:
    """The comment right above the definition and its attributes, else the start of its first line."""
    end = around.span.start.line
    while (start := _attribute_above(document, end)) is not None:
        end = start
    start = end
    mark = syntax.line_comment(document.language)
    while start > 0 and (first := _comment_line_above(document, start, mark)) is not None:
        start = first
    return Span(Position(start, 0), Position(end, 0))


def _attribute_above(document: Document, line: int) -> int | None:
    """The first line of the attribute that ends right above this line; it may be several lines long."""
    text = ""
    for number in range(line - 1, max(-1, line - _LONGEST), -1):
        own = document.line(number).strip()
        if not own or (not text and not (_ATTRIBUTE.match(own) or own.endswith((")", "]", ">")))):
            return None
        text = f"{own}\n{text}"
        if _ATTRIBUTE.match(own) and _balanced(text):
            return number
        if own.endswith((";", "}", "{")):
            return None
    return None


def _balanced(text: str) -> bool:
    return all(text.count(left) == text.count(right) for left, right in ("()", "[]"))


def _comment_line_above(document: Document, line: int, mark: str) -> int | None:
    """The first line of the comment that ends right above this line: a line of its own, or a block of any shape."""
    text = document.line(line - 1).strip()
    if text.startswith(mark) and not text.startswith(_DIRECTIVES) and not text.endswith(tuple(_BLOCKS)):
        return line - 1
    for closing, opening in _BLOCKS.items():
        if not text.endswith(closing) or not (
            opening == "/*" if mark == "//" else opening.startswith(mark) or opening in ("{-", "(*", "=begin")
        ):
            continue
        for number in range(line - 1, max(-1, line - _LONGEST), -1):
            own = document.line(number).strip()
            if own.startswith(opening):
                return number
            if opening in own or (number < line - 1 and closing in own):
                return None
    return line - 1 if text.startswith(mark) and not text.startswith(_DIRECTIVES) else None


def prompt(brief: Brief) -> Prompt:
    target = brief.target
    around = definition(target)
    document = target.document
    shown = brief.region
    if around is not None:  # with the comment above it, where the documentation is there
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
    median_output=20,
    answer_per_region=0.25,
    max_tokens=2048,
    max_cost_usd=0.50,
    prompt=prompt,
    region=region,
    doc="Writes or renews the docstring or documentation comment of the definition around the cursor.",
)
