"""Removes the model's control tokens; operators that look like them stay."""

import re
from dataclasses import replace

from coderoute_ls.completion.cursor.cursor import Candidate, Cursor
from coderoute_ls.syntax.prose_and_markup import is_markup

_TOKEN = re.compile(
    # no blank is beside a token's bars; between operators (`f <| g |> h`) there is one
    r"<\|[\w/.:-]{1,40}\|>|<｜[^｜\n]{1,40}｜>"
    r"|</?(?:fim_(?:prefix|suffix|middle|pad)|file_sep|repo_name|issue_start|commit_before|jupyter_\w+|empty_output)>"
    r"|▁?<(?:PRE|SUF|MID|EOT|END)>|\[(?:PREFIX|SUFFIX|MIDDLE)\]|^<filename>|^<reponame>",
    re.MULTILINE,
)
_PREFIX = re.compile(r"\s*(?:<\|?fim_prefix\|?>|▁?<PRE>|\[PREFIX\]|<｜fim▁begin｜>)")
_MIDDLE = re.compile(r"<\|?fim_middle\|?>|▁?<MID>|\[MIDDLE\]|<｜fim▁end｜>")
"""What a prompt begins with, and what its end is: some models say it all again before they answer."""
_SENTENCE_END = re.compile(r"</?s>\s*\Z")
_HALF_TOKEN = re.compile(r"(?:<\|[\w/.:-]{1,40}\|?|<｜[^｜\n]{0,40}｜?|</?fim_\w{0,6})\Z")
_BARE_HALF = re.compile(r"(?<=\S)<\|\Z")
"""The start of a token directly behind the text; an operator at the end of a line has a blank before it."""
_TAGGED = frozenset({"markdown", "javascriptreact", "typescriptreact", "xml"})


def apply(candidate: Candidate, cursor: Cursor) -> Candidate | None:
    """Cut at the first control token; those that lead are dropped."""
    text = candidate.text
    if _PREFIX.match(text) is not None and (ends := list(_MIDDLE.finditer(text))):
        text = text[ends[-1].end() :]
    while (match := _TOKEN.match(text)) is not None:
        text = text[match.end() :]
    found = _TOKEN.search(text)
    text = text[: found.start()] if found else _BARE_HALF.sub("", _HALF_TOKEN.sub("", text))
    if cursor.language not in _TAGGED and not is_markup(cursor.language):
        text = _SENTENCE_END.sub("", text)
    return replace(candidate, text=text) if text else None
