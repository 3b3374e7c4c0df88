"""What models and chat pages wrap around a whole answer: tags, HTML, JSON, prompts; and blanks and quotes of typesetting."""

import html
import json
import re
from collections.abc import Sequence
from typing import cast

from coderoute_ls.syntax.prose_and_markup import is_markup

_NAME = (
    r"(?:\w+_)?(?:region|answer|output|code|result|solution|response|final|selected|selection|replacement|content|file|text|document"
    r"|function|method|snippet)(?:_\w+)?"
)
_TAG = re.compile(rf"<(?P<closes>/?)(?P<name>{_NAME})(?: [\w:-]+=(?:\"[^\"<>]*\"|'[^'<>]*'))*>", re.IGNORECASE)
_MARK = re.compile(r"\[(?P<closes>/?)(?P<name>[A-Z][A-Z+#]*)\]")
_PAGE = re.compile(r"<pre\b[^>]*>\s*?(?:<code\b[^>]*>\n?)?(?P<code>.*?)(?:</code>)?\s*</pre>", re.DOTALL | re.IGNORECASE)
_JSON = re.compile(r"(?:`{3,}(?:json)?[ \t]*\n)?(?P<value>[{\"].*?)(?:\n`{3,})?", re.DOTALL | re.IGNORECASE)
_KEY = re.compile(rf"{_NAME}|docstring|comment|edit|value", re.IGNORECASE)
_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: (?P<rest>.*))?")
_BLANKS = re.compile(r"^[ \t]*[\u00a0\u2002\u2003\u2007\u202f\u3000][ \t\u00a0\u2002\u2003\u2007\u202f\u3000]*", re.MULTILINE)
_WIDE = str.maketrans(dict.fromkeys("\u00a0\u2002\u2003\u2007\u202f\u3000", " "))
_CURLY = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'"})
_STRAIGHT = re.compile(r"[\"`]|(?<!\w)'|'(?!\w)")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#39|#x27|nbsp);")


def unwrapped(lines: Sequence[str], own: str, language: str, *, prose: bool) -> list[str]:
    """Without tags that are alone on a line and are the prompt's, not the file's (``own``). Where tags are content, a pair has
    to be around everything."""
    if prose or is_markup(language) or language.endswith("react") or language in ("jsx", "tsx"):
        return _without_pair(list(lines), own)
    found = [(n, _TAG.fullmatch(line.strip()) or _MARK.fullmatch(line.strip())) for n, line in enumerate(lines)]
    tags = {n: match for n, match in found if match and match.group() not in own}
    names = {(match["name"], bool(match["closes"])) for match in tags.values()}
    return [
        line
        for n, line in enumerate(lines)
        if n not in tags or (tags[n].re is _MARK and (tags[n]["name"], not tags[n]["closes"]) not in names)
    ]


def _without_pair(lines: list[str], own: str) -> list[str]:
    written = [n for n, line in enumerate(lines) if line.strip()]
    if len(written) < 3:
        return lines
    first, last = (_TAG.fullmatch(lines[n].strip()) for n in (written[0], written[-1]))
    if not first or not last or first["closes"] or not last["closes"] or first["name"] != last["name"] or first.group() in own:
        return lines
    return lines[written[0] + 1 : written[-1]]


def from_json(text: str, own: str, language: str) -> str:
    """The text that a JSON answer holds: a string, or an object with one text under a usual name. Other texts come back."""
    found = _JSON.fullmatch(text.strip())
    if found is None or own.lstrip()[:1] in ("{", '"') or language.startswith("json"):
        return text
    try:
        value: object = json.loads(found["value"], strict=False)
    except ValueError:
        return text
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return text
    entries = cast("dict[str, object]", value)
    texts = [said for key, said in entries.items() if isinstance(said, str) and _KEY.fullmatch(key)]
    return texts[0] if len(texts) == 1 else text


def from_page(text: str, own: str) -> str:
    """The code of an HTML page's ``<pre>`` that is the whole answer."""
    found = _PAGE.fullmatch(text.strip())
    return text if found is None or "<pre" in own else html.unescape(found["code"])


def without_prompts(lines: Sequence[str]) -> list[str]:
    """Without the prompts of a Python session, where every line has one and the first is a new one."""
    if not lines or not lines[0].startswith(">>>") or not all(_PROMPT.fullmatch(line) for line in lines if line.strip()):
        return list(lines)
    return [match["rest"] or "" if (match := _PROMPT.fullmatch(line)) else line for line in lines]


def typed(text: str, own: str) -> str:
    """Code as a keyboard types it: indented with blanks, not with those of typesetting; quotes straight, where all are curly."""
    if text.isascii():
        return text
    if "\u00a0" not in own:
        text = _BLANKS.sub(lambda found: found.group().translate(_WIDE), text)
    if not _STRAIGHT.search(text.replace("```", "")) and not any(chr(code) in own for code in _CURLY):
        text = text.translate(_CURLY)
    return text


def is_escaped(lines: Sequence[str], own: str) -> bool:
    """The code is written as HTML text: with entities that the user's text has not, and with no sign left that would be one."""
    text = "\n".join(lines)
    return _ENTITY.search(text) is not None and not re.search(r"[<>]|&(?!\w+;|#)", text) and not _ENTITY.search(own)


def unescaped(lines: Sequence[str]) -> list[str]:
    """The lines as a page shows them."""
    return html.unescape("\n".join(lines)).split("\n")
