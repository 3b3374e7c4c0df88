"""What at the end of a line opens a block, in which language (data)."""

import re
from functools import lru_cache

from coderoute_ls.syntax.comment_and_string_marks import line_comment
from coderoute_ls.syntax.prose_and_markup import is_markup, is_prose


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_COLON = _set("python cython starlark bazel bzl gdscript nim snakemake sagemath coconut mojo")
_LABELS = _set(
    "c cpp c++ objective-c objective-cpp java csharp cs javascript javascriptreact typescript typescriptreact tsx php go golang "
    "swift dart kotlin groovy pascal verilog systemverilog solidity arduino cuda"
)
_FAT_ARROW = _set(
    "javascript javascriptreact typescript typescriptreact tsx vue svelte csharp cs scala dart rust php coffeescript sml"
)
_THIN_ARROW = _set(
    "haskell elm purescript ocaml reason fsharp elixir erlang kotlin java coffeescript gleam roc idris agda groovy swift"
)
_WORDS = {
    "do": "shellscript bash sh zsh ksh lua ruby elixir crystal haskell julia pascal fortran",
    "then": "shellscript bash sh zsh ksh lua ruby crystal elm haskell ocaml pascal vhdl ada plsql sql",
    "else": "shellscript bash sh zsh ksh lua ruby crystal elixir elm haskell ocaml julia pascal vhdl ada plsql fish",
    "begin": "pascal verilog systemverilog ruby plsql vhdl ada julia ocaml",
    "of": "elm haskell purescript pascal erlang",
    "let": "elm haskell purescript julia",
    "in": "fish",
    "try": "elixir julia ocaml",
}
_EQUALS = _set("elm haskell purescript fsharp scala idris agda roc")
_RECIPES = _set("makefile make mk")
_RECIPE = re.compile(r"^[^\s#:=?+!][^#=]*(?<![:=])::?(?!=)[^=;]*$")
_LABEL = re.compile(r"^\s*(?:case\b.*|default|public|private|protected|\w+\s+slots|signals|Q_SIGNALS)\s*:$")
_BRACKET = re.compile(r"[{(\[]\s*$")
_BLOCK_PARAMETERS = re.compile(r"(?:\{|\bdo)\s*\|[^|]*\|$")
_STARTS = {
    **dict.fromkeys(
        ("ruby", "crystal"),
        re.compile(
            r"(?:(?:private |protected )?def|class|module|if|unless|while|until|case|when|begin|elsif|else|rescue|ensure)\b"
            r"(?!.*(?:\bend\b|\bthen\b|;|=\s))"
        ),
    ),
    **dict.fromkeys(("lua", "luau"), re.compile(r"(?:(?:local\s+)?function\b.*\)|.*[=(,]\s*function\s*\([^)]*\)|repeat)$")),
    "julia": re.compile(
        r"(?:function|if|for|while|module|struct|mutable struct|let|quote|macro|elseif|else|try|begin)\b(?!.*\bend\b)"
    ),
}
"""What a line that opens a block begins with, where no sign at its end tells."""


def has_recipes(language: str) -> bool:
    """Whether lines below a target begin with a tab, whatever other lines begin with."""
    return language in _RECIPES


def is_recipe_target(line: str) -> bool:
    """Whether a line of a makefile is a target, whose recipe follows in lines that begin with a tab."""
    return _RECIPE.match(line) is not None and not line.startswith(".")


def opens_block(language: str, line: str) -> bool:
    """Whether the line after this one must be deeper: the line ends with what opens a block in this language."""
    text = _without_comment(language, line)
    if not text or is_markup(language):
        return False
    if is_prose(language):
        return text.endswith("{")
    if has_recipes(language):
        return is_recipe_target(text)
    if _BRACKET.search(text) or (text.endswith("|") and _BLOCK_PARAMETERS.search(text)):
        return True
    if (starts := _STARTS.get(language)) is not None and starts.match(text):
        return True
    if text.endswith(":"):
        return language in _COLON or (language in _LABELS and _LABEL.match(text) is not None)
    if text.endswith("=>"):
        return language in _FAT_ARROW
    if text.endswith("->"):
        return language in _THIN_ARROW
    if text.endswith("="):
        return language in _EQUALS
    return text.rsplit(None, 1)[-1] in _opening_words(language)


def ends_block(language: str, line: str) -> bool:
    """Whether a line directly after one that opens a block is no part of it: it closes it, or is the next label or target."""
    text = line.strip()
    if text.startswith((")", "]", "}")):
        return True
    if has_recipes(language):
        return not line[:1].isspace() and is_recipe_target(text)
    return language in _LABELS and _LABEL.match(text) is not None


def may_open_block(language: str, line: str) -> bool:
    """Whether lines that belong to this one may follow: also a list after a colon, in prose and in data."""
    if opens_block(language, line) or (is_prose(language) and line.rstrip().endswith((":", "：", "{"))):
        return True
    text = _without_comment(language, line)
    return not is_markup(language) and (text.endswith(":") or text.rsplit(None, 1)[-1:] in _USUAL_WORDS)


_USUAL_WORDS = (["do"], ["then"], ["else"], ["begin"])


@lru_cache(maxsize=64)
def _opening_words(language: str) -> frozenset[str]:
    return frozenset(word for word, languages in _WORDS.items() if language in languages.split())


def _without_comment(language: str, line: str) -> str:
    """The line without a comment at its end; "" for a line that is nothing else."""
    mark = line_comment(language)
    text = line.strip()
    if text.startswith((mark, "/*", "*", "<!--", "{-", "(*")):
        return ""
    at = text.find(f" {mark}")
    quotes = text.count('"') + text.count("'") + text.count("`")
    return text if at < 0 or quotes else text[:at].rstrip()
