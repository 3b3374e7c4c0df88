"""Tests go where the project keeps its tests."""

import pytest

from coderoute_ls.actions.tests_location import end_of_tests, home_of_tests
from coderoute_ls.domain import Document
from coderoute_ls.text import split_lines


@pytest.mark.parametrize(
    ("source", "files", "expected"),
    [
        ("app/money.py", [], "tests/test_money.py"),
        ("app/money.py", ["app/money.py", "app/rates.py", "tests/test_rates.py"], "tests/test_money.py"),
        ("app/money.py", ["tests/money_test.py"], "tests/money_test.py"),
        ("app/money.py", ["app/rates.py", "app/rates_test.py"], "app/money_test.py"),
        ("src/app/a/money.py", ["src/app/b/rates.py", "tests/app/b/test_rates.py"], "tests/app/a/test_money.py"),
        ("app/money.py", ["app/rates.py", "app/tests/test_rates.py"], "app/tests/test_money.py"),
        ("app/a/money.py", ["tests/b/test_money.py", "app/a/tests/test_money.py"], "app/a/tests/test_money.py"),
        ("src/money.ts", [], "src/money.test.ts"),
        ("src/money.ts", ["src/rates.ts", "src/__tests__/rates.spec.ts"], "src/__tests__/money.spec.ts"),
        ("src/ui/Money.tsx", ["test/rates.test.tsx"], "test/Money.test.tsx"),
        ("pkg/money.go", [], "pkg/money_test.go"),
        ("src/money.rs", ["tests/rates.rs"], "src/money.rs"),
        ("src/main/java/org/a/Money.java", [], "src/test/java/org/a/MoneyTest.java"),
        (
            "src/main/java/org/a/Money.java",
            ["src/main/java/org/b/Rates.java", "src/test/java/org/b/RatesTests.java"],
            "src/test/java/org/a/MoneyTests.java",
        ),
        ("src/money.c", [], "tests/test_money.c"),
        ("src/money.c", ["src/rates.c", "check/rates_test.c"], "check/money_test.c"),
        ("money.py", ["rates.py", "test_rates.py"], "test_money.py"),
    ],
)
def test_the_test_file_is_named_and_placed_as_the_project_does(source: str, files: list[str], expected: str) -> None:
    assert home_of_tests(source, files) == expected


@pytest.mark.parametrize(
    ("language", "text", "line"),
    [
        ("python", "def test_a():\n    pass\n", 2),
        ("go", "package a\n\nfunc TestA(t *testing.T) {}\n", 3),
        ("java", "class MoneyTest {\n    @Test\n    void a() {\n    }\n}\n", 4),
        ("rust", "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\n", 5),
        ("rust", "fn a() {}\n", 1),
    ],
)
def test_more_tests_go_before_the_end_of_what_holds_them(language: str, text: str, line: int) -> None:
    place = end_of_tests(Document("file:///t", language, 1, split_lines(text)))
    assert place.empty
    assert place.start == (line, 0)
