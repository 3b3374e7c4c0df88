"""Any answer made of talk, thoughts, fences and code: what is shown is that code, or nothing; and it can be typed through."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.completion.cache import CompletionCache
from coderoute_ls.completion.cursor.accepted_document import accepted
from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.cursor.cursor_context import CursorContext
from coderoute_ls.completion.cursor.multiline import several
from coderoute_ls.completion.filter_chain import clean, complete
from coderoute_ls.completion.types import Remembered
from coderoute_ls.domain import Document, Position
from coderoute_ls.syntax import parses
from coderoute_ls.text import split_lines

FILES = {
    "python": ("def area(width, height):\n    ", "\n\n\nprint(area(2, 3))\n", "    "),
    "typescript": ("export function area(width: number, height: number) {\n  ", "\n}\n\nconsole.log(area(2, 3));\n", "  "),
    "rust": ("fn area(width: i32, height: i32) -> i32 {\n    ", "\n}\n\nfn main() {\n    area(2, 3);\n}\n", "    "),
    "go": ("package shapes\n\nfunc area(width int, height int) int {\n\t", "\n}\n\nfunc other() int {\n\treturn 1\n}\n", "\t"),
    "java": ("class Shapes {\n    int area(int width, int height) {\n        ", "\n    }\n}\n", "        "),
}
BODIES = {
    "python": (
        "return width * height",
        "total = width * height\nreturn total",
        'if width < 0:\n    raise ValueError(")")\nreturn width * height',
    ),
    "typescript": (
        "return width * height;",
        "const total = width * height;\nreturn total;",
        "if (width < 0) {\n  throw new Error('{');\n}\nreturn width * height;",
    ),
    "rust": ("width * height", "let total = width * height;\ntotal", 'if width < 0 {\n    panic!("(");\n}\nwidth * height'),
    "go": (
        "return width * height",
        "total := width * height\nreturn total",
        'if width < 0 {\n\tpanic("(")\n}\nreturn width * height',
    ),
    "java": (
        "return width * height;",
        "int total = width * height;\nreturn total;",
        'if (width < 0) {\n    throw new Error("(");\n}\nreturn width * height;',
    ),
}
BEFORE = (
    "",
    "<think>\nThey want the area.\n</think>\n",
    "Sure! Here is the rest of the function:\n\n",
    "Here is what you asked for.\n",
    "Hier ist der Rest der Funktion.\n",
    "[THINK]multiply them[/THINK]",
    "这是函数的其余部分。\n",
)
AFTER = (
    "",
    "\n",
    "\n\nThis multiplies the two numbers, which gives the area.",
    "<|endoftext|>",
    "\n\nLet me know if you need more help!",
)
FENCES = ("", "```", "```{language}", "~~~", "````{language}")


@st.composite
def answers(draw: st.DrawFn) -> tuple[Cursor, str, str]:
    """A place, the code that was meant, and the answer that holds it."""
    language = draw(st.sampled_from(sorted(FILES)))
    before, after, indentation = FILES[language]
    lines = split_lines(before + after)
    above = split_lines(before)
    position = Position(len(above) - 1, len(above[-1]))
    cursor = Cursor(Document("file:///w/a", language, 1, tuple(lines), "/w/a"), position)
    cursor = replace(cursor, multiline=several(cursor, "auto"))
    code = draw(st.sampled_from(BODIES[language]))
    meant = code.replace("\n", "\n" + indentation)
    fence = draw(st.sampled_from(FENCES)).replace("{language}", language)
    written = (indentation if draw(st.booleans()) else "") + meant
    talk = draw(st.sampled_from(BEFORE))
    close = ""
    if fence:
        marks = fence.rstrip("abcdefghijklmnopqrstuvwxyz")
        close = draw(st.sampled_from((f"\n{marks}", f"\n{marks}\n", "")))
        written = f"{fence}\n{written}{close}"
    return cursor, meant, talk + written + draw(st.sampled_from(AFTER if not fence or close else ("", "\n")))


@settings(max_examples=300, deadline=None)
@given(answers())
def test_what_is_shown_is_the_code_that_was_meant_or_nothing(made: tuple[Cursor, str, str]) -> None:
    cursor, meant, answer = made
    found = clean(answer, cursor)
    if found is None:
        return
    shown = found.text
    assert meant == shown or meant.startswith(shown + "\n"), answer
    after, _ = accepted(cursor.document, cursor.position, shown, found.replaces)
    assert parses(cursor.language, after.text), after.text


@settings(max_examples=150, deadline=None)
@given(answers(), st.data())
def test_reading_it_in_pieces_shows_the_same(made: tuple[Cursor, str, str], data: st.DataObject) -> None:
    cursor, _, answer = made
    read = 0
    while read < len(answer) and not complete(answer[:read], cursor):
        read = min(len(answer), read + data.draw(st.integers(1, 30)))
    assert clean(answer[:read], cursor) == clean(answer, cursor)


@settings(max_examples=150, deadline=None)
@given(answers(), st.data())
def test_what_is_shown_can_be_typed_through(made: tuple[Cursor, str, str], data: st.DataObject) -> None:
    cursor, _, answer = made
    found = clean(answer, cursor)
    if found is None or len(found.text) < 2:
        return
    count = data.draw(st.integers(1, len(found.text) - 1))
    cache = CompletionCache()
    cache.remember(CursorContext.of(cursor.document, cursor.position), Remembered(found.text, found.replaces), 0.0)
    typed, position = accepted(cursor.document, cursor.position, found.text[:count], 0)
    recalled = cache.recall(CursorContext.of(typed, position), 1.0)
    assert recalled is not None
    assert found.text[:count] + recalled.answers[0].text == found.text
