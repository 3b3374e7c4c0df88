"""How wide languages are indented where the file itself does not say (data)."""


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_TABS = _set("go golang templ gomod go.mod gowork go.work makefile make mk tsv gitconfig")
_BLANKS = _set("yaml haskell elm fsharp nim purescript coffeescript dockercompose ansible pug ruby elixir crystal")
_FOUR_BLANKS = _set("python cython rust starlark bazel zig")
_TWO_BLANKS = _set("ruby elixir crystal")


def customary_unit(language: str) -> str:
    """One level of indentation in every file of the language; "" where people differ."""
    if language in _TABS:
        return "\t"
    return " " * 4 if language in _FOUR_BLANKS else " " * 2 if language in _TWO_BLANKS else ""


def usual_step(language: str) -> str:
    """One level of indentation that every formatter of the language writes; "" where there is no such habit."""
    return "\t" if language in _TABS else ""


def takes_no_tabs(language: str) -> bool:
    """Whether tabs are an error, or no project uses them."""
    return language in _BLANKS or language in _FOUR_BLANKS
