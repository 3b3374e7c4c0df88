"""Whether a text can stand at the cursor as the beginning of something: with one of the usual continuations it parses together
with the definition around.
"""

from collections.abc import Iterator

from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.cursor.enclosing_definition import section_of
from coderoute_ls.syntax import grammar_of, parses
from coderoute_ls.syntax.brackets import unclosed, unopened
from coderoute_ls.text import indentation

_PARSED = 120_000
"""Characters parsed for one answer, about 25 ms: after them nobody can say."""
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
    """Whether the text, or something that begins with it, parses in its place. None where nobody can say: there is no grammar, or
    what stands around does not parse whatever stands at the cursor."""
    grammar = grammar_of(cursor.language)
    section = section_of(cursor)
    if grammar is None or section is None or grammar.name not in _FAMILIES:
        return None
    left = _PARSED
    for said, skipped in ((text, replaces), ("", 0)):
        before, after = section[0] + said, cursor.right[skipped:] + section[1]
        for more in _continuations(cursor, said, before, after, _FAMILIES[grammar.name]):
            left -= len(before) + len(more) + len(after)
            if left < 0:
                return None
            if parses(cursor.language, before + more + after):
                return said == text
    return None


def _continuations(cursor: Cursor, text: str, before: str, after: str, endings: tuple[str, ...]) -> Iterator[str]:
    """What may follow the text, with the brackets closed that neither it nor the rest closes."""
    missing = _missing(cursor.language, before, after)
    own = min(len(missing), len(unclosed(cursor.language, cursor.left + text)))
    close, end = "".join(missing[:own]), "".join(f"\n{closer}" for closer in missing[own:])
    at = "\n" + indentation((cursor.left + text).rpartition("\n")[2])
    outer = [ending.replace("{at}", at).replace("{in}", at + cursor.unit) for ending in endings]
    inner = _INNER if close else _INNER[:1]
    yield from (goes_on + close + outer[0] + end for goes_on in inner)
    yield from (goes_on + close + ending + end for ending in outer[1:] for goes_on in inner[:3])


def _missing(language: str, before: str, after: str) -> list[str]:
    """Closers of what is open before the cursor and not closed after it, innermost first."""
    opened = unclosed(language, before)
    closed = unopened(language, after)
    return next((opened[:count] for count in range(len(opened)) if opened[count:] == closed), opened[: len(opened) - len(closed)])
