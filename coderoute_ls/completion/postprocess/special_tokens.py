"""Control tokens of the model and code fences never reach the buffer."""

import re
from dataclasses import replace

from coderoute_ls.completion.cursor import Candidate, Cursor

_TOKEN = re.compile(
    r"<\|[\w/ .:-]{1,40}\|>|<｜[^｜\n]{1,40}｜>"
    r"|</?(?:fim_(?:prefix|suffix|middle|pad)|file_sep|repo_name|issue_start|commit_before)>"
    r"|▁?<(?:PRE|SUF|MID|EOT|END)>|\[(?:PREFIX|SUFFIX|MIDDLE)\]|^<filename>|^<reponame>",
    re.MULTILINE,
)
_SENTENCE_END = re.compile(r"</?s>\s*\Z")
_HALF_TOKEN = re.compile(r"(?:<\|[\w ]{0,40}\|?|<｜[^｜\n]{0,40}｜?|</?fim_\w{0,6})\Z")
_FENCE = re.compile(r"\A\s*```[\w+#.-]*[ \t]*\n(?P<inside>.*?)(?:\n```.*)?\Z", re.DOTALL)
_CLOSING_FENCE = re.compile(r"\n?```\s*\Z")
_MARKUP = frozenset({"html", "xml", "markdown", "vue", "svelte", "javascriptreact", "typescriptreact"})


def apply(candidate: Candidate, place: Cursor) -> Candidate | None:
    """Cut at the first control token (those that lead are dropped), take code out of its fence."""
    text = candidate.text
    while (match := _TOKEN.match(text)) is not None:
        text = text[match.end() :]
    found = _TOKEN.search(text)
    text = text[: found.start()] if found else _HALF_TOKEN.sub("", text)
    if place.language not in _MARKUP:
        text = _SENTENCE_END.sub("", text)
    if place.language != "markdown":
        fenced = _FENCE.match(text)
        text = fenced["inside"] if fenced else _CLOSING_FENCE.sub("", text)
    return replace(candidate, text=text) if text else None
