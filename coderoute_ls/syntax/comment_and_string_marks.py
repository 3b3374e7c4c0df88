"""How each language writes comments, strings and characters: the one table of their marks, and the lexer made from it (data).

The lexer tells comments and strings from code without a parser; `line_comment` and `comment_text` write and read comments.
"""

import re
from functools import lru_cache

from coderoute_ls.syntax.prose_and_markup import MARKUP, is_prose


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_COMMENTS = {
    "//": ("/", r"//[^\n]*"),
    "#": ("#", r"(?<![^\s;(])#[^\n]*"),
    "#any": ("#", r"#[^\n]*"),
    "--": ("-", r"--[^\n]*"),
    ";": (";", r";[^\n]*"),
    "%": ("%", r"%[^\n]*"),
    "/*": ("/", r"/\*(?:[^*]++|\*(?!/))*+(?P<{end}>\*/)?"),
    "<!--": ("<", r"<!--(?:[^-]++|-(?!->))*+(?P<{end}>-->)?"),
    "{-": ("{", r"\{{-(?:[^-]++|-(?!\}}))*+(?P<{end}>-\}})?"),
    "(*": ("(", r"\(\*(?:[^*]++|\*(?!\)))*+(?P<{end}>\*\))?"),
    "<#": ("<", r"<#(?:[^#]++|#(?!>))*+(?P<{end}>#>)?"),
    "--[[": ("-", r"--\[\[(?:[^\]]++|\](?!\]))*+(?P<{end}>\]\])?"),
}
"""What a comment may begin with, and the pattern of it."""
_INDENTATIONS = ("", " ", *("\n" + " " * count for count in range(17)), *("\n" + "\t" * count for count in range(1, 7)))
_BEFORE_VALUE = "|".join(rf"(?<=[(,=:\[!&|?{{{{;+]{blanks})|(?<==>{blanks})" for blanks in _INDENTATIONS)
"""Where a value may begin, on this line or the next one; elsewhere a slash divides. Patterns look behind at fixed widths only."""
_STRINGS = {
    '"': ('"', r'"(?:[^"\\\n]++|\\.)*+(?P<{end}>")?'),
    "'": ("'", r"'(?:[^'\\\n]++|\\.)*+(?P<{end}>')?"),
    '"m': ('"', r'"(?:[^"\\]++|\\[\s\S])*+(?P<{end}>")?'),
    "'m": ("'", r"'(?:[^'\\]++|\\[\s\S])*+(?P<{end}>')?"),
    "'raw": ("'", r"'[^']*(?P<{end}>')?"),
    "'sql": ("'", r"'(?:''|[^'])*(?P<{end}>')?"),
    "`": ("`", r"`(?:[^`\\]++|\\[\s\S])*+(?P<{end}>`)?"),
    "`raw": ("`", r"`[^`]*(?P<{end}>`)?"),
    '"""': ('"', r'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+(?P<{end}>""")?'),
    "'''": ("'", r"'''(?:[^'\\]++|\\[\s\S]|'(?!''))*+(?P<{end}>''')?"),
    # one character, or a short escape: an apostrophe that closes nothing (a lifetime, a type variable) is no quote
    "'c": ("'", r"'(?P<{end}>(?:\\'|\\[^\n']{{1,8}}|[^'\\\n])')"),
    # after what a value may follow; elsewhere an apostrophe belongs to a word
    "'v": ("'", r"(?<=[\s=(,\[{{:>])'[^'\n]*(?P<{end}>')"),
    "rust": ('#"', r'(?<=\br)(?P<{end}h>#*)"[\s\S]*?(?:(?P<{end}>"(?P={end}h))|\Z)'),
    "cpp": ('"', r'(?<=\bR)"\((?:[^)]++|\)(?!"))*+(?P<{end}>\)")?'),
    "cs": ('"', r'(?<=@)"(?:""|[^"])*(?P<{end}>")?'),
    "[[": ("[", r"\[\[(?:[^\]]++|\](?!\]))*+(?P<{end}>\]\])?"),
    "\\": ("\\", r"\\(?P<{end}>.)"),
    "regex": (
        "/",
        (
            rf"(?:{_BEFORE_VALUE}|(?<=return ))"
            r"/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n]){{0,400}}+\]|[^/\\\n\[]){{1,2000}}+(?P<{end}>/)"
        ),
    ),
}
"""The same for a string, a character, or what else holds brackets that do not count."""
_FAMILIES: tuple[tuple[str, str, str], ...] = (
    ("c objective-c objective-cpp java scala dart groovy verilog systemverilog hlsl cuda arduino zig", "// /*", "\"\"\" \" 'c"),
    ("glsl proto proto3 protobuf thrift solidity actionscript haxe vala d odin v jsonc json json5", "// /*", "\"\"\" \" 'c"),
    ("cpp c++", "// /*", "cpp \" 'c"),
    ("csharp cs", "// /*", "cs \"\"\" \" 'c"),
    ("kotlin swift", "// /*", "\"\"\" \" 'c"),
    ("go golang", "// /*", "`raw \" 'c"),
    ("rust", "// /*", "rust \"m 'c"),
    ("javascript javascriptreact typescript typescriptreact tsx jsx qml", "// /*", "` \" ' regex"),
    ("coffeescript", "#any", "\"\"\" ''' ` \" ' regex"),
    ("php", "// # /*", "\"m 'm"),
    ("css postcss", "/*", "\" '"),
    ("less scss sass stylus", "// /*", "\" '"),
    ("python cython starlark bazel bzl gdscript snakemake sagemath robot toml", "#any", "\"\"\" ''' \" '"),
    ("nim julia elixir crystal", "#any", "\"\"\" \"m 'c"),
    ("graphql", "#any", "\"\"\" \""),
    ("ruby perl r raku rmd", "#", "\"m 'm \\"),
    ("shellscript bash sh zsh ksh fish dockerfile makefile make just cmake tcl gitignore nix meson", "#", "\\ \"m 'raw"),
    ("powershell", "# <#", "\"m 'raw"),
    ("yaml dockercompose helm ansible", "#", "'v \""),
    ("ini properties dotenv conf editorconfig", "# ;", "\" 'v"),
    ("hcl terraform tf", "# // /*", "\""),
    ("sql plsql mysql postgres postgresql sqlite pgsql tsql bigquery snowflake", "-- /*", "'sql \""),
    ("lua luau", "--[[ --", "[[ \" '"),
    ("haskell elm purescript idris agda dhall lhaskell ada vhdl", "{- --", "\"m 'c"),
    ("ocaml reason standardml sml pascal delphi", "(* //", "\"m 'c"),
    ("fsharp", "(* //", "\"\"\" \"m 'c"),
    ("clojure lisp scheme racket emacs-lisp elisp commonlisp fennel", ";", "\\ \"m"),
    ("erlang prolog matlab octave", "%", "\"m 'v"),
    (MARKUP, "<!--", "\" 'v"),
)  # fmt: skip
_NO_PARENTHESES = _set("yaml dockercompose helm ansible toml json jsonc")
"""Languages in which parentheses are signs."""
_OTHERS = ("// # /*", "\" 'c")
_READ_OTHERWISE = {
    "// # /* <!--": "php",
    "// /* {/*": "javascript javascriptreact typescript typescriptreact",
    "// /* <!--": "vue svelte astro",
    "// /* <!-- {/*": "mdx",
    "// /*": "json5 delphi pascal",
    "-- # /*": "sql",
    "-- /*": "applescript",
    "# //": "hcl",
    "; #": "ini",
    "; # // /*": "asm",
    "#": "awk",
    "%": "latex tex",
    '"': "vim",
    "'": "vb",
    "!": "fortran fortran-modern",
    "rem ::": "bat",
    "<!--": "markdown quarto rmd",
    "{#": "jinja jinja2 twig nunjucks django-html jinja-html",
    "<!-- {#": "htmldjango",
    "(*": "ocaml mathematica coq",
    "": "json vue-html",
}
"""Marks of languages in whose comments are marks that the lexer does not need, or would take for something else."""
_OTHERWISE = {language: marks for marks, languages in _READ_OTHERWISE.items() for language in languages.split()}
_CLOSINGS = {"/*": "*/", "<!--": "-->", "{#": "#}", "(*": "*)", "{-": "-}", "--[[": "]]", "<#": "#>", "{/*": "*/}"}
_RULES = {language: (comments, strings) for names, comments, strings in _FAMILIES for language in names.split()}


def languages_with_marks() -> list[str]:
    """Every language that the table names."""
    return sorted(_RULES | _OTHERWISE)


def line_comment(language: str) -> str:
    """``#`` for ``python``; ``//`` where nothing else is known."""
    return next((mark for mark in _marks(language) if mark not in _CLOSINGS), "//")


def comment_text(line: str, language: str) -> str | None:
    """What a line says that is nothing but a comment, without its marks; None when it is something else."""
    text = line.strip()
    marks = _marks(language)
    for mark in marks:
        if mark == "/*" and len(text) >= 4 and text.startswith("/*") and text.endswith("*/"):
            return text[2:-2].strip("*").strip()
        if (closing := _CLOSINGS.get(mark)) and text.startswith(mark) and text.endswith(closing):
            return text[len(mark) : -len(closing)].strip()
    for mark in marks:
        if mark not in _CLOSINGS and text.lower().startswith(mark) and not _is_more(text, mark):
            return text.lstrip(mark[0]).removeprefix("!").strip() if len(mark) < 3 else text[len(mark) :].strip()
    return None


def _marks(language: str) -> list[str]:
    """What comments of a language begin with; the first that needs no end is the one to write."""
    lexed = _RULES.get(language, ("// /*", ""))[0]
    return ["#" if mark == "#any" else mark for mark in _OTHERWISE.get(language, lexed).split()]


def _is_more(text: str, mark: str) -> bool:
    """The mark begins something else: an attribute, a shebang, a quoted text."""
    after = text[len(mark) : len(mark) + 1]
    return (
        (mark == "#" and after in ("!", "["))
        or (mark in ("'", '"', "rem") and after not in ("", " "))
        or (mark == "%" and after == "{")
    )


def knows_language(language: str) -> bool:
    """Whether there are rules for this very language."""
    return language in _RULES


def _kinds(language: str) -> list[tuple[str, str, str]]:
    """Name, first characters and pattern of what holds no code."""
    comments, strings = _RULES.get(language, _OTHERS)
    kinds = [(f"c{n}", *_COMMENTS[kind]) for n, kind in enumerate(comments.split())]
    return kinds + [(f"s{n}", *_STRINGS[kind]) for n, kind in enumerate(strings.split())]


@lru_cache(maxsize=64)
def signs_of(language: str) -> re.Pattern[str] | None:
    """Finds what may begin a string, a character or a comment; None for prose."""
    if is_prose(language):
        return None
    return re.compile("[" + re.escape("".join(sorted({sign for _, starts, _ in _kinds(language) for sign in starts}))) + "]")


def _parts(kinds: list[tuple[str, str, str]]) -> str:
    return "|".join(f"(?P<{name}>{pattern.format(end='e' + name)})" for name, _, pattern in kinds)


@lru_cache(maxsize=64)
def text_lexer_of(language: str) -> re.Pattern[str] | None:
    """Like `lexer_of`, without brackets: comments, strings and characters alone, each behind the code that has none."""
    if is_prose(language):
        return None
    kinds = _kinds(language)
    signs = re.escape("".join(sorted({sign for _, starts, _ in kinds for sign in starts})))
    return re.compile(rf"[^{signs}]*+(?:{_parts(kinds)}|[{signs}]|\Z)")


@lru_cache(maxsize=64)
def lexer_of(language: str) -> re.Pattern[str] | None:
    """Finds comments (groups ``c0``, ``c1`` …), strings and characters (``s0`` …) and brackets (``b``), each behind the code that
    has none. The group with an ``e`` before the name is their end, and unset where the text ends first. None for prose: its
    brackets are only signs."""
    if is_prose(language):
        return None
    kinds = _kinds(language)
    signs = re.escape("".join(sorted({*"()[]{}", *(sign for _, starts, _ in kinds for sign in starts)})))
    parts = _parts(kinds)
    marks = re.escape("[]{}" if language in _NO_PARENTHESES else "()[]{}")
    return re.compile(rf"[^{signs}]*+(?:{parts}|(?P<b>[{marks}])|[{signs}]|\Z)")
