"""One small face over the syntax-tree library: trees, definitions, blocks, for any editor's languageId.

Nothing here raises on an unknown language: `tree` gives None, and the structure functions fall back to indentation.
Offsets count code points from the start of the text; positions are (line, code points) with LSP's line endings.
"""

from coderoute_ls.syntax.comments import line_comment
from coderoute_ls.syntax.languages import Grammar, grammar_of
from coderoute_ls.syntax.structure import (
    Definition,
    block_end,
    definitions,
    enclosing,
    enclosing_statement,
    imports,
)
from coderoute_ls.syntax.tree import Node, Tree, parses, tree

__all__ = [
    "Definition",
    "Grammar",
    "Node",
    "Tree",
    "block_end",
    "definitions",
    "enclosing",
    "enclosing_statement",
    "grammar_of",
    "imports",
    "line_comment",
    "parses",
    "tree",
]
