"""Names of languages: those that editors use for one, those behind a fence, and the language inside of a page's sections."""

import re
from functools import lru_cache

from coderoute_ls.syntax.comment_and_string_marks import knows_language
from coderoute_ls.syntax.prose_and_markup import is_markup

_SHORT = "py js ts rs cs rb kt hs ex exs jl ml md yml tex text plaintext markdown console terminal"
_SHORT_NAMES = frozenset(_SHORT.split())
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

_BEHIND_FENCES = {
    "shellscript": "sh bash zsh ksh dash",
    "terraform": "hcl tf terraform-vars",
    "proto3": "protobuf proto proto2",
    "proto": "protobuf proto3 proto2",
    "powershell": "ps1 pwsh ps",
    "makefile": "make",
    "git-commit": "text",
}
_FENCES = {name: frozenset(names.split()) for name, names in _BEHIND_FENCES.items()}


def is_named(word: str, language: str) -> bool:
    """Whether a word behind a fence names this language, or a dialect that people call by its name."""
    name = common_name(language)
    return common_name(word) == name or word.lower() in _FENCES.get(name, ())


@lru_cache(maxsize=64)
def common_name(language: str) -> str:
    """The languageId that most editors use, for what one of them calls it: ``makefile`` for Emacs' ``makefile-gmake``."""
    name = language.lower().strip().removesuffix("-mode").removesuffix("-ts")
    return _NAMES.get(name, name)


def names_language(word: str) -> bool:
    """Whether a word behind a fence is the name of a language."""
    return knows_language(word.lower()) or word.lower() in _SHORT_NAMES


def section_language(language: str, before: str) -> str:
    """The language at the end of a text: inside the script or style of a page that is not the page's own."""
    if not is_markup(language):
        return language
    found = list(_SECTION.finditer(before))
    if not found or found[-1]["close"]:
        return language
    last = found[-1]
    return "css" if last["name"].lower() == "style" else "typescript"
