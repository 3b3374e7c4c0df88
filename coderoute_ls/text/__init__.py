"""Pure text that knows no programming language: lines, windows, indentation, brackets; what a model thought aloud."""

from coderoute_ls.text.lines import (
    CLOSERS,
    OPENERS,
    QUOTES,
    camel,
    common_prefix,
    edit_distance,
    indent_unit,
    indentation,
    line_starts,
    overlap,
    split_lines,
    unclosed,
    unopened,
    window,
    with_endings,
    words,
)

__all__ = [
    "CLOSERS",
    "OPENERS",
    "QUOTES",
    "camel",
    "common_prefix",
    "edit_distance",
    "indent_unit",
    "indentation",
    "line_starts",
    "overlap",
    "split_lines",
    "unclosed",
    "unopened",
    "window",
    "with_endings",
    "words",
]
