"""Code inside of other documents: scripts in Vue, Svelte and HTML, blocks in Markdown. Its lines are a document of their own, in
their language, at the same line numbers.
"""

import re
from dataclasses import replace

from coderoute_ls.domain import Document

_HOSTS = frozenset({"vue", "svelte", "html", "astro", "htmldjango", "vue-html", "xhtml"})
_PAGES = frozenset({"markdown", "mdx", "rmd", "quarto", "pandoc", "vimwiki", "djot", "markdown.mdx"})
_FENCE = re.compile(r"(?P<indent> {0,3})(?P<marks>`{3,}|~{3,})\s*\{?\.?(?P<language>[\w+#-]*)[^`]*$")
_OPENING = re.compile(r"<script\b(?P<attributes>[^>]*)>\s*$", re.IGNORECASE)
_CLOSING = re.compile(r"\s*</script\s*>", re.IGNORECASE)
_LANGUAGE = re.compile(r"\blang\s*=\s*[\"'](?P<lang>\w+)[\"']|type\s*=\s*[\"'](?P<type>[^\"']*)[\"']", re.IGNORECASE)
_NAMES = {
    "py": "python",
    "js": "javascript",
    "sh": "shellscript",
    "ts": "typescript",
    "typescript": "typescript",
    "tsx": "typescriptreact",
    "jsx": "javascriptreact",
}
LONGEST = 20_000
"""Lines of a file that are looked through for a script."""


def script_around(document: Document, line: int) -> Document | None:
    """The script that holds this line, every other line blank; None where there is none."""
    if len(document.lines) > LONGEST:
        return None
    if document.language in _PAGES:
        return _block_around(document, line)
    if document.language not in _HOSTS:
        return None
    first, language = -1, ""
    for number in range(min(line, len(document.lines))):
        text = document.lines[number].rstrip("\r\n")
        if opening := _OPENING.search(text):
            first, language = number + 1, _language(opening["attributes"])
        elif _CLOSING.match(text):
            first = -1
    if first < 0 or not language or _CLOSING.match(document.line(line)):
        return None
    last = next((n for n in range(line, len(document.lines)) if _CLOSING.match(document.lines[n])), len(document.lines))
    return _only(document, language, first, last)


def _only(document: Document, language: str, first: int, last: int) -> Document:
    lines = [text if first <= n < last else "\n" for n, text in enumerate(document.lines)]
    return replace(document, language=language, lines=lines)


def _block_around(document: Document, line: int) -> Document | None:
    """The code block that holds this line, not its fences."""
    first, marks, language = -1, "", ""
    for number, text in enumerate(document.lines):
        fence = _FENCE.match(text.rstrip("\r\n"))
        if fence is None:
            continue
        if first < 0:
            first, marks, language = number + 1, fence["marks"], fence["language"]
        elif fence["marks"].startswith(marks) and not fence["language"]:
            if first <= line < number:
                return _only(document, _NAMES.get(language, language) or "unknown", first, number)
            first = -1
        if number > line and first < 0:
            return None
    return None


def _language(attributes: str) -> str:
    """The script's languageId; "" for what is no program, such as JSON or a template."""
    found = _LANGUAGE.search(attributes)
    if found is None:
        return "javascript"
    if found["lang"]:
        return _NAMES.get(found["lang"].lower(), "javascript")
    kind = found["type"].lower()
    return "javascript" if kind in ("", "module") or "javascript" in kind or "ecmascript" in kind or "babel" in kind else ""
