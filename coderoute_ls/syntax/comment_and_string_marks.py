"""How each language writes comments, strings and characters: enough to tell them from code without a parser (data)."""

import re
from functools import lru_cache

from coderoute_ls.syntax.prose_languages import is_prose


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_MARKUP = "html xml xhtml vue svelte astro handlebars htmldjango django-html jinja jinja-html twig erb eruby blade heex mjml svg"
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
    ("javascript javascriptreact typescript typescriptreact tsx jsx coffeescript qml", "// /*", "` \" ' regex"),
    ("php", "// # /*", "\"m 'm"),
    ("css less scss sass stylus postcss", "/* //", "\" '"),
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
    (_MARKUP, "<!--", "\" 'v"),
)  # fmt: skip
_NO_PARENTHESES = _set("yaml dockercompose helm ansible toml json jsonc")
"""Languages in which parentheses are signs."""
_OTHERS = ("// # /*", "\" 'c")
_RULES = {language: (comments, strings) for names, comments, strings in _FAMILIES for language in names.split()}
_MARKUPS = frozenset(_MARKUP.split())
_SHORT_NAMES = _set("py js ts rs cs rb kt hs ex exs jl ml md yml tex text plaintext markdown console terminal")
_SHELLS = _set("shellscript bash sh zsh ksh")
_CASE = re.compile(r"[ \t]*(?:case .* in )?[^\s()|&;<>$`]+(?:[ \t]*\|[ \t]*[^\s()|&;<>]+)*[ \t]*")
_SECTION = re.compile(r"<(?P<close>/?)(?P<name>script|style)\b[^>]*>", re.IGNORECASE)


_ALIASES = {
    "makefile": "makefile-gmake makefile-bsdmake makefile-automake makefile-imake gnumakefile automake mk",
    "javascript": "js js2 js3 mjs cjs javascript.jsx rjsx",
    "javascriptreact": "jsx js-jsx",
    "typescript": "ts mts cts",
    "typescriptreact": "tsx typescript-tsx typescript.tsx",
    "python": "py python3 python-base inferior-python",
    "csharp": "c# cs",
    "cpp": "c++ cc cxx",
    "c": "c-or-c++",
    "go": "golang",
    "rust": "rs rustic",
    "ruby": "rb enh-ruby",
    "shellscript": "shell",
    "haskell": "hs",
    "kotlin": "kt",
    "elixir": "ex exs",
    "html": "html.twig mhtml htmlangular gohtml xhtml",
    "yaml": "yml yaml.docker-compose yaml.ansible yaml.gitlab",
    "dockerfile": "docker",
    "objective-c": "objc",
    "perl": "cperl",
    "r": "ess-r",
    "sql": "sql-interactive",
    "ocaml": "tuareg caml",
}
_NAMES = {alias: name for name, aliases in _ALIASES.items() for alias in aliases.split()}


@lru_cache(maxsize=64)
def common_name(language: str) -> str:
    """The languageId that most editors use, for what one of them calls it: ``makefile`` for Emacs' ``makefile-gmake``."""
    name = language.lower().strip().removesuffix("-mode").removesuffix("-ts")
    return _NAMES.get(name, name)


def is_markup(language: str) -> bool:
    """Whether tags are the language's syntax, and text for people stands between them."""
    return language in _MARKUPS


def knows_language(language: str) -> bool:
    """Whether there are rules for this very language."""
    return language in _RULES


def names_language(word: str) -> bool:
    """Whether a word behind a fence is the name of a language."""
    return word.lower() in _RULES or word.lower() in _SHORT_NAMES


def section_language(language: str, before: str) -> str:
    """The language at the end of a text: inside the script or style of a page that is not the page's own."""
    if language not in _MARKUPS:
        return language
    found = list(_SECTION.finditer(before))
    if not found or found[-1]["close"]:
        return language
    last = found[-1]
    return "css" if last["name"].lower() == "style" else "typescript"


def has_case_patterns(language: str) -> bool:
    """Whether a closing bracket may end a pattern that nothing opens, as in a shell's ``case``."""
    return language in _SHELLS


def is_case_pattern(text: str, at: int) -> bool:
    """Whether the closing bracket at an offset ends a pattern: nothing but words and bars stand before it on its line."""
    return _CASE.fullmatch(text, text.rfind("\n", 0, at) + 1, at) is not None


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
