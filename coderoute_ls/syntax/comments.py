"""What starts a line comment in which language (data)."""

_MARKS = {
    "#": "python ruby shellscript bash sh perl r yaml toml "
    "elixir julia dockerfile makefile cmake coffeescript nim gdscript powershell hcl",
    "--": "lua sql haskell elm ada vhdl",
    ";": "clojure lisp scheme ini",
    "%": "erlang matlab latex tex prolog",
}
_MARK_OF = {language: mark for mark, languages in _MARKS.items() for language in languages.split()}


def line_comment(language: str) -> str:
    """``#`` for ``python``; ``//`` where nothing else is known."""
    return _MARK_OF.get(language, "//")
