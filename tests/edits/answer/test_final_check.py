"""What speaks against an answer: syntax that it breaks, definitions and names that it loses, text that it doubles."""

import pytest

from coderoute_ls.edits.answer.checks.final_check import BREAKS, REPEATS, UNBALANCED, objection
from coderoute_ls.edits.answer.lines.elision import says_rest
from tests.edits.answer.places import place

HEADS = {
    "python": ("def f():\n", ""),
    "typescript": ("function f() {\n", "}\n"),
    "go": ("package a\n\nfunc f() int {\n", "}\n"),
    "rust": ("fn f() -> i32 {\n", "}\n"),
    "java": ("class A {\n", "}\n"),
    "c": ("int f(void) {\n", "}\n"),
}


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("python", "    return 1\n", "    return (1\n"),
        ("typescript", "  return 1;\n", "  return {;\n"),
        ("go", "\treturn 1\n", "\treturn (\n"),
        ("rust", "    1\n", "    let = ;\n"),
        ("java", "  int a;\n", "  int = a;\n"),
        ("c", "  return 1;\n", "  return (;\n"),
    ],
)
def test_what_does_not_parse_where_the_old_text_did_is_refused(language: str, old: str, new: str) -> None:
    head, tail = HEADS[language]
    at = place(f"{head}$0{old}$0{tail}", language)
    assert objection(new.splitlines(), at) == BREAKS
    assert objection(old.splitlines(), at) == ""


def test_in_a_file_that_does_not_parse_anyway_only_new_errors_count() -> None:
    at = place("def (:\n\n$0x = 1\n$0", "python")
    assert objection(["x = ("], at) == BREAKS
    assert objection(["x = 2"], at) == ""


def test_without_a_grammar_no_syntax_is_judged_but_brackets_and_strings_that_were_whole() -> None:
    assert objection(["B B B ="], place("$0A\n$0", "cobol")) == ""
    assert objection([")"], place("$0A (\n$0)\n", "cobol")) == ""
    assert objection(["A ("], place("$0A (1)\n$0", "cobol")) == UNBALANCED
    assert objection(['@doc """', "words"], place('$0@doc """\nwords\n"""\n$0', "elixir")) == UNBALANCED
    assert objection(["f x' = (x', '(')"], place("$0f x = (x, 'a')\n$0", "haskell")) == ""


CART = "class Cart:\n    def count(self):\n        return 1\n\n$0    def total(self):\n        return 2\n$0"


@pytest.mark.parametrize(
    ("new", "named"),
    [
        ("    x = 1", "`total`"),
        ("    def count(self):\n        return 1\n\n    def total(self):\n        return 3", "`count`"),
    ],
)
def test_a_definition_that_is_lost_or_doubled_is_named(new: str, named: str) -> None:
    assert named in objection(new.splitlines(), place(CART, "python"))


def test_a_renamed_definition_is_not_lost() -> None:
    assert objection(["    def sum_up(self):", "        return 2"], place(CART, "python")) == ""


ROUTE = """import tasks

$0@bp.get("/result/<id>")
def result(id: str) -> dict[str, object]:
    found = AsyncResult(id)
    ready = found.ready()
    return {"ready": ready, "value": found.get() if ready else None}
$0

@bp.post("/add")
def add() -> dict[str, object]:
    return {}
"""


@pytest.mark.parametrize(
    ("language", "text", "new"),
    [
        ("python", ROUTE, "def add():\n    a = request.form.get('a')\n    return {'value': a}"),
        ("python", ROUTE, "def other():\n    a = request.form.get('a')\n    return {'value': a}"),
        (
            "typescript",
            "$0export function f(a: number) {\n  return a + 1;\n}\n$0",
            "export function g(b: string) {\n  return b;\n}",
        ),
        ("rust", "$0fn f(a: u8) -> u8 {\n    a + 1\n}\n$0\nfn h() -> u8 {\n    f(1)\n}\n", "fn g(a: u8) -> u8 {\n    a + 1\n}"),
        ("go", "package a\n\n$0func F(a int) int {\n\treturn a + 1\n}\n$0", "func G(b string) string {\n\treturn b\n}"),
        ("java", "class A {\n$0  int f(int a) {\n    return a + 1;\n  }\n$0}\n", "  int g(int b) {\n    return b * 2;\n  }"),
    ],
)
def test_another_definition_is_no_renamed_one(language: str, text: str, new: str) -> None:
    assert objection(new.splitlines(), place(text, language)) != ""


def test_a_definition_is_renamed_as_the_user_says_whatever_else_changes() -> None:
    at = place(ROUTE, "python", instruction="rename it to outcome")
    assert objection(["def outcome(id):", "    return AsyncResult(id).get()"], at) == ""


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("rust", "fn f(&self, cx: &mut Context<'_>) -> Poll<u8> {\n    g(cx)\n}\n", "fn f() -> Poll<u8> {\n    g()\n}"),
        ("python", "def f(a, b=(1, 2)):\n    return a, b\n", "def f(a):\n    return a"),
        (
            "typescript",
            "function f(a: Map<string, number>, b: number) {\n  return a;\n}\n",
            "function f(a: any) {\n  return a;\n}",
        ),
        ("java", "int f(int a, Map<String, Integer> b) {\n  return a;\n}\n", "int f(int a) {\n  return a;\n}"),
        ("go", "func f(a int, b []int) int {\n\treturn a\n}\n", "func f() int {\n\treturn 1\n}"),
        ("c", "int f(int a, int (*b)(int, int)) {\n  return a;\n}\n", "int f(int a) {\n  return a;\n}"),
    ],
)
def test_parameters_stay_unless_the_user_says_something(language: str, old: str, new: str) -> None:
    head, tail = ("class A {\n", "}\n") if language == "java" else ("", "")
    assert "parameters" in objection(new.splitlines(), place(f"{head}$0{old}$0{tail}", language))
    assert objection(new.splitlines(), place(f"{head}$0{old}$0{tail}", language, instruction="simplify")) == ""
    assert objection(old.splitlines(), place(f"{head}$0{old}$0{tail}", language)) == ""


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("python", "def f(a: dict[str, int], b):\n    return a\n", "def f(\n    a: dict[str, int],\n    b,\n):\n    return a"),
        ("typescript", "function f({ a, b }: A, c = () => 1) {\n  return a;\n}\n", "function f(x: A, c = g) {\n  return x.a;\n}"),
        (
            "rust",
            "fn f<T: Into<u8>>(a: T, b: fn(u8) -> u8) {\n    b(a.into());\n}\n",
            "fn f(a: impl Into<u8>, b: G) {\n    b(a);\n}",
        ),
    ],
)
def test_parameters_written_otherwise_are_as_many(language: str, old: str, new: str) -> None:
    assert objection(new.splitlines(), place(f"$0{old}$0", language)) == ""


def test_a_definition_that_the_user_names_may_go() -> None:
    two = "$0def f():\n    return 1\n\ndef g():\n    return 2\n$0"
    left = ["def f():", "    return 1"]
    assert "`g`" in objection(left, place(two, "python"))
    assert objection(left, place(two, "python", instruction="remove g")) == ""


def test_a_helper_that_only_the_region_used_may_go() -> None:
    two = "$0def f():\n    return _g()\n\ndef _g():\n    return 2\n$0"
    assert objection(["def f():", "    return 2"], place(two, "python")) == ""


@pytest.mark.parametrize(
    ("language", "text", "new"),
    [
        ("python", "$0def f(n):\n    return n * f(n - 1)\n$0", "x"),
        ("python", "$0def state(id):\n    state = load(id)\n    return dict(state=state)\n$0", "raise SystemExit(id)"),
        ("typescript", "$0const impl = (n: number) => {\n  return impl(n - 1);\n};\n$0export { impl };\n", "x"),
        ("javascript", "$0function walk(n) {\n  n.children.forEach(walk);\n}\n$0", "x;"),
        ("go", "package a\n\n$0func f(n int) int {\n\treturn f(n - 1)\n}\n$0", "var x = 1"),
        ("rust", "$0fn f(n: i32) -> i32 {\n    f(n - 1)\n}\n$0", "use x;"),
        ("java", "class A {\n$0  int f(int n) {\n    return f(n - 1);\n  }\n$0}\n", "  int x;"),
    ],
)
def test_a_function_that_only_names_itself_is_no_helper(language: str, text: str, new: str) -> None:
    assert "leaves out" in objection([new], place(text, language))


@pytest.mark.parametrize("outside", ["print(_g())\n", "from a import _g\n", "def h():\n    return _g\n"])
def test_a_helper_that_is_used_around_the_region_may_not_go(outside: str) -> None:
    two = "$0def f():\n    return _g()\n\ndef _g():\n    return 2\n$0"
    assert "`_g`" in objection(["def f():", "    return 2"], place(f"{two}\n{outside}", "python"))


def test_a_helper_inside_of_a_function_may_go_whatever_has_its_name_elsewhere() -> None:
    text = "$0def f(a):\n    def key(b):\n        return b\n    return sorted(a, key=key)\n$0\ndef g(key):\n    return key\n"
    assert objection(["def f(a):", "    return sorted(a)"], place(text, "python")) == ""


def test_a_name_whose_line_is_left_out_is_missed() -> None:
    at = place("$0a = read()\nb = 1\nprint(a, b)\n$0", "python")
    assert "`a`" in objection(["print(a)"], at)
    assert objection(["a = read()", "print(a, 1)"], at) == ""


def test_a_line_that_stands_next_to_the_region_is_not_written_twice() -> None:
    at = place("a = 1\n$0b = 2\n$0c = 3\n", "python")
    assert objection(["a = 1", "b = 3"], at) == REPEATS
    assert objection(["b = 3", "c = 3"], at) == REPEATS


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        (
            "python",
            'def f(g):\n    """As::\n\n        ctx = g.one()\n    """\n    return g\n',
            'def f(g: G) -> G:\n    """When ``ctx`` is popped."""\n    return g\n',
        ),
        (
            "python",
            "def f(a):\n    def g(status: str, b: list):\n        status = status or 1\n        h(status)\n    return g\n",
            "def f(a):\n    def g(\n        status: str,\n        b: list,\n    ):\n        h(status)\n    return g\n",
        ),
        (
            "python",
            "def f(a):\n    try:\n        a.b = 1\n    except socket.error:\n        pass\n    return socket.AF_INET\n",
            "def f(a):\n    a.b = 1\n    return socket.AF_INET\n",
        ),
        (
            "python",
            "def f(a, as_tuple=False):\n    as_tuple = as_tuple or a\n    return g(as_tuple)\n",
            "def f(a, *rest: int):\n    return g(as_tuple=a, b=a.as_tuple)\n",
        ),
        (
            "typescript",
            "function f(a: A) {\n  const size = a.size;\n  return size;\n}\n",
            "function f({\n  size,\n}: A) {\n  return size;\n}\n",
        ),
        (
            "go",
            "package a\n\nfunc f(a []int) int {\n\ttotal := 0\n\treturn total\n}\n",
            "package a\n\nfunc f(\n\ta []int,\n) (\n\ttotal int,\n) {\n\treturn total\n}\n",
        ),
        (
            "rust",
            "fn f(a: A) -> i32 {\n    let size = a.size;\n    size\n}\n",
            "fn f(\n    A {\n        size,\n    }: A,\n) -> i32 {\n    size\n}\n",
        ),
        (
            "java",
            "class A {\n  int f(B b) {\n    int size = b.size();\n    return size;\n  }\n}\n",
            "class A {\n  int f(\n      B b,\n      int size) {\n    return size;\n  }\n}\n",
        ),
        ("fennel", '(fn f [a]\n  (let [b 1] "b = 2")\n  ; c = 3\n  (g a))\n', '(fn f [a]\n  "c of b"\n  (g a))\n'),
        (
            "perl",
            'sub f {\n    # total = 1\n    my $b = "size = 2";\n    return $b;\n}\n',
            'sub f {\n    # the total\n    my $b = "of size";\n    return $b;\n}\n',
        ),
    ],
)
def test_a_name_in_words_or_set_over_several_lines_is_not_missed(language: str, old: str, new: str) -> None:
    assert objection(new.splitlines(), place(f"$0{old}$0", language)) == ""


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("python", "def f(a):\n    b = g(\n        a,\n    )\n    return b\n", "def f(a):\n    return b\n"),
        ("python", "def f(a):\n    b = g(a)\n    return h(b=b)\n", "def f(a):\n    return h(b=b)\n"),
        ("typescript", "function f(a) {\n  const b = a;\n  return [b];\n}\n", "function f(a) {\n  return [b];\n}\n"),
        ("go", "package a\n\nfunc f() int {\n\tb := 1\n\treturn b\n}\n", "package a\n\nfunc f() int {\n\treturn b\n}\n"),
        ("rust", "fn f() -> i32 {\n    let b = 1;\n    b + 1\n}\n", "fn f() -> i32 {\n    b + 1\n}\n"),
        ("perl", "sub f {\n    my $b = 1;\n    return $b;\n}\n", "sub f {\n    return $b;\n}\n"),
    ],
)
def test_a_name_that_code_uses_and_nothing_sets_any_more_is_missed(language: str, old: str, new: str) -> None:
    assert "`b`" in objection(new.splitlines(), place(f"$0{old}$0", language))


@pytest.mark.parametrize(
    ("language", "new"),
    [
        ("python", "def f(a):\n    b = 1\ndef f(a):\n    return 2"),
        ("python", "def f(a):\n    b = 1\n\n\ndef f(a):\n    return 2"),
        ("typescript", "function f(a) {\n  b(1);\n}\nfunction f(a) {\n  return 2;\n}"),
        ("go", "func f(a int) int {\n\treturn 1\n}\n\nfunc f(a int) int {\n\treturn 2\n}"),
        ("rust", "fn f(a: u8) -> u8 {\n    1\n}\n\nfn f(a: u8) -> u8 {\n    2\n}"),
    ],
)
def test_a_definition_that_an_answer_says_twice_is_refused(language: str, new: str) -> None:
    last = new.rpartition("f(a")[2]
    head = new.rpartition("f(a")[0].rpartition("\n")[2]
    assert "twice" in objection(new.splitlines(), place(f"$0{head}f(a{last}\n$0", language))


@pytest.mark.parametrize(
    ("language", "new"),
    [
        ("python", "if x:\n    def f(a):\n        return 1\nelse:\n    def f(a):\n        return 2"),
        (
            "python",
            "class A:\n    @property\n    def f(self):\n        return 1\n\n    @f.setter\n    def f(self, a):\n        pass",
        ),
        ("java", "class A {\n  int f(int a) {\n    return 1;\n  }\n\n  int f(long a) {\n    return 2;\n  }\n}"),
        ("python", "class A:\n    def f(self):\n        pass\n\n\nclass B:\n    def f(self):\n        pass"),
    ],
)
def test_definitions_of_one_name_in_two_blocks_or_with_other_parameters_are_two(language: str, new: str) -> None:
    assert objection(
        new.splitlines(), place("$0x = 1\n$0" if language == "python" else "$0class B { int x; }\n$0", language)
    ) in ("", "The answer leaves out `B`.")


@pytest.mark.parametrize(
    "comment",
    [
        "// rest of code unchanged",
        "// remaining logic stays the same",
        "// existing implementation",
        "// same as before",
        "// other methods omitted for brevity",
    ],
)
def test_a_comment_that_says_it_stands_for_code_costs_no_lines(comment: str) -> None:
    old = [
        "fn total(items: &[Item]) -> u32 {",
        "    let mut sum = 0;",
        "    for item in items {",
        "        sum += item.price;",
        "        log(item);",
        "    }",
        "    report(sum);",
        "    sum",
        "}",
    ]
    answer = [*old[:3], "        sum += item.price * 2;", f"        {comment}", "    sum", "}"]
    assert says_rest(answer, old, "rust")
    assert not says_rest([*old[:3], f"        {comment}", *old[3:]], old, "rust")
    assert not says_rest([line for line in old if "log" not in line], old, "rust")


TAKING = {
    "python": "def f(rows, size):\n    use(size)\n    return len(rows)\n",
    "typescript": "function f(rows: A, size = 1) {\n  return size + rows.b;\n}\n",
    "go": "func f(rows []int, size int) int {\n\treturn size + len(rows)\n}\n",
    "java": "class A {\n  int f(Rows rows, int size) {\n    return size + rows.b();\n  }\n}\n",
}


@pytest.mark.parametrize("language", TAKING)
def test_a_parameter_with_another_name_is_used_under_it_everywhere(language: str) -> None:
    old = TAKING[language]
    at = place(f"$0{old}$0", language)
    assert "`rows`" in objection(old.replace("rows", "all", 1).split("\n"), at)
    assert not objection(old.replace("rows", "all").split("\n"), at)
    assert not objection(old.replace("rows", "all", 1).split("\n"), place(f"rows = 1;\n$0{old}$0", language))
