"""Ends an answer where words for a person begin: they are no suggestion."""

import re
from dataclasses import replace
from functools import lru_cache

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.syntax.code_or_prose import is_sentence, knows_words, reads_as_code
from coderoute_ls.syntax.prose_and_markup import is_markup
from coderoute_ls.text import indentation


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_SIGNS = re.compile(r"[={}\[\]<>|\\$@;&%^~+/_]|\w\(|::|->")
_ENDS = (".", "!", "?", "…", "。", "！", "？", "：", ":", "।", "؟")
_FULL_STOPS = ("。", "！", "？", "：", "।", "؟")
_VALUES = _set("yaml ini properties dotenv conf editorconfig dockercompose helm ansible gitconfig desktop")
"""Languages in which a value is plain words."""
_SHELLS = _set("shellscript bash sh zsh ksh fish dockerfile makefile make just")
"""Languages in which a command's words are plain words."""
_WORDY = _set("cucumber gherkin feature robot robotframework csv tsv log diff patch")
"""Languages whose statements are sentences."""
_TAGGED = _set("javascript javascriptreact typescript typescriptreact tsx jsx")
_STYLES = _set("css scss less")
"""Languages in which any words are a selector, once a brace follows."""
_DATA = _set("json jsonc json5 yaml")
_WRAPPED = re.compile(
    r"\s*\{\s*\"(?:(?P<sure>completion|suggestion|insert_?text)|code|text|answer|output|result|response)\"\s*:\s*\"(?:[^\"\\]|\\.)*\"\s*\}\s*\Z",
    re.IGNORECASE,
)
_REACH = 2_000
_STRANGERS = frozenset(map(str, range(20)))
_MARK = 3
"""Characters that the start of a string or comment takes at most."""
_BARE = re.compile(r"\s*[^\W\d]\w*\s*\Z")


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Keep the lines before the first that is words where code should stand."""
    if cursor.prose or cursor.language in _WORDY or is_markup(cursor.language) or _between_tags(cursor):
        return candidate
    lines = candidate.text.split("\n")
    if _is_wrapped(candidate.text, cursor):
        return None
    if _lone_word(candidate.text, cursor):
        return None
    for number, line in enumerate(lines):
        prompt = line.lstrip().startswith("$ ") and cursor.language in _SHELLS
        if prompt or (_may_be_words(line) and _is_talk(lines, number, cursor)):
            kept = "\n".join(lines[:number]).rstrip()
            return replace(candidate, text=kept, cut=False) if kept.strip() else None
    return candidate


def _is_wrapped(text: str, cursor: Cursor) -> bool:
    """A JSON object around the suggestion, as models answer to tools; as a value in code it may be meant."""
    found = _WRAPPED.match(text)
    return found is not None and cursor.language not in _DATA and (found["sure"] is not None or not cursor.left.strip())


def _may_be_words(line: str) -> bool:
    """Looked at more closely. Cheap: nearly every line of code says no here."""
    text = line.strip()
    return len(text) > 2 and (text.endswith(_ENDS) or not text.isascii() or (" " in text and not _SIGNS.search(text)))


def _is_talk(lines: list[str], number: int, cursor: Cursor) -> bool:
    line = lines[number]
    # the file's names make it less of a sentence: they are collected where that matters
    if _is_value(number, cursor) or not is_sentence(line, _STRANGERS) or _is_quoted(lines, number, cursor):
        return False
    joined = (cursor.near_left.lstrip() + line + cursor.right[:_REACH] if number == 0 else line).strip()
    grammar = knows_words(cursor.language)
    if (grammar and _reads(cursor.language, joined)) or not is_sentence(line, cursor.names):
        return False
    if grammar and (" " not in joined or line.rstrip().endswith(_FULL_STOPS)):
        return True  # to a grammar a word is a name, and its full stop a letter
    if cursor.language in _STYLES:
        return not line.rstrip().endswith(",") and not "".join(lines[number + 1 :]).lstrip().startswith("{")
    if grammar:
        said = "\n".join(lines)
        return not any(_reads(cursor.language, text) for text in _parts(joined)) and not cursor.parses_with(said)
    first, *_ = text = line.split()
    plain = first[0].islower() and first[0].isascii() and not text[-1].endswith(_ENDS)
    shouting = first.isupper() and len(first) > 1
    return not plain and not shouting


@lru_cache(maxsize=256)
def _reads(language: str, text: str) -> bool | None:
    return reads_as_code(language, text)


def _parts(line: str) -> tuple[str, ...]:
    """What the line may be a part of."""
    return f"{line};", f"{line} {{}}", f"class A {{\n{line};\n}}", f"class A {{\n{line} {{}}\n}}"


def _is_value(number: int, cursor: Cursor) -> bool:
    """The rest of a line whose start says that words may follow."""
    left = cursor.left.strip()
    if number or not left:
        return False
    return cursor.language in _SHELLS or (cursor.language in _VALUES and left.endswith((":", "=", "-", "|", ">")))


def _is_quoted(lines: list[str], number: int, cursor: Cursor) -> bool:
    """The line lies in a string or a comment, or is one."""
    if number == 0 and cursor.before.inside:
        return True
    before = "".join(f"{line}\n" for line in lines[:number]) + indentation(lines[number])
    began = cursor.scan(before + lines[number].lstrip()[:_MARK])
    return began.inside != "" and began.since <= len(before)


def _between_tags(cursor: Cursor) -> bool:
    """In the text of an element: words for people are content there."""
    if cursor.language not in _TAGGED:
        return False
    before = cursor.left.rstrip() or next((line.rstrip() for line in reversed(cursor.above) if line.strip()), "")
    after = cursor.right.lstrip() or next((line.lstrip() for line in cursor.below if line.strip()), "")
    return before.endswith(">") and not before.endswith(("=>", "->")) and after.startswith(("<", "{"))


def _lone_word(text: str, cursor: Cursor) -> bool:
    """A bare word on a line of its own, unknown to the file: no statement."""
    if cursor.left.strip() or not _BARE.match(text) or not knows_words(cursor.language) or cursor.before.inside:
        return False
    if cursor.opened[:1] and cursor.opened[0] in ")]":
        return False
    read = reads_as_code(cursor.language, text)
    return (read is False or (read is None and text.strip()[0].isupper())) and text.strip() not in cursor.names
