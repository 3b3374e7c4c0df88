"""Words of a model around the text of a document that is words itself: a line that leads to it, remarks below it."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from coderoute_ls.edits.answer.lines.elision import Strength, strength
from coderoute_ls.edits.answer.lines.partial_line_selection import selected_lines
from coderoute_ls.edits.answer.target_region import Place, without_blank_ends
from coderoute_ls.text import words

_GAPS = 2
"""Blank stretches in a region that is more than a paragraph under a title."""
_MARKUP = re.compile(r"^\s*(?:[#=*+|>:!\\-]|\d+[.)]\s)|[`<>{}\[\]]|\*\*|://")

_RULE = re.compile(r"(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}")
_FIRST_SIGNS = re.compile(r"\\\w+|[#=*+>!-]+\s")
"""How a heading, a list or a command begins."""
_LABEL = re.compile(r"\s*(?:\*\*|__|#+ )?[^\W\d_][^.!?]*[:：](?:\*\*|__)?(?:\s|$)")
"""What a list of changes begins with."""
_WANTS_MORE = re.compile(
    r"(?i)\b(?:add|append|exten|expan|elaborat|longer|more\b|writ|continu|complet|includ|insert|mention|section|paragraph|conclu"
    r"|summar|exampl|intro|chapter|finish|draft|end\b|ending|begin|start|ergänz|erweiter|hinzu|füg|schreib|länger|mehr\b|fortsetz|fortführ|abschnitt|absatz"
    r"|ajout|complét|allong|plus\b|écri|paragraph|añad|agreg|ampl|más\b|escrib|párraf|secci|adicion|acrescent|mais\b|escrev"
    r"|aggiun|più\b|scriv|toevoeg|voeg|meer\b|schrijf|dodaj|dopis|добав|допис|дополн|расшир|продолж|больше|напиш|додай|розшир)"
    r"|添加|增加|补充|扩|继续|写|加|追加|書|続|増や|추가|늘|더 |계속|써|أضف|جोड़"
)
"""What a user says who wants more text. The words only let an answer pass."""
_SPEAKS = re.compile(
    r"(?i)\b(?:let me know|feel free|hope (?:this|that|it)|would you like|do you want|if you(?:'d| would)? (?:like|need|want)"
    r"|i(?:'ve|’ve| have| made| fixed| corrected| changed| also)\b|lass(?:en sie)? mich|hoffe|soll ich|ich habe|möchten sie"
    r"|n'hésitez|faites-moi|j'ai\b|j’ai\b|souhaitez|espero|avísame|házmelo|he (?:corregido|cambiado)|me avise|fammi|spero"
    r"|ho corretto|laat (?:het )?me|ik heb|дайте знать|надеюсь|я (?:исправил|изменил|внес))"
    r"|请告诉|希望|如果您|如果你|我已|我把|お知らせ|ご確認|でしょうか|修正しました|알려|필요하시면"
)
"""How a model speaks to its user. Read to refuse alone."""
_AT_LEAST = 2
"""Paragraphs of an answer of which one can be a remark."""
_SHORT = 40
_NEARLY = 0.75
"""Or, of few words, so much of its letters."""
_LIKE = 0.5
"""More than so many of its words a paragraph keeps that is corrected."""


def without_lead(lines: Sequence[str], place: Place) -> tuple[list[str], bool]:
    """The text without one line of talk above it, that ends in a colon, and without the rule below that; and whether words at its
    end may be talk, too. The line is talk where the region's first line comes next, or one that begins with the same signs."""
    own = selected_lines(place)
    said, old = ([n for n, line in enumerate(text) if line.strip()] for text in (lines, own))
    if len(said) < 2 or not old or place.surface != "replace":
        return list(lines), False
    lead, first = lines[said[0]].strip().strip("*_"), own[old[0]].strip()
    if not lead.endswith((":", "：")) or not lead[:1].isalpha() or lines[said[0]].strip() in place.keys or said[1] == said[0] + 1:
        return list(lines), False
    ruled = _RULE.fullmatch(lines[said[1]].strip()) is not None and not _RULE.fullmatch(first)
    at = said[1 + ruled] if len(said) > 1 + ruled else said[0]
    signs = _FIRST_SIGNS.match(first)
    alike = lines[at].strip() == first or (signs is not None and lines[at].strip().startswith(signs.group()))
    alike = alike or _is_like(_paragraphs(lines[at:])[0], _paragraphs(own)[0])
    text = without_blank_ends(lines[at:])
    if at == said[0] or not alike or text == without_blank_ends(own):
        return list(lines), False
    return text, _ends_in_talk(text, place)


def _ends_in_talk(lines: Sequence[str], place: Place) -> bool:
    """The last line stands for itself, without markup, and has hardly a word of the region."""
    if len(lines) < 2 or lines[-2].strip() or _MARKUP.search(lines[-1]):
        return False
    return _says_other(lines[-1], "\n".join(place.old))


def _says_other(line: str, text: str) -> bool:
    """Less than a third of the line's words are in the text."""
    known = frozenset(word.casefold() for word in words(text))
    mine = [word.casefold() for word in words(line)]
    return 3 * sum(1 for word in mine if word in known) < len(mine)


def is_only_talk(lines: Sequence[str], place: Place) -> bool:
    """One line without markup, of which hardly a word is the region's or the user's, for a region of several paragraphs."""
    said, old = ([line for line in text if line.strip()] for text in (lines, place.old))
    gaps = sum(1 for one, other in pairwise(without_blank_ends(place.old)) if not one.strip() and other.strip())
    if place.surface != "replace" or len(said) != 1 or gaps < _GAPS or _MARKUP.search(said[0]):
        return False
    return _says_other(said[0], "\n".join((*old, place.instruction)))


def has_remarks(lines: Sequence[str], place: Place) -> bool:
    """Paragraphs before the region's first one or behind its last one that say something else, where the user did not want more;
    or a last one that speaks to the user, as the region does not."""
    if place.surface != "replace":
        return False
    said, old = _paragraphs(lines), _paragraphs(selected_lines(place))
    said = [one for one in said if not any(strength(line, place.language) is Strength.DOTS for line in one)]
    if len(old) == 1 == len(said) and _is_labelled(said[0], old[0]):
        return True
    if not old or len(said) < _AT_LEAST:
        return False
    own = "\n".join(place.old)
    around = frozenset(line.strip() for line in (*place.above, *place.below))
    first = next((n for n, one in enumerate(said) if _is_like(one, old[0])), 0)
    last = next((n for n in range(len(said) - 1, -1, -1) if _is_like(said[n], old[-1])), len(said) - 1)
    outer = [[line for line in one if line.strip() not in around] for one in (*said[:first], *said[last + 1 :])]
    outer = [one for one in outer if one]
    if any(_speaks(one, own) for one in (said[0], said[-1])):
        return True
    if _WANTS_MORE.search(place.instruction):
        return False
    marked = any((_RULE.fullmatch(one[0].strip()) or _LABEL.match(one[0])) and one[0].strip() not in place.keys for one in outer)
    return marked or (bool(place.instruction) and any(_says_other("\n".join(one), own) for one in outer))


def _is_labelled(one: Sequence[str], old: Sequence[str]) -> bool:
    """Words and a colon stand before what is the old text, corrected."""
    label, colon, rest = one[0].partition(":")
    known = frozenset(word.casefold() for word in words("\n".join(old)))
    new = bool(colon) and len(known) > _AT_LEAST and known.isdisjoint(word.casefold() for word in words(label))
    return new and _is_like([rest, *one[1:]], old)


def _speaks(paragraph: Sequence[str], own: str) -> bool:
    text = " ".join(paragraph)
    return _SPEAKS.search(text) is not None and _SPEAKS.search(own) is None and _says_other(text, own)


def _paragraphs(lines: Sequence[str]) -> list[list[str]]:
    """What blank lines keep apart."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [one for one in found if one]


def _is_like(one: Sequence[str], other: Sequence[str]) -> bool:
    """More than half of the words of the longer one are in both, or most of their letters; of markup without words, all."""
    mine, theirs = ([word.casefold() for word in words("\n".join(text))] for text in (one, other))
    if not mine or not theirs:
        return [line.strip() for line in one] == [line.strip() for line in other]
    known = frozenset(theirs)
    if len(mine) <= _SHORT and SequenceMatcher(None, " ".join(mine), " ".join(theirs)).ratio() >= _NEARLY:
        return True
    return sum(word in known for word in mine) > _LIKE * max(len(mine), len(theirs))
