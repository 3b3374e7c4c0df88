"""Whether a text that a model changed holds garbage, judged apart from the server's own filters."""

import re
from collections import Counter
from difflib import SequenceMatcher

from coderoute_ls.syntax import definitions, parses
from coderoute_ls.syntax.brackets import unclosed, unopened

_TALK = re.compile(r"(?:Here|Sure|Certainly|I |I'|The |This |To |You |Sorry|Note|In this|Answer|Explanation|Refactor)\b.*\s\w+\s")
_SENTENCE = re.compile(r"[A-Z][a-z']+(?: [\w'`,()-]+){4,}[.:!?]")
_TAGS = re.compile(r"</?(?:region|before|after|selected|instruction|related|definition)>|[⟦⟧]")
_OTHERS = {
    "python": re.compile(r"^\s*(?:const|let|fn|pub|function|impl)\s|[;{]\s*$|=>", re.MULTILINE),
    "typescript": re.compile(r"^\s*(?:def|elif|fn|pub|impl|use|mut)\s|^\s*(?:if|for|while)\b[^({]*:\s*$", re.MULTILINE),
    "rust": re.compile(r"^\s*(?:def|elif|function|const \w+ = (?:function|\()|import)\s|===", re.MULTILINE),
}
"""What code of the language never has, and that of the two others often does."""
_COMMENTS = {"python": ("#",), "typescript": ("//", "/*", "*"), "rust": ("//", "/*", "*")}
LONG = 8
"""Characters of a line that says something: shorter ones often stand three times in good code."""


def garbage(language: str, before: str, after: str, *, whole: bool = True) -> list[str]:
    """What is wrong with a text that was changed; nothing for what one cannot say without knowing what was meant. ``whole``: the
    change is meant to be complete; ghost text may end inside a statement."""
    new = inserted(before, after)
    code = [line for line in new if not line.startswith(_COMMENTS[language])]
    talking = [*code, *(line.lstrip("/*# ") for line in new)] if language != "python" else code
    was_open = unclosed(language, before) + unopened(language, before)
    judged = {
        "fence": any(line.startswith("```") for line in new) or sum(line.count("```") for line in new) % 2 == 1,
        "talk": any(_TALK.match(line) for line in code if not _is_documented(language, after, line))
        or any(_SENTENCE.fullmatch(line) for line in code if not _is_documented(language, after, line))
        or any(re.match(r"(?:Here is|Here's|Sure|Certainly|Sorry)\b", line) for line in talking),
        "marks of the prompt": any(_TAGS.search(line) for line in new if line not in before),
        "doubled": _doubled(new) or _doubled_block(before, after, new),
        "unbalanced": not was_open and bool(unclosed(language, after) + unopened(language, after)),
        "parsed before, not any more": whole and parses(language, before) is True and parses(language, after) is False,
        "wrong language": bool(_OTHERS[language].search("\n".join(code))) and parses(language, after) is False,
        "a definition's name is lost": bool(_names(language, before) - _names(language, after)),
    }
    return [kind for kind, found in judged.items() if found]


def inserted(before: str, after: str) -> list[str]:
    """The lines that came, stripped, none blank."""
    old, new = before.split("\n"), after.split("\n")
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [line.strip() for kind, _, _, start, end in changes if kind != "equal" for line in new[start:end] if line.strip()]


def _is_documented(language: str, text: str, line: str) -> bool:
    """Whether a line stands in a string of several lines: a docstring speaks to people."""
    if language != "python":
        return False
    head = text[: text.find(line)]
    return head.count('"""') % 2 == 1 or head.count("'''") % 2 == 1


def _doubled(new: list[str]) -> bool:
    return any(number >= 3 for line, number in Counter(new).items() if len(line) > LONG)


def _doubled_block(before: str, after: str, new: list[str]) -> bool:
    """Whether three lines in a row stand in the text more often than they did."""
    lines = [[line.strip() for line in text.split("\n") if line.strip()] for text in (before, after)]
    old, now = (Counter(zip(each, each[1:], each[2:], strict=False)) for each in lines)
    more = [block for block, number in now.items() if number > max(1, old[block]) and len("".join(block)) > 3 * LONG]
    return any(set(new) >= set(block) for block in more)


def _names(language: str, text: str) -> Counter[str]:
    return Counter(found.name for found in definitions(language, text))
