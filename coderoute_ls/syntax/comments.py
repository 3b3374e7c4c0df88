"""What a comment looks like in which language (data)."""

import re

_MARKS = {
    "#": "python ruby shellscript bash sh perl r yaml toml "
    "elixir julia dockerfile makefile cmake coffeescript nim gdscript powershell hcl",
    "--": "lua sql haskell elm ada vhdl",
    ";": "clojure lisp scheme ini",
    "%": "erlang matlab latex tex prolog",
}
_MARK_OF = {language: mark for mark, languages in _MARKS.items() for language in languages.split()}
_OTHERS = {
    "#": "nix fish zsh properties gitignore graphql awk starlark crystal tcl",
    "//": "jsonc vue svelte",
    "--": "plsql purescript applescript",
    ";": "racket commonlisp",
    "// #": "php terraform",
    "# //": "hcl",
    "-- #": "sql",
    "; #": "ini asm",
    '"': "vim",
    "'": "vb",
    "!": "fortran fortran-modern",
    "rem ::": "bat",
    "": "css html xml json markdown ocaml",
}
_OTHER_MARKS = {language: tuple(marks.split()) for marks, languages in _OTHERS.items() for language in languages.split()}
_PAIRS = {
    ("<!--", "-->"): "html xml vue svelte markdown mdx php htmldjango astro xhtml svg quarto rmd",
    ("{#", "#}"): "jinja jinja2 htmldjango twig nunjucks django-html jinja-html",
    ("(*", "*)"): "ocaml fsharp pascal mathematica coq",
    ("{-", "-}"): "haskell elm purescript agda idris",
    ("--[[", "]]"): "lua luau",
    ("<#", "#>"): "powershell",
    ("{/*", "*/}"): "javascript javascriptreact typescript typescriptreact mdx",
}
_NO_SLASHES = frozenset(
    (
        *_MARK_OF,
        "html",
        "xml",
        "vue-html",
        "markdown",
        "json",
        "ocaml",
        "nix",
        "fish",
        "vim",
        "vb",
        "bat",
        "tcl",
        "awk",
        "graphql",
    )
) - {"sql", "hcl", "php"}
"""Languages without ``/* */``."""


def line_comment(language: str) -> str:
    """``#`` for ``python``; ``//`` where nothing else is known."""
    return _MARK_OF.get(language, "//")


def comment_text(line: str, language: str) -> str | None:
    """What a line says that is nothing but a comment, without its marks; None when it is something else."""
    text = line.strip()
    for (opening, closing), languages in _PAIRS.items():
        if text.startswith(opening) and text.endswith(closing) and language in languages.split():
            return text[len(opening) : -len(closing)].strip()
    if language not in _NO_SLASHES and (block := re.fullmatch(r"/\*+(.*?)\*+/", text)):
        return block.group(1).strip()
    for mark in _OTHER_MARKS.get(language, (line_comment(language),)):
        if text.lower().startswith(mark) and not _is_more(text, mark):
            return text.lstrip(mark[0]).removeprefix("!").strip() if len(mark) < 3 else text[len(mark) :].strip()
    return None


def _is_more(text: str, mark: str) -> bool:
    """The mark begins something else: an attribute, a shebang, a quoted text."""
    after = text[len(mark) : len(mark) + 1]
    return (
        (mark == "#" and after in ("!", "["))
        or (mark in ("'", '"', "rem") and after not in ("", " "))
        or (mark == "%" and after == "{")
    )
