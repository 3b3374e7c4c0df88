"""Takes code out of its fence and out of the talk around it. In prose, in comments and in strings a fence is content."""

import re
from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.syntax.language_names import names_language


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_FENCE = re.compile(
    r"^[ \t]*(?P<marks>`{3,}|~{3,})(?P<info>[^\n`]*)$"
    r"|(?<=[^\s`])[ \t]*(?P<late>`{3,})[\w+#]+[ \t]*$",
    re.MULTILINE,
)
"""A fence, and one that begins at the end of a line of talk."""
_ONE_LINE = re.compile(r"\A\s*(?P<marks>`{3,})(?P<inside>[^\n`]+)(?P=marks)\s*\Z")
_CODE_SPAN = re.compile(r"\A\s*`(?P<inside>[^`\n]+)`\s*\Z")
_AT_LINE_END = re.compile(r"(?<=[^\s`])[ \t]*(?:`{3,}|~{3,})[ \t]*$", re.MULTILINE)
_HALF = re.compile(r"\n[ \t]*(?:`{1,2}|~{1,2})\s*\Z")
_INFO = re.compile(r"[ \t]*[\w+#./{}= \"':-]*[ \t]*")
_BACKTICKS = _set(
    "javascript javascriptreact typescript typescriptreact tsx vue svelte go golang shellscript bash sh zsh ruby perl php "
    "sql mysql r haskell scala kotlin swift clojure lisp emacs-lisp scheme elixir"
)
"""Languages in which backticks enclose a whole value: a code span may be one."""
_FILE_NAME = re.compile(
    r"\A\s*(?://|#|--|/\*|<!--|;)[ \t]*(?:[Ff]ile(?:name)?:?[ \t]*)?"
    r"(?:[\w.-]+[/\\])*[\w-]+\.[a-z]\w{0,4}[ \t]*(?:\*/|-->)?[ \t]*(?:\n|\Z)"
)
"""A comment in the first line that is the name of a file."""
_QUOTING = re.compile(r"\"\"\"|'''|/\*|<!--")


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Keep what the first fence holds; where it only closes, what stands before it. A comment that only names a file is a heading
    of the answer, too."""
    text = candidate.text
    if cursor.prose or cursor.before.inside:
        return candidate
    if "`" in text or "~~~" in text:
        text = _inside(text, cursor)
    if cursor.position.line and not cursor.left.strip():
        text = _FILE_NAME.sub("", text, count=1)
    return candidate if text == candidate.text else replace(candidate, text=text) if text.strip() else None


def _inside(text: str, cursor: Cursor) -> str:
    if (single := _ONE_LINE.match(text)) is not None:
        word, _, rest = single["inside"].partition(" ")
        return rest if names_language(word) else single["inside"]
    if (span := _CODE_SPAN.match(text)) is not None and cursor.language not in _BACKTICKS:
        return span["inside"]
    for fence in _FENCE.finditer(text):
        before = text[: fence.start()]
        if _quoted(before) or not _INFO.fullmatch(fence["info"] or ""):
            continue
        if fence["late"]:
            return _to_the_close(text[fence.end() + 1 :], fence["late"])
        if before.strip() and not fence["info"].strip() and not _opens(text, fence):
            return _without_half(before.rstrip("\n"))
        return _to_the_close(text[fence.end() + 1 :], fence["marks"])
    at_end = _AT_LINE_END.search(text)
    if at_end is not None and not _quoted(text[: at_end.start()]):
        return text[: at_end.start()]
    return _without_half(text)


def _opens(text: str, fence: re.Match[str]) -> bool:
    """Whether a bare fence behind some text opens a block: it is closed later, so what is before it is talk."""
    later = _FENCE.search(text, fence.end())
    return later is not None and later["info"] is not None and not later["info"].strip()


def _to_the_close(text: str, marks: str) -> str:
    for fence in _FENCE.finditer(text):
        if (fence["marks"] or "").startswith(marks) and not fence["info"].strip() and not _quoted(text[: fence.start()]):
            return text[: fence.start()].removesuffix("\n")
    at_end = _AT_LINE_END.search(text)
    return text[: at_end.start()] if at_end is not None and not _quoted(text[: at_end.start()]) else _without_half(text)


def _without_half(text: str) -> str:
    return _HALF.sub("", text)


def _quoted(before: str) -> bool:
    """Whether a string or comment of several lines is open: a fence in it is content."""
    opened = ""
    for mark in _QUOTING.finditer(before):
        if not opened:
            opened = {"/*": "*/", "<!--": "-->"}.get(mark.group(), mark.group())
            if opened not in ("*/", "-->"):
                continue
            if opened in before[mark.end() :]:
                opened = ""
        elif mark.group() == opened:
            opened = ""
    return bool(opened)
