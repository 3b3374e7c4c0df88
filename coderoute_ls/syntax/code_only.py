"""A text's code without its strings and comments, line by line, by the language's lexical rules: for looking for names."""

import re

from coderoute_ls.syntax.comment_and_string_marks import lexer_of

_TEXT = re.compile(r"[^\n]")


def code_only(language: str, text: str) -> str:
    """The text with a blank for every character of a string, a character or a comment. Prose comes back as it is."""
    lexer = lexer_of(language)
    if lexer is None:
        return text
    parts: list[str] = []
    at = 0
    for match in lexer.finditer(text):
        name = match.lastgroup
        if name is None or name == "b":
            continue
        start, end = match.span(name)
        parts += (text[at:start], _TEXT.sub(" ", text[start:end]))
        at = end
    return "".join((*parts, text[at:]))
