"""How languages are indented where the file itself does not say (data)."""

_TABS = frozenset({"go", "makefile", "make", "gomod", "gowork", "templ", "tsv", "gitconfig"})


def usual_step(language: str) -> str:
    """One level of indentation that every formatter of the language writes; "" where there is no such habit."""
    return "\t" if language in _TABS else ""
