"""What reaches the buffer of what a model says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.domain import Surface
from coderoute_ls.edits import EditStateMachine, ReportText
from coderoute_ls.edits.answer.doc_comment import NO_COMMENT
from coderoute_ls.edits.answer.refusals import CHOSEN, EXAMPLE, THOUGHT, WORDS
from coderoute_ls.edits.answer_size_limit import MOST_CHARS
from coderoute_ls.errors import BoundExceeded
from tests.edits.answer.places import fitted, job

CODE = "def f(x):\n    return x\n"
OLD = "$0def f(x):\n    y = x\n    return y\n$0"


def clean(answer: str, *, marked: str = OLD, language: str = "python", surface: Surface = "replace") -> str:
    """The new lines of the region, of an answer that fits."""
    fit = fitted(answer, marked, language, surface=surface)
    assert fit.lines is not None, fit.problem
    return "".join(f"{line}\n" for line in fit.lines)


@pytest.mark.parametrize("answer", ["x", "```\n    return 1\n```", "```\nf(a)\n```", "```\ndef f(a) {\n```", "}", "let a = 1;"])
@pytest.mark.parametrize(
    ("language", "marked"),
    [
        ("python", "$0def f(x):\n$0    y = x\n    return y\n"),
        ("python", "$0@cached\n@bound\ndef f(\n$0    x,\n):\n    return x\n"),
        ("typescript", "$0export const f = <T>(x: T): T => {\n$0  return x;\n};\n"),
        ("typescript", "$0export function f(\n$0  x: number\n) {\n  return x;\n}\n"),
        ("rust", "$0fn f(x: u8) -> u8 {\n    let y = x;\n$0    y\n}\n"),
        ("go", "package a\n\n$0func f(x int) int {\n$0\treturn x\n}\n"),
    ],
)
def test_a_region_that_ends_inside_of_a_definition_is_no_failure(language: str, marked: str, answer: str) -> None:
    fit = fitted(answer, marked, language)
    assert fit.lines is not None or fit.problem


@pytest.mark.parametrize("last", ["", "}", "}\n}\n}"])
def test_an_answer_whose_definition_does_not_end_is_no_failure(last: str) -> None:
    two = "impl A {\n$0    fn f() {\n        g();\n    }\n\n    fn g() {\n        h();\n    }\n$0}\n"
    fit = fitted(f"```rust\nfn f() {{\n    unsafe {{\n        g();\n{last}\n```", two, "rust")
    assert fit.lines is None or "fn g()" in "\n".join(fit.lines)


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
    code = 'def f(x):\n    """Example:\n\n    ```\n    f()\n    ```\n    """\n    return x\n'
    assert clean(f"```python\n{code}```\n") == code
    assert clean(code) == code


def test_fences_in_markdown_are_content() -> None:
    text = "# Title\n\n```sh\nmake\n```\n\nMore words here.\n"
    marked = "$0# Title\n\n```sh\nmake all\n```\n$0"
    assert clean(text, marked=marked, language="markdown") == text
    assert clean(f"```markdown\n{text}```\n", marked=marked, language="markdown") == text


def test_words_in_a_docstring_stay() -> None:
    code = '"""Title.\n\nThis paragraph of words ends the docstring.\n"""\n'
    assert clean(code, marked='$0"""Title."""\n$0') == code


@pytest.mark.parametrize("answer", ["I'm sorry, but I cannot help you with that.\n", "Done.", "f is fine as it is.", "f"])
def test_an_answer_of_words_alone_is_refused_and_says_so(answer: str) -> None:
    fit = fitted(answer, OLD)
    assert (fit.lines, fit.problem) == (None, WORDS)


def test_reasoning_that_never_ends_is_refused() -> None:
    fit = fitted("<think>\nif only I knew\nx = 1\n", OLD)
    assert (fit.lines, fit.problem) == (None, THOUGHT)


def test_a_comparison_is_no_tag_and_a_list_no_token() -> None:
    code = "f = <think = 1\nx = [PREFIX, y]\ny = a <|b\n"
    assert clean(f"```haskell\n{code}```", marked="$0f = 2\n$0", language="haskell") == code


def test_what_the_region_holds_already_is_never_taken_out() -> None:
    code = 'STOP = "<|im_end|>"\nMARK = "\u200e"\n'
    changed = code.replace("STOP", "END")
    assert clean(f"```python\n{changed}```", marked=f"$0{code}$0") == changed


# -- invisible characters ----------------------------------------------------------------------------------------------------


def test_invisible_controls_are_removed_and_reported() -> None:
    fit = fitted("```\naccess = 'user\u202e\u2066# admin\u2069'\u200b\nx = 1\x1b[31m\x07\n```", "$0access = 1\n$0")
    assert fit.lines == ["access = 'user# admin'", "x = 1"]
    assert fit.notes == (
        "Removed 6 invisible control characters from the answer: U+0007, U+200B, U+202E, U+2066, U+2069, escape sequence.",
    )


@pytest.mark.parametrize(
    "kept",
    [
        "👩\u200d💻",
        "🏳\ufe0f\u200d🌈",
        "می\u200cخواهم",
        "र\u094d\u200dय",
        "Silben\u00adtrennung",
        "🏴\U000e0067\U000e0062\U000e007f",
    ],
    ids=["profession", "flag", "persian", "devanagari", "soft hyphen", "tag flag"],
)
def test_what_words_and_emoji_are_written_with_stays(kept: str) -> None:
    assert fitted(f"```\nx = '{kept}'\n```", "$0x = 1\n$0").lines == [f"x = '{kept}'"]


@pytest.mark.parametrize("odd", ["a\u200db", "ad\u200cmin", "\u202eabc", "x\ufeffy"])
def test_what_only_misleads_goes(odd: str) -> None:
    (line,) = fitted(f"```\nx = '{odd}'\n```", "$0x = 1\n$0").lines or []
    assert line.isascii()


def test_tabs_stay_and_other_control_characters_go() -> None:
    assert clean("```go\n\tx = 1\x00\n```", marked="func f() {\n$0\tx = 2\n$0}\n", language="go") == "\tx = 1\n"


# -- indentation -------------------------------------------------------------------------------------------------------------

BY_FOUR = "def g():\n$0    a()\n$0"
BY_TWO = "def g():\n$0  a()\n$0"
BY_TABS = "func g() {\n$0\ta()\n$0}\n"
AT_MARGIN = "if x:\n    pass\n$0a()\n$0"


@pytest.mark.parametrize(
    ("answer", "marked", "result"),
    [
        ("if a:\n    b()\nc()\n", BY_FOUR, "    if a:\n        b()\n    c()\n"),
        ("    if a:\n        b()\n", BY_FOUR, "    if a:\n        b()\n"),
        ("if a:\n        b()\n    c()\n", BY_FOUR, "    if a:\n        b()\n    c()\n"),
        ("        if a:\n            b()\n", AT_MARGIN, "if a:\n    b()\n"),
        ("if a {\n    b()\n}\n", BY_TABS, "\tif a {\n\t\tb()\n\t}\n"),
        ("if a:\n\tb()\n", BY_FOUR, "    if a:\n        b()\n"),
        ("if a:\n    b()\n    if c:\n        d()\n", BY_TWO, "  if a:\n    b()\n    if c:\n      d()\n"),
        ("f()\n\n\ng()\n", BY_TWO, "  f()\n\n\n  g()\n"),
    ],
    ids=["dedented", "as it stands", "first line lost", "too deep", "to tabs", "from tabs", "other step", "blank"],
)
def test_the_answer_takes_the_indentation_of_its_region(answer: str, marked: str, result: str) -> None:
    language = "go" if "func" in marked else "python"
    assert clean(f"```\n{answer}```\n", marked=marked, language=language) == result


# -- documentation -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "below", "answer", "result"),
    [
        ("python", "    return x\n", '"""Give x back."""\n', '    """Give x back."""\n'),
        (
            "python",
            "    return x\n",
            'def f(x):\n    """Give x back.\n\n    Never fails.\n    """\n    return x\n',
            '    """Give x back.\n\n    Never fails.\n    """\n',
        ),
        ("go", "func F(x int) int {\n", "// F gives x back.\nfunc F(x int) int {\n\treturn x\n}\n", "// F gives x back.\n"),
        (
            "java",
            "    int f(int x) {\n        return x;\n    }\n",
            "/**\n * Gives x back.\n */\nint f(int x) {\n    return x; // x\n}\n",
            "    /**\n     * Gives x back.\n     */\n",
        ),
        (
            "rust",
            "    pub fn f(x: u8) -> u8 { x }\n",
            "/// Gives `x` back.\n///\n/// Never fails.\npub fn f(x: u8) -> u8 { x }\n",
            "    /// Gives `x` back.\n    ///\n    /// Never fails.\n",
        ),
    ],
)
def test_only_the_comment_is_inserted_even_when_the_code_comes_along(language: str, below: str, answer: str, result: str) -> None:
    above = "def f(x):\n" if language == "python" else ""
    assert clean(f"```{language}\n{answer}```\n", marked=f"{above}$0{below}", language=language, surface="insert") == result


PLACES = {
    "python": ("def f(x):\n", "    return x\n"),
    "rust": ("", "pub fn f(x: u8) -> u8 {\n    x\n}\n"),
    "typescript": ("", "export const f = (x: number) => {\n  return x;\n};\n"),
    "java": ("class A {\n", "    int f(int x) {\n        return x;\n    }\n}\n"),
}


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("rust", "#[inline]\nfn poll_flush() {\n    //#[inline]\n    Poll::Ready(Ok(())\n}\n"),
        ("rust", "//#[inline]\n"),
        ("rust", "// gives x back\npub fn f(x: u8) -> u8 {\n    x\n}\n"),
        (
            "typescript",
            "const a = merge({\n  ...first,\n  ...second, // second overwrites first\n  // This is a type hint\n});\n",
        ),
        ("typescript", "// const f = 1;\n"),
        ("typescript", "// Second overwrites first\nexport const f = (x: number) => {\n  return x;\n};\n"),
        ("java", "int g() {\n    // give it back\n    return 1;\n}\n"),
        ("python", '"""\nFlask.py\n\nThis file is part of a package.\n"""\nimport os\n'),
        ("python", 'def something_else(request):\n    """Something else."""\n    return y\n'),
        ("python", 'class A:\n    def __doc__():\n        """Return the documentation."""\n'),
        ("python", '"""---"""\n'),
    ],
)
def test_a_comment_that_documents_nothing_or_something_else_is_not_inserted(language: str, answer: str) -> None:
    above, below = PLACES[language]
    fit = fitted(f"```{language}\n{answer}```", f"{above}$0{below}", language, surface="insert")
    assert fit.lines is None


def test_an_answer_without_a_comment_inserts_nothing_and_says_so() -> None:
    fit = fitted("```python\nreturn x\n```", "def f(x):\n$0    return x\n", surface="insert")
    assert (fit.lines, fit.problem) == (None, NO_COMMENT)


# -- bounds and pieces -------------------------------------------------------------------------------------------------------


def test_an_endless_answer_is_refused() -> None:
    endless = job(OLD, "python")
    with pytest.raises(BoundExceeded):
        for _ in range(MOST_CHARS // 1000 + 1):
            endless.feed("x = 1\n" * 167)


PIECES = (
    "```python\n", "```\n", "Sure, here it is:\n", "x = 1\n", "    y\n", "\n", "\r", "<think>", "</think>", "<|im_", "end|>",
    "<", "[PREFIX]", "\u202e", "\x1b[", "31m", "\x1b]8;;", "\x07", "👩", "\u200d", "Now it is much clearer to read.\n", "\t",
    "[a](", "command:x)", "`", "<b>", "]: javascript:", "/* a", " */\n", '"""', "def f(x):\n", "    return x\n", "    # ...\n",
)  # fmt: skip
ANSWERS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
SIZES = st.lists(st.integers(1, 9), max_size=40)


def cut(text: str, sizes: list[int]) -> list[str]:
    found: list[str] = []
    for size in sizes:
        found.append(text[:size])
        text = text[size:]
    return [*found, text]


@settings(max_examples=300, deadline=None)
@given(ANSWERS, SIZES, st.sampled_from(["replace", "insert", "new_file"]))
def test_the_cut_into_pieces_never_matters_for_an_edit(answer: str, sizes: list[int], surface: Surface) -> None:
    def ended(pieces: list[str]) -> EditStateMachine:
        one = job(OLD if surface == "replace" else "def f(x):\n$0    return x\n", "python", surface=surface)
        for piece in pieces:
            one.feed(piece)
        one.finish()
        return one

    whole, pieces = ended([answer]), ended(cut(answer, sizes))
    assert pieces.wanted == whole.wanted
    assert (pieces.problem, pieces.notes) == (whole.problem, whole.notes)


@settings(max_examples=300, deadline=None)
@given(ANSWERS, SIZES)
def test_the_cut_into_pieces_never_matters_for_a_report(answer: str, sizes: list[int]) -> None:
    def ended(pieces: list[str]) -> ReportText:
        report = ReportText()
        for piece in pieces:
            report.feed(piece)
        report.finish()
        return report

    whole, pieces = ended([answer]), ended(cut(answer, sizes))
    assert pieces.lines == whole.lines
    assert pieces.notes == whole.notes


GUARDED = (
    "$0def prices(cart):\n    if cart is None:\n        raise ValueError('no cart')\n    return [one.price for one in cart]\n$0"
)


@pytest.mark.parametrize(
    ("marked", "answer", "language"),
    [
        (GUARDED, "def prices(cart):\n    return list(map(price, cart))", "python"),
        (
            "$0function mean(xs) {\n  if (!xs.length) return 0;\n  return sum(xs) / xs.length;\n}\n$0",
            "function mean(xs) {\n  return average(xs);\n}",
            "javascript",
        ),
        ("$0def total(xs)\n  raise 'none' unless xs\n  xs.sum\nend\n$0", "def total(xs)\n  xs.inject(:+)\nend", "ruby"),
        (
            "$0def total(xs) do\n  if xs == nil do\n    raise ArgumentError\n  end\n  Enum.sum(xs)\nend\n$0",
            "def total(xs) do\n  Enum.reduce(xs, &+/2)\nend",
            "elixir",
        ),
        ("$0int f(int *a)\n{\n    assert(a);\n    return *a;\n}\n$0", "int f(int *a)\n{\n    return a[0];\n}", "c"),
    ],
)
def test_a_check_that_an_answer_drops_is_told(marked: str, answer: str, language: str) -> None:
    fit = fitted(f"```{language}\n{answer}\n```", marked, language)
    assert fit.lines == answer.split("\n")
    assert len(fit.notes) == 1
    assert fit.notes[0].startswith("The answer drops a check: `")


@pytest.mark.parametrize(
    ("answer", "instruction"),
    [
        ("def prices(cart):\n    return [one.price for one in cart or ()]", ""),
        ("def prices(cart):\n    if not cart:\n        raise ValueError('no cart')\n    return [one.price for one in cart]", ""),
        ("def prices(cart):\n    if not isinstance(cart, list):\n        return []\n    return list(map(price, cart))", ""),
        ("def prices(cart):\n    return [one.price for one in cart]", "raise no error, the caller checks it"),
        ("def prices(basket):\n    ensure(basket)\n    return [one.price for one in basket]", "call it basket"),
    ],
)
def test_a_check_that_is_made_otherwise_or_was_spoken_of_is_not_told(answer: str, instruction: str) -> None:
    fit = fitted(f"```python\n{answer}\n```", GUARDED, instruction=instruction)
    assert fit.lines == answer.split("\n")
    assert fit.notes == ()


def test_of_two_versions_the_one_that_is_taken_is_told() -> None:
    old = "def total(cart):\n    amount = 0\n    for one in cart:\n        amount += one.price\n    return amount"
    one, other = old.replace("one.price", "price(one)"), "def total(cart):\n    return sum(map(price, cart))"
    fit = fitted(f"```python\n{one}\n```\nOr:\n```python\n{other}\n```\n", f"$0{old}\n$0")
    assert fit.lines == one.split("\n")
    assert fit.notes == (CHOSEN,)
    alone = fitted(f"```python\n{one}\n```\nUse it so:\n```python\nprint(total([]))\n```\n", f"$0{old}\n$0")
    assert (alone.lines, alone.notes) == (one.split("\n"), ())


def test_a_version_beside_the_changed_one_is_told_and_a_helper_is_not() -> None:
    marked = "$0def total(cart):\n    return sum(one.price for one in cart)\n$0"
    spare = (
        "def total(cart):\n    return sum(map(price, cart))\n\n\ndef total_again(cart):\n    return math.fsum(map(price, cart))"
    )
    assert "`total_again`" in "".join(fitted(spare, marked).notes)
    helper = "def total(cart):\n    return sum(map(_total_of, cart))\n\n\ndef _total_of(one):\n    return one.price"
    assert fitted(helper, marked).notes == ()


def test_an_example_of_use_that_is_left_out_is_told() -> None:
    fit = fitted("```python\ndef f(a):\n    return a + 2\n\n\nprint(f(1))\n```", "$0def f(a):\n    return a + 1\n$0")
    assert (fit.lines, fit.notes) == (["def f(a):", "    return a + 2"], (EXAMPLE,))
