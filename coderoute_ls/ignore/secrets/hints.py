"""Which hints of `FLAGS` stand in a text: those that hold a word are looked for only in words that were not seen before."""

import re

from coderoute_ls.ignore.secrets.shapes import FLAGS

_HINTS = sorted({hint for shape in FLAGS if not shape.may_be_sent for hint in shape.hints})
_WORD = re.compile(r"[a-z_]{3,}")
_CORES: dict[str, list[str]] = {}
"""By the longest word in them."""
for _hint in _HINTS:
    if _words := _WORD.findall(_hint):
        _CORES.setdefault(max(_words, key=len), []).append(_hint)
_SIGNS = [hint for hint in _HINTS if _WORD.search(hint) is None]
"""Hints without a word."""
_HINTLESS: set[str] = set()
"""Words without any hint, remembered: code repeats its words."""
_HINTED: dict[str, list[str]] = {}
_MOST_WORDS = 50_000


def forget() -> None:
    """Look at every word afresh."""
    _HINTLESS.clear()
    _HINTED.clear()


def hints_in(lowered: str, all_words: set[str]) -> set[str]:
    """The hints in a text of small letters, whose words, each once, these are."""
    words = all_words - _HINTLESS
    new = words - _HINTED.keys()
    if len(_HINTLESS) + len(_HINTED) + len(new) > _MOST_WORDS:
        _HINTLESS.clear()
        _HINTED.clear()
        words = new = all_words
    together = "\n".join(new)
    present = [(core, hints) for core, hints in _CORES.items() if core in together]
    for word in new:
        if found := [hint for core, hints in present if core in word for hint in hints]:
            _HINTED[word] = found
        else:
            _HINTLESS.add(word)
    possible = {hint for word in words & _HINTED.keys() for hint in _HINTED[word]}
    return {hint for hint in (*possible, *_SIGNS) if hint in lowered}
