"""The judge of the benchmark ``answers``: it finds each kind of garbage, and nothing in good changes."""

import pytest

from benchmarks.answers_judge import garbage
from benchmarks.answers_model import short, without_bounds

BEFORE = {
    "python": "def total(prices):\n    result = 0\n    for price in prices:\n        result += price\n    return result\n",
    "typescript": "function total(prices: number[]) {\n  let sum = 0;\n  for (const p of prices) sum += p;\n  return sum;\n}\n",
    "rust": "fn total(all: &[u64]) -> u64 {\n    let mut sum = 0;\n    for p in all {\n        sum += p;\n    }\n    sum\n}\n",
}


@pytest.mark.parametrize(
    ("kind", "language", "old", "new"),
    [
        ("fence", "python", "    return result\n", "    return result\n```\n"),
        ("fence", "rust", "    sum\n", "    // ```rust\n    sum\n"),
        ("talk", "python", "    result = 0\n", "    # code\n    Here is the changed function for you:\n"),
        ("talk", "typescript", "  return sum;\n", "  return sum;\n  This function adds up all of the prices.\n"),
        ("talk", "rust", "fn total", "/// Sure! The documentation of it:\nfn total"),
        ("marks of the prompt", "typescript", "  return sum;\n", "  // </region>\n  return sum;\n"),
        ("doubled", "python", "    result = 0\n", "    result = zero()\n" * 3),
        ("doubled", "rust", "fn total", BEFORE["rust"] + "fn total"),
        ("unbalanced", "typescript", "  return sum;\n}\n", "  return sum;\n"),
        ("unbalanced", "rust", "    sum\n}\n", "    sum\n}\n}\n"),
        ("parsed before, not any more", "python", "    result = 0\n", "    let result = 0;\n  x\n"),
        ("wrong language", "typescript", "  for (const p of prices) sum += p;\n", "  for p in prices:\n    sum += p\n"),
        ("wrong language", "python", "    for price in prices:\n", "    for (const price of prices) {\n"),
        ("a definition's name is lost", "python", "def total", "def add_up"),
        ("a definition's name is lost", "rust", "fn total", "fn add_up"),
    ],
)
def test_each_kind_of_garbage_is_found(kind: str, language: str, old: str, new: str) -> None:
    before = BEFORE[language]
    assert old in before
    assert kind in garbage(language, before, before.replace(old, new))


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        (
            "python",
            "    result = 0\n    for price in prices:\n        result += price\n    return result\n",
            "    return sum(prices)\n",
        ),
        ("python", "    result = 0\n", '    """Add up the prices.\n\n    The sum of no prices is 0.\n    """\n    result = 0\n'),
        ("typescript", "function", "/** Adds up the prices.\n * @returns 0 where there are none */\nfunction"),
        ("typescript", "  for (const p of prices) sum += p;\n", "  prices.forEach((p) => {\n    sum += p;\n  });\n"),
        ("rust", "fn total", "/// Adds up the prices.\n///\n/// ```\n/// assert_eq!(total(&[1, 2]), 3);\n/// ```\nfn total"),
    ],
)
def test_a_good_change_is_no_garbage(language: str, old: str, new: str) -> None:
    before = BEFORE[language]
    assert old in before
    assert garbage(language, before, before.replace(old, new)) == []


def test_ghost_text_may_end_inside_a_statement() -> None:
    after = BEFORE["rust"].replace("    sum\n}", "    sum.saturating_\n}")
    assert garbage("rust", BEFORE["rust"], after, whole=False) == []
    after = BEFORE["rust"].replace("    sum\n}", "    sum.\n}")
    assert garbage("rust", BEFORE["rust"], after) == ["parsed before, not any more"]
    assert garbage("rust", BEFORE["rust"], after, whole=False) == []


@pytest.mark.parametrize(
    ("kind", "language", "old", "new"),
    [
        ("no code, whatever may follow", "python", "    result = 0\n", "    result = 0\n    int total = 0;\n"),
        ("no code, whatever may follow", "typescript", "  let sum = 0;\n", "  let sum = 0;\n  f((a as any) =>\n"),
        ("no code, whatever may follow", "rust", "    sum\n", "    sum, 0 + 256u{\n    }\n"),
        ("unbalanced", "python", "    result = 0\n", "    result = (0\n"),
        ("unbalanced", "python", "    result = 0\n", "    result = '0\n"),
        ("unbalanced", "typescript", "  let sum = 0;\n", "  let sum = 0;\n  f([\n"),
        ("doubled", "python", "    result = 0\n", '    """Say it.""""""\n    result = 0\n'),
        ("doubled", "python", "def total", "def def total"),
        ("doubled", "rust", "    let mut sum = 0;\n", "    let mut sum = 0;\n    let mut sum = 0;\n"),
    ],
)
def test_garbage_in_ghost_text_is_found(kind: str, language: str, old: str, new: str) -> None:
    before = BEFORE[language]
    assert old in before
    assert kind in garbage(language, before, before.replace(old, new, 1), whole=False)


def test_the_model_reads_whole_lines_near_the_region_and_the_whole_region() -> None:
    far, near = "far = 1\n" * 100, "near = 2\n"
    prompt = f"<before>\n{far}{near}</before>\n<region>\n{far}</region>\n<after>\n{near}{far}</after>\n"
    cut = short(prompt)
    assert f"<region>\n{far}</region>" in cut
    assert f"far = 1\n{near}</before>" in cut
    assert f"<after>\n{near}far = 1\n" in cut
    assert len(cut) < len(far) + 600
    assert set(cut.splitlines()) <= set(prompt.splitlines())


def test_the_prompts_without_bounds_say_neither_the_regions_ends_nor_what_is_selected() -> None:
    said = (
        "<region>\nx = f(a)\n</region>\n<region> is 1 line, `x = f(a)`; your answer stands in place of all of it.\n"
        "The user means the part between ⟦ and ⟧; answer with whole lines all the same, without these marks:\n"
        "<selected>\nx = f(⟦a⟧)\n</selected>\n<instruction>\nSay it.\n</instruction>\n"
    )
    plain = without_bounds({"messages": [{"role": "user", "content": said}], "max_tokens": 9})
    assert plain["messages"][0]["content"] == "<region>\nx = f(a)\n</region>\n<instruction>\nSay it.\n</instruction>\n"
