"""A small interface to the syntax-tree library: trees, definitions, statements, for any editor's languageId.

Nothing here raises on an unknown language: `tree` and `parses` give None, there are no definitions, a statement is a line.
Offsets count code points from the start of the text; positions are (line, code points) with LSP's line endings.
"""

from coderoute_ls.syntax.comment_and_string_marks import line_comment
from coderoute_ls.syntax.definitions import (
    Definition,
    definitions,
    enclosing_statement,
)
from coderoute_ls.syntax.embedded_scripts import script_around
from coderoute_ls.syntax.grammars import Grammar, grammar_of
from coderoute_ls.syntax.nearby_code import definitions_around, statement_around
from coderoute_ls.syntax.syntax_tree import Node, Tree, errors, parses, tree

__all__ = [
    "Definition",
    "Grammar",
    "Node",
    "Tree",
    "definitions",
    "definitions_around",
    "enclosing_statement",
    "errors",
    "grammar_of",
    "line_comment",
    "parses",
    "script_around",
    "statement_around",
    "tree",
]
