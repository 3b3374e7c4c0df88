"""What models and chat pages wrap around a whole answer: tags, HTML, JSON, prompts; and blanks and quotes of typesetting."""

import contextlib
import html
import json
import re
from collections.abc import Iterator, Sequence
from textwrap import dedent
from typing import cast

from coderoute_ls.syntax.prose_and_markup import is_markup

_NAME = (
    r"(?:\w+_)?(?:region|answer|output|code|result|solution|response|final|selected|selection|replacement|content|file|text|document"
    r"|function|method|snippet|edit|edits|string|str)(?:_\w+)?"
)
_TAG = re.compile(rf"<(?P<closes>/?)(?P<name>{_NAME})(?: [\w:-]+=(?:\"[^\"<>]*\"|'[^'<>]*'))*>", re.IGNORECASE)
_MARK = re.compile(r"\[(?P<closes>/?)(?P<name>[A-Z][A-Z+#]*)\]")
_PAGE = re.compile(r"<pre\b[^>]*>\s*?(?:<code\b[^>]*>\n?)?(?P<code>.*?)(?:</code>)?\s*</pre>", re.DOTALL | re.IGNORECASE)
_JSON = re.compile(r"(?:`{3,}(?:json)?[ \t]*\n)?(?P<value>[{\"].*?)(?:\n`{3,})?", re.DOTALL | re.IGNORECASE)
_KEY = re.compile(rf"{_NAME}|docstring|comment|edit|value", re.IGNORECASE)
_WAS, _NOW = r"(?:old|original|search|find|before)(?:_?[A-Za-z]+)?", r"(?:new|updated|replace|replacement|after)(?:_?[A-Za-z]+)?"
"""What tools for edits call the text that is there, and the one that shall be."""
_PAIR = re.compile(
    rf"<(?P<was>{_WAS})>\n?(?P<old>.*?)\n?[ \t]*</(?P=was)>\s*<(?P<now>{_NOW})>\n?(?P<new>.*?)\n?[ \t]*</(?P=now)>", re.DOTALL
)
_HOLDERS = ("arguments", "input", "parameters", "args", "function", "edits", "edit", "changes", "replacements")
"""Under what names tool calls hold their arguments, and edits of several places the single ones."""
_DEEPEST = 4
_ENDS_OF_LINES = 2
_BARE_QUOTE = re.compile(r'(?<!\\)"')
_FRAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"<(?P<name>[a-z][\w.-]*)(?:[ =][^<>]*)?>",
        r"\[(?P<name>code|source|src)(?:[=:][^\[\]]*)?\]",
        r"#\+begin_(?P<name>\w+)(?: .*)?",
        r"\\begin\{(?P<name>\w+)\}.*",
        r"\{(?P<name>code|noformat)(?::[^{}]*)?\}",
        r"(?P<name>-{4,})",
    )
)
"""How tags, forums, Org, LaTeX, trackers and AsciiDoc begin code."""
_ABOVE_FRAME = re.compile(r"\[source(?:,[^\]]*)?\]|\.\. (?:code|code-block|sourcecode)::.*")
"""What AsciiDoc says above it, and reStructuredText above indented code."""
_FRAMES_OF_CODE = frozenset({"code", "noformat", "source", "src", "begin_src", "example", "lstlisting", "verbatim", "minted"})
_GLUED = re.compile(r"<(?P<name>[a-z][\w.-]*)(?:[ =][^<>]*)?>(?P<rest>\s*\S.*)")
_PAGE_ELEMENTS = (
    "a abbr article aside b big blockquote body br button caption center cite col dd del details dfn div dl dt em figcaption"
    " figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label li link main mark nav ol p"
    " picture q s samp script section select small source span strong style sub summary sup svg table tbody td tfoot th thead"
    " title tr tt u ul var video"
)
_ELEMENTS = frozenset(_PAGE_ELEMENTS.split())
"""Tags that documents of words may hold themselves."""
_ELEMENT = re.compile(r"<(?P<name>[A-Za-z][\w.-]*)>[^<>]*</(?P=name)>")
_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: (?P<rest>.*))?")
_SHELL_PROMPT = re.compile(r"[$%] (?P<rest>.*)")
_SHELLS = frozenset({"shellscript", "bash", "sh", "zsh", "fish", "ksh"})
_BLANKS = re.compile(r"^[ \t]*[\u00a0\u2002\u2003\u2007\u202f\u3000][ \t\u00a0\u2002\u2003\u2007\u202f\u3000]*", re.MULTILINE)
_WIDE = str.maketrans(dict.fromkeys("\u00a0\u2002\u2003\u2007\u202f\u3000", " "))
_CURLY = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'"})
_STRAIGHT = re.compile(r"[\"`]|(?<!\w)'|'(?!\w)")


def unwrapped(lines: Sequence[str], own: str, language: str, *, prose: bool) -> list[str]:
    """Without tags that are alone on a line and are the prompt's, not the file's (``own``). Where tags are content, a pair has
    to be around everything."""
    if prose or is_markup(language) or language.endswith("react") or language in ("jsx", "tsx"):
        inner = _without_pair(list(lines), own)
        return _without_prose_frame(inner, own) if prose else inner
    lines = without_frame(lines, own)
    found = [(n, _TAG.fullmatch(line.strip()) or _MARK.fullmatch(line.strip())) for n, line in enumerate(lines)]
    tags = {n: match for n, match in found if match and match.group() not in own}
    names = {(match["name"], bool(match["closes"])) for match in tags.values()}
    return [
        line
        for n, line in enumerate(lines)
        if n not in tags or (tags[n].re is _MARK and (tags[n]["name"], not tags[n]["closes"]) not in names)
    ]


def without_frame(lines: Sequence[str], own: str) -> list[str]:
    """Without marks around everything that the user's text has not, and without elements of one line before it, as of a path."""
    lines = _without_directive(list(lines), own)
    while (said := [n for n, line in enumerate(lines) if line.strip()])[2:]:
        first, last = lines[said[0]].strip(), lines[said[-1]].strip()
        if (
            (glued := _GLUED.fullmatch(first))
            and last.endswith(f"</{glued['name']}>")
            and glued.group()[: -len(glued["rest"])] not in own
        ):
            lines[said[0]], lines[said[-1]] = glued["rest"], lines[said[-1]].rstrip().removesuffix(f"</{glued['name']}>")
            continue
        found = _opening(first)
        if found is None or last.lower() not in _closings(found) or first in own or last in own:
            break
        lines = lines[said[0] + 1 : said[-1]]
        while lines and (not lines[0].strip() or (_ELEMENT.fullmatch(lines[0].strip()) and lines[0].strip() not in own)):
            del lines[0]
    return lines


def _opening(line: str) -> re.Match[str] | None:
    """The mark that this line is, where it begins code."""
    return next((match for opening in _FRAMES if (match := opening.fullmatch(line))), None)


def _closings(found: re.Match[str]) -> tuple[str, ...]:
    """What ends what a mark begins."""
    name = found["name"].lower()
    return f"</{name}>", f"[/{name}]", f"#+end_{name}", f"\\end{{{name}}}", f"{{{name}}}", *([name] if name[0] == "-" else ())


def _without_directive(lines: list[str], own: str) -> list[str]:
    """Without the line that says what the code below is; in reStructuredText that is indented."""
    first = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    if first == len(lines) or not _ABOVE_FRAME.fullmatch(lines[first].strip()) or lines[first].strip() in own:
        return lines
    below = lines[first + 1 :]
    if lines[first].lstrip().startswith(".."):
        return dedent("\n".join(below)).split("\n") if all(line[:1].isspace() for line in below if line.strip()) else lines
    return below


def _without_prose_frame(lines: list[str], own: str) -> list[str]:
    """A document of words without marks of code around all of it, or a pair of tags that no page has; not where the text in them
    is the old one, which was to get them."""
    said = [n for n, line in enumerate(lines) if line.strip()]
    first = lines[said[0]].strip() if said else ""
    found = _opening(first)
    if found is None and not _ABOVE_FRAME.fullmatch(first):
        return lines
    inner = without_frame(lines, own)
    if "\n".join(inner).strip() in own:
        return lines
    tag = found is not None and first.startswith("<")
    if found is None or (
        found["name"].lower() not in _ELEMENTS
        if tag
        else found["name"].lower() in _FRAMES_OF_CODE or first.startswith("#+begin_src")
    ):
        return inner
    return lines


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
    texts = list(_texts(value))
    return texts[0] if len(texts) == 1 else "\n".join(texts) if texts and all(map(_is_replacement, texts)) else text


def is_json(lines: Sequence[str], old: Sequence[str]) -> bool:
    """The lines are a JSON object or list with something in it, and the old ones are not like that."""
    first, own = (next((line.lstrip() for line in text if line.strip()), "") for text in (lines, old))
    if not first.startswith(("{", "[")) or not own or own.startswith(("{", "[", '"')):
        return False
    try:
        return bool(json.loads("\n".join(lines)))
    except (ValueError, RecursionError):
        return False


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    """The texts in a JSON value: one under a usual name, or a replacement, also in a tool call or in a list of edits."""
    if isinstance(value, str) and value.startswith("{") and depth:
        with contextlib.suppress(ValueError):
            value = json.loads(value, strict=False)
    if isinstance(value, list):
        for one in cast("list[object]", value) if depth else ():
            yield from _texts(one, depth)
    if not isinstance(value, dict) or depth > _DEEPEST:
        return
    said = {key: text for key, text in cast("dict[str, object]", value).items() if isinstance(text, str)}
    was, now = ([text for key, text in said.items() if re.fullmatch(names, key)] for names in (_WAS, _NOW))
    usual = [text for key, text in said.items() if _KEY.fullmatch(key)]
    if len(was) == len(now) == 1:
        yield _replacement(was[0], now[0])
    elif usual:
        yield from usual
    else:
        for name in _HOLDERS:
            yield from _texts(cast("dict[str, object]", value).get(name), depth + 1)


def _replacement(old: str, new: str) -> str:
    """As a block that is searched for and replaced."""
    return "\n".join(("<<<<<<< SEARCH", old.strip("\n"), "=======", new.strip("\n"), ">>>>>>> REPLACE"))


def _is_replacement(text: str) -> bool:
    return text.startswith("<<<<<<< SEARCH\n")


def from_pairs(text: str, own: str) -> str:
    """Pairs of tags, one around the old text and one around the new, as blocks that are searched for and replaced."""
    if "</" not in text:
        return text

    def replaced(found: re.Match[str]) -> str:
        return found.group() if f"<{found['was']}>" in own else _replacement(found["old"], found["new"])

    return _PAIR.sub(replaced, text)


def from_page(text: str, own: str, *, in_page: bool = False) -> str:
    """The code of an HTML page's ``<pre>`` that is the whole answer. ``in_page``: the region is in a page itself; nobody wraps
    tags so there, but for text that shows them."""
    found = _PAGE.fullmatch(text.strip())
    if found is None or "<pre" in own:
        return text
    code = found["code"]
    shows_tags = "&lt;" in code and "<" not in code
    if in_page and not (own.lstrip().startswith("<") and (shows_tags or code.lstrip().startswith("<"))):
        return text
    return html.unescape(code) if shows_tags or not in_page else code


def unescaped(text: str, own: str) -> str:
    """Lines that came as one, with ``\\n`` for each end: as a string of a program, without its quotes."""
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith(("```", "~~~"))]
    if len(lines) != 1 or lines[0].count("\\n") < _ENDS_OF_LINES or "\n" not in own.strip() or "\\n" in own:
        return text
    try:
        said = json.loads(f'"{_BARE_QUOTE.sub(chr(92) + chr(34), lines[0])}"', strict=False)
    except ValueError:
        return text
    return text.replace(lines[0], str(said).rstrip("\n"))


def without_prompts(lines: Sequence[str], language: str, own: frozenset[str]) -> list[str]:
    """Without the prompts of a Python session, where every line has one and the first is a new one; or those of a shell. ``own``
    are the region's lines; nothing is left of a session that shows what commands print."""
    prompt = _SHELL_PROMPT if language in _SHELLS else _PROMPT
    first = next((line for line in lines if line.strip()), "")
    if not prompt.fullmatch(first) or (prompt is _PROMPT and not first.startswith(">>>")) or first.strip() in own:
        return list(lines)
    if not all(prompt.fullmatch(line) for line in lines if line.strip()):
        return [] if prompt is _SHELL_PROMPT else list(lines)
    return [match["rest"] or "" if (match := prompt.fullmatch(line)) else line for line in lines]


def typed(text: str, own: str) -> str:
    """Code as a keyboard types it: indented with blanks, not with those of typesetting; quotes straight, where all are curly."""
    if text.isascii():
        return text
    if "\u00a0" not in own:
        text = _BLANKS.sub(lambda found: found.group().translate(_WIDE), text)
    if not _STRAIGHT.search(text.replace("```", "")) and not any(chr(code) in own for code in _CURLY):
        text = text.translate(_CURLY)
    return text
