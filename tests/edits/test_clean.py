"""What reaches the buffer of what a model says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Surface
from coderoute_ls.edits import Cleaner
from coderoute_ls.edits.clean import MOST_CHARS
from coderoute_ls.errors import BoundExceeded

CODE = "def f(x):\n    return x\n"


def clean(
    answer: str, *, surface: Surface = "replace", language: str = "python", old: str = "", base: str = "", unit: str = "    "
) -> str:
    """The cleaned answer, fed at once."""
    cleaner = Cleaner(surface, language, old.splitlines(keepends=True), base=base, unit=unit)
    return "".join(f"{line}\n" for line in (*cleaner.feed(answer), *cleaner.finish()))


def notes(answer: str, *, surface: Surface = "replace", language: str = "python", old: str = "") -> tuple[str, ...]:
    cleaner = Cleaner(surface, language, old.splitlines(keepends=True))
    cleaner.feed(answer)
    cleaner.finish()
    return cleaner.notes


# -- fences and chatter ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        CODE,
        f"```python\n{CODE}```",
        f"```\n{CODE}```\n",
        f"~~~py\n{CODE}~~~\n",
        f"````python\n{CODE}````\n",
        f"\n\n```python title=x.py\n{CODE}```\n\nI kept the name, as you asked.\n",
        f"Sure, here's the refactored function:\n\n```python\n{CODE}```\n",
        f"To make this clearer, I renamed nothing at all.\n\nIt now returns early:\n\n```python\n{CODE}```\nHope this helps!",
        f"Here is the code:\n{CODE}",
        f"{CODE}```",
        f"{CODE}\nThis version returns its argument without changes.\n",
        f"{CODE}\n\n**What changed in this version:**\n\n- The function now returns at once.\n",
        f"<think>\nThe user wants f.\n```python\nno\n```\n</think>\n\n```python\n{CODE}```",
        f"<thinking>hm</thinking><reflection>well</reflection>{CODE}",
        f"{CODE}<|im_end|>\n<|im_start|>user\nthanks\n",
        f"<|fim_middle|>{CODE}<|endoftext|>",
        CODE.replace("\n", "\r\n"),
    ],
)
def test_only_the_code_is_left(answer: str) -> None:
    assert clean(answer) == CODE


def test_a_fence_inside_the_code_is_code() -> None:
    code = 'def f():\n    """Example:\n\n    ```\n    f()\n    ```\n    """\n'
    assert clean(f"```python\n{code}```\n") == code
    assert clean(code) == code


def test_fences_in_markdown_are_content() -> None:
    text = "# Title\n\n```sh\nmake\n```\n\nMore words here.\n"
    assert clean(text, language="markdown") == text
    assert clean(f"```markdown\n{text}```\n", language="markdown") == text


def test_a_line_of_words_that_stood_there_before_is_content() -> None:
    code = "Here is what the user sees first:\nprint(1)\n"
    assert clean(code, old=code) == code


def test_words_in_a_docstring_stay() -> None:
    code = '"""Title.\n\nThis paragraph of words ends the docstring.\n"""\n'
    assert clean(code) == code


def test_an_answer_of_words_alone_is_no_code_and_is_said() -> None:
    refusal = "I'm sorry, but I cannot help you with that.\n"
    assert clean(refusal) == ""
    assert notes(refusal) == ("The model answered with words instead of code.",)


def test_reasoning_that_never_ends_leaves_nothing() -> None:
    assert clean("<think>\nif only I knew\nx = 1\n") == ""


def test_a_comparison_is_no_tag_and_a_list_no_token() -> None:
    code = "<think = 1\nx = [PREFIX\ny = a <|b\n"
    assert clean(code, language="haskell") == code


def test_what_the_region_holds_already_is_never_taken_out() -> None:
    code = 'STOP = "<|im_end|>"\nMARK = "\u200e"\n'
    assert clean(code.replace("STOP", "END"), old=code) == code.replace("STOP", "END")


# -- invisible characters ----------------------------------------------------------------------------------------------------


def test_invisible_controls_are_removed_and_reported() -> None:
    trick = "access = 'user\u202e\u2066# admin\u2069'\u200b\nx = 1\x1b[31m\x07\n"
    assert clean(trick) == "access = 'user# admin'\nx = 1\n"
    assert notes(trick) == (
        "Removed 6 invisible control characters from the answer: U+0007, U+200B, U+202E, U+2066, U+2069, escape sequence.",
    )


def test_emoji_keep_their_joiners() -> None:
    code = "x = '👩\u200d💻 🏳\ufe0f\u200d🌈 a\u200db'\n"
    assert clean(code) == code.replace("a\u200db", "ab")


def test_tabs_stay_and_other_control_characters_go() -> None:
    assert clean("\tx = 1\x00\n", base="\t", unit="\t") == "\tx = 1\n"


# -- indentation -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "base", "unit", "result"),
    [
        ("if a:\n    b()\nc()\n", "    ", "    ", "    if a:\n        b()\n    c()\n"),
        ("    if a:\n        b()\n", "    ", "    ", "    if a:\n        b()\n"),
        ("if a:\n        b()\n    c()\n", "    ", "    ", "    if a:\n        b()\n    c()\n"),
        ("x = 1\n    y = 2\n", "    ", "    ", "    x = 1\n    y = 2\n"),
        ("        if a:\n            b()\n", "", "    ", "if a:\n    b()\n"),
        ("if a {\n    b()\n}\n", "\t", "\t", "\tif a {\n\t\tb()\n\t}\n"),
        ("if a {\n  b()\n}\n", "", "\t", "if a {\n\tb()\n}\n"),
        ("if a:\n\tb()\n", "    ", "    ", "    if a:\n        b()\n"),
        ("f()\n\n\ng()\n", "  ", "  ", "  f()\n\n\n  g()\n"),
    ],
    ids=[
        "dedented",
        "as it stands",
        "first line lost",
        "first of two lost",
        "too deep",
        "to tabs",
        "by two to tabs",
        "from tabs",
        "blank",
    ],
)
def test_the_answer_takes_the_indentation_of_its_region(answer: str, base: str, unit: str, result: str) -> None:
    assert clean(f"```\n{answer}```\n", base=base, unit=unit) == result


# -- documentation -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "answer", "result"),
    [
        ("python", '"""Give x back."""\n', '    """Give x back."""\n'),
        (
            "python",
            'def f(x):\n    """Give x back.\n\n    Never fails.\n    """\n    return x\n',
            '    """Give x back.\n\n    Never fails.\n    """\n',
        ),
        ("go", "// F gives x back.\nfunc F(x int) int {\n\treturn x\n}\n", "    // F gives x back.\n"),
        (
            "java",
            "/**\n * Gives x back.\n */\nint f(int x) {\n    return x; // x\n}\n",
            "    /**\n     * Gives x back.\n     */\n",
        ),
        (
            "rust",
            "/// Gives `x` back.\n///\n/// Never fails.\npub fn f(x: u8) -> u8 { x }\n",
            "    /// Gives `x` back.\n    ///\n    /// Never fails.\n",
        ),
    ],
)
def test_only_the_comment_is_inserted_even_when_the_code_comes_along(language: str, answer: str, result: str) -> None:
    assert clean(f"```{language}\n{answer}```\n", surface="insert", language=language, base="    ") == result


def test_an_answer_without_a_comment_inserts_nothing_and_is_said() -> None:
    assert clean("```python\nreturn x\n```", surface="insert") == ""
    assert notes("```python\nreturn x\n```", surface="insert") == ("The answer holds no documentation comment.",)


# -- bounds and pieces -------------------------------------------------------------------------------------------------------


def test_an_endless_answer_is_refused() -> None:
    cleaner = Cleaner("replace", "python")
    with pytest.raises(BoundExceeded):
        for _ in range(MOST_CHARS // 1000 + 1):
            cleaner.feed("x = 1\n" * 167)


PIECES = (
    "```python\n", "```\n", "Sure, here it is:\n", "x = 1\n", "    y\n", "\n", "\r", "<think>", "</think>", "<|im_", "end|>",
    "<", "[PREFIX]", "\u202e", "\x1b[", "31m", "\x1b]8;;", "\x07", "👩", "\u200d", "Now it is much clearer to read.\n", "\t",
    "[a](", "command:x)", "`", "<b>", "]: javascript:", "/* a", " */\n", '"""',
)  # fmt: skip
ANSWERS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


@settings(max_examples=300, deadline=None)
@given(
    ANSWERS,
    st.lists(st.integers(1, 9), max_size=40),
    st.sampled_from(["replace", "insert", "report"]),
)
def test_the_cut_into_pieces_never_matters(answer: str, sizes: list[int], surface: Surface) -> None:
    whole, cut = Cleaner(surface, "python", base="  "), Cleaner(surface, "python", base="  ")
    lines = [*whole.feed(answer), *whole.finish()]
    got: list[str] = []
    rest = answer
    for size in sizes:
        got += cut.feed(rest[:size])
        rest = rest[size:]
    got += [*cut.feed(rest), *cut.finish()]
    assert got == lines
    assert cut.notes == whole.notes
