"""Whether a text can be at the cursor as the beginning of something: with one of the usual continuations it parses together
with the definition around.
"""

from collections.abc import Iterator

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.syntax import grammar_of, parses
from coderoute_ls.syntax.brackets import unclosed, unopened
from coderoute_ls.text import indentation

_PARSED = 150_000
"""Characters parsed at most for an answer that may be none, about 40 ms: after them the answer is "not known"."""
_FEW = 4
"""Continuations tried before it is looked at whether anything parses there."""
_INNER = ("", "x", " x", " x:", ": x", "x=x", " = x", " for x in x", "x => x", "=> x", "\nx: x", "\nx")
"""What may go on inside of brackets that the text leaves open."""
_COLON = (
    "", "x", ":{in}pass", "{in}pass", " x", " x:{in}pass", "x:{in}pass", " = x", "():{in}pass", "(x)", "{at}def x(): pass",
    "{in}pass{at}except x: pass", " in x:{in}pass", " import x", " else x", " if x else x",
)  # fmt: skip
_BRACES = (
    "", ";", "x;", " x;", " {}", "x", " x", "() {}", " x {}", " x() {}", "x() {}", " = x;", " = {};", "= x;", ",", ": x,", ": x",
    ": x;", " => x,", "=> x,", " x,", " -> x", " => {}", "() => {}", "{at}x;", "{at}fn x() {}", "{at}x: x,", "{at}void x() {}",
    " catch (x) {}", " catch (X x) {}", "{at}function x() {}", "{at}class X {}", " from 'x';", " int x() {}", " void x() {}",
    " class X {}", " fn x() {}", " const x = x;", " while (x);", ": {at}x;", "{at}x() {}", "{at}break;", " in x {}", " of x) {}",
    " : x;", " x : x;", "x : x;", " x) {}", "<x>;", "x>;", "x> {}", " 1", " {at}x x;", " struct {}", " x int", " int",
    "{at}#endif", ";{at}#endif",
)  # fmt: skip
_WORDS = (
    "", "x", " x", ",", "{at}end", "{at}end{at}end", " x{at}end", " then{at}end", " x then{at}end", " do{at}end", " x do{at}end",
    " = x,", " = x", "()", "{at}until x", "(){at}end",
)  # fmt: skip
_FAMILIES = {
    "python": _COLON,
    **dict.fromkeys(("javascript", "typescript", "tsx", "rust", "go", "java", "c", "cpp", "csharp"), _BRACES),
    **dict.fromkeys(("php", "kotlin", "swift", "scala", "solidity"), _BRACES),
    **dict.fromkeys(("lua", "ruby"), _WORDS),
}
"""Per grammar. Likely ones first: most answers parse with the first or second."""


def may_stand(cursor: Cursor, text: str, replaces: int) -> bool | None:
    """Whether the text, or something that begins with it, parses in its place. None: not known, there is no grammar, or
    what is around does not parse whatever is at the cursor."""
    grammar = grammar_of(cursor.language)
    section = cursor.section
    if grammar is None or section is None or grammar.name not in _FAMILIES:
        return None
    endings, trial = _FAMILIES[grammar.name], _Trial(cursor, section)
    if trial.parses_with(text, replaces, endings[:_FEW]):
        return True
    if not trial.parses_with("", 0, endings[:_FEW]):
        return None
    return trial.parses_with(text, replaces, endings[_FEW:]) or (None if trial.left < 0 else False)


class _Trial:
    """Texts tried at one cursor; ``left`` is how many characters may still be parsed, negative when that was not enough."""

    def __init__(self, cursor: Cursor, section: tuple[str, str]) -> None:
        self._cursor = cursor
        self._section = section
        self.left = _PARSED

    def parses_with(self, text: str, replaces: int, endings: tuple[str, ...]) -> bool:
        """Whether the section parses with this text and one of the endings at the cursor."""
        before, after = self._section[0] + text, self._cursor.right[replaces:] + self._section[1]
        for more in _continuations(self._cursor, text, before, after, endings):
            self.left -= len(before) + len(more) + len(after)
            if self.left < 0:
                return False
            if parses(self._cursor.language, before + more + after):
                return True
        return False


def _continuations(cursor: Cursor, text: str, before: str, after: str, endings: tuple[str, ...]) -> Iterator[str]:
    """What may follow the text, with the brackets closed that neither it nor the rest closes."""
    missing = _missing(cursor.language, before, after)
    own = min(len(missing), len(unclosed(cursor.language, cursor.left + text)))
    close, end = "".join(missing[:own]), "".join(f"\n{closer}" for closer in missing[own:])
    at = "\n" + indentation((cursor.left + text).rpartition("\n")[2])
    outer = [ending.replace("{at}", at).replace("{in}", at + cursor.unit) for ending in endings]
    inner = _INNER if close else _INNER[:1]
    for ending in outer:
        yield from (goes_on + close + ending + end for goes_on in (inner if not ending else inner[:3]))


def _missing(language: str, before: str, after: str) -> list[str]:
    """Closers of what is open before the cursor and not closed after it, innermost first."""
    opened = unclosed(language, before)
    closed = unopened(language, after)
    return next((opened[:count] for count in range(len(opened)) if opened[count:] == closed), opened[: len(opened) - len(closed)])
