"""Whether a text that a model changed holds garbage, judged apart from the server's own filters."""

import re
from collections import Counter
from difflib import SequenceMatcher

from coderoute_ls.syntax import definitions, errors, parses
from coderoute_ls.syntax.brackets import scan, unclosed, unopened

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
_TWICE = re.compile(r"\b([A-Za-z]{2,})[ \t]+\1\b|(\"{3}|'{3})\2")
_ENDINGS = (
    "x", " x", ";", "x;", " x;", ")", "x)", "x);", "]", "}", "})", "});", " {}", "x {}", " x {}", "() {}", ",", "x,",
    ": x,", " = x", " = x;", "\npass", ":\npass", "x:\npass", " x:\npass", "():\npass", "x>", "x>;", "x>()", " => x",
    " : x", "x]", "])", "x])",
)  # fmt: skip
"""What may follow a ghost text that is not complete."""
LONG = 8
"""Characters of a line that says something: shorter ones often stand three times in good code."""


def garbage(language: str, before: str, after: str, *, whole: bool = True) -> list[str]:
    """What is wrong with a text that was changed; nothing for what one cannot say without knowing what was meant. ``whole``: the
    change is meant to be complete; ghost text may end inside a statement."""
    new = inserted(before, after)
    code = [line for line in new if not line.startswith(_COMMENTS[language])]
    talking = [*code, *(line.lstrip("/*# ") for line in new)] if language != "python" else code
    judged = {
        "fence": any(line.startswith("```") for line in new) or sum(line.count("```") for line in new) % 2 == 1,
        "talk": any(_TALK.match(line) for line in code if not _is_documented(language, after, line))
        or any(_SENTENCE.fullmatch(line) for line in code if not _is_documented(language, after, line))
        or any(re.match(r"(?:Here is|Here's|Sure|Certainly|Sorry)\b", line) for line in talking),
        "marks of the prompt": any(_TAGS.search(line) for line in new if line not in before),
        "doubled": _doubled(new) or _doubled_block(before, after, new) or _doubled_at_the_seam(before, after),
        "unbalanced": _open(language, after) > _open(language, before) or _torn(language, after) > _torn(language, before),
        "parsed before, not any more": whole and parses(language, before) is True and parses(language, after) is False,
        "wrong language": bool(_OTHERS[language].search("\n".join(code))) and parses(language, after) is False,
        "no code, whatever may follow": not whole and _never_parses(language, before, after),
        "a definition's name is lost": bool(_names(language, before) - _names(language, after)),
    }
    return [kind for kind, found in judged.items() if found]


def inserted(before: str, after: str) -> list[str]:
    """The lines that came, stripped, none blank."""
    old, new = before.split("\n"), after.split("\n")
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [line.strip() for kind, _, _, start, end in changes if kind != "equal" for line in new[start:end] if line.strip()]


def _open(language: str, text: str) -> int:
    """How many brackets have no partner."""
    return len(unclosed(language, text) + unopened(language, text))


def _torn(language: str, text: str) -> int:
    """How much is wrong with the quotes: a string that its line leaves open, a text that ends inside of one."""
    found = scan(language, text)
    return (found.torn >= 0) + (found.inside == "string")


def _seam(before: str, after: str) -> tuple[str, str, str]:
    """What stands before a change, what came, and what stands after it."""
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    return after[:start], after[start : len(after) - end], after[len(after) - end :]


def _common(one: str, other: str) -> int:
    """Characters with which both begin."""
    return next(
        (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other))
    )


def _doubled_at_the_seam(before: str, after: str) -> bool:
    """Whether a word or the quotes before the change come again, or a line that came is its neighbour once more."""
    head, came, rest = _seam(before, after)
    joined = head[-80:] + came + rest[:80]
    if _TWICE.search(joined) and not _TWICE.search(head[-80:] + rest[:80]):
        return True
    lines = [line.strip() for line in (head.rpartition("\n")[2] + came + rest.partition("\n")[0]).split("\n")]
    above = next((line.strip() for line in reversed(head.split("\n")[:-1]) if line.strip()), "")
    below = next((line.strip() for line in rest.split("\n")[1:] if line.strip()), "")
    written = [line for line in lines if line]
    same = (written[0] == above or written[-1] == below) if written else False
    return same and len(written[0] if written[0] == above else written[-1]) > LONG


def _never_parses(language: str, before: str, after: str) -> bool:
    """Whether the text has more syntax errors than before, whatever goes on behind the change."""
    head, came, rest = _seam(before, after)
    was = min(errors(language, head + ending + rest) or 0 for ending in ("", *_ENDINGS))
    if not errors(language, after):
        return False
    indent = "\n" + " " * (len(came.split("\n")[-1]) - len(came.split("\n")[-1].lstrip()) + 4)
    return all((errors(language, head + came + ending.replace("\n", indent) + rest) or 0) > was for ending in ("", *_ENDINGS))


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
