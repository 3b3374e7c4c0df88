"""The engine without a model: what was done is offered again, what one edit breaks is offered to be mended."""

import pytest

from coderoute_ls.domain import Position
from coderoute_ls.domain.next_edits import Situation
from coderoute_ls.next_edit.by_example import candidates
from coderoute_ls.next_edit.by_example.repetition import weighed_sites
from coderoute_ls.next_edit.by_example.text import Text
from tests.next_edit.support import URI, document, past, shown, situation, taken

CALLS = "import log\n\nlog.warn('a', 1)\nx = 1\nlog.warning('b')\ny = 2\nlog.warn('c', 3)\nlog.warn('d', 4)\n"


def test_a_change_made_twice_is_offered_a_third_time() -> None:
    text = CALLS.replace("log.warn('a'", "log.notice('a'").replace("log.warn('c'", "log.notice('c'")
    edits = [
        past("log.warn('a', 1)", "log.notice('a', 1)", 2),
        past("log.warn('c', 3)", "log.notice('c', 3)", 6),
    ]
    after = taken(situation(text, *edits, cursor=6))
    assert after == CALLS.replace("log.warn(", "log.notice(")


@pytest.mark.parametrize("wild", ["", "\0"])
@pytest.mark.parametrize("first", [True, False])
def test_nothing_is_offered_in_a_binary_file(wild: str, *, first: bool) -> None:
    rest = "log.notice(1)\nlog.notice(2)\nlog.warn(3)\n"
    text = rest + f"x{wild}\n" if not first else rest.replace("(1)", f"(1){wild}")
    edits = [past("log.warn(1)", "log.notice(1)", 0), past("log.warn(2)", "log.notice(2)", 1)]
    assert bool(candidates(situation(text, *edits, cursor=1))) == (not wild)


def test_a_template_binds_what_differs() -> None:
    text = "a = get(x)['id']\nb = get(y)['id']\nc = get(z)['id']\nd = other(z)['id']\n"
    done = text.replace("get(x)['id']", "get_id(x)").replace("get(y)['id']", "get_id(y)")
    edits = [past("a = get(x)['id']", "a = get_id(x)", 0), past("b = get(y)['id']", "b = get_id(y)", 1)]
    places = weighed_sites(edits, Text(URI, "python", done.splitlines(keepends=True)), 1)
    assert {(each.site.text, each.site.new) for each in places if each.site.rule.support == 2} == {("get(z)['id']", "get_id(z)")}


MENDED = {
    "a coroutine is awaited": (
        "python",
        ("async def load(x):\n    return x\n\n\ndef show(x):\n    data = load(x)\n    return data\n"),
        ("def load(x):", "async def load(x):", 0),
        ("async def load(x):\n    return x\n\n\nasync def show(x):\n    data = await load(x)\n    return data\n"),
    ),
    "a coroutine of a script is awaited": (
        "typescript",
        (
            "async function load(x: string) {\n"
            "  return x;\n"
            "}\n"
            "\n"
            "function show(x: string) {\n"
            "  const data = load(x);\n"
            "  return data;\n"
            "}\n"
        ),
        ("function load(x: string) {", "async function load(x: string) {", 0),
        (
            "async function load(x: string) {\n"
            "  return x;\n"
            "}\n"
            "\n"
            "async function show(x: string) {\n"
            "  const data = await load(x);\n"
            "  return data;\n"
            "}\n"
        ),
    ),
    "a parameter has another name": (
        "python",
        ("def area(wide, high):\n    size = width * high\n    return size + width\n\n\nwidth = 3\n"),
        ("def area(width, high):", "def area(wide, high):", 0),
        ("def area(wide, high):\n    size = wide * high\n    return size + wide\n\n\nwidth = 3\n"),
    ),
    "a parameter is gone": (
        "python",
        ("def send(to, body):\n    return to, body\n\n\nsend(me, 7, hello())\n"),
        ("def send(to, port, body):", "def send(to, body):", 0),
        ("def send(to, body):\n    return to, body\n\n\nsend(me, hello())\n"),
    ),
    "parameters are one object": (
        "typescript",
        (
            "interface Box {\n"
            "  wide: number;\n"
            "  high: number;\n"
            "}\n"
            "\n"
            "function draw(box: Box) {\n"
            "  return box;\n"
            "}\n"
            "\n"
            "draw(1, size(2, 3));\n"
        ),
        ("function draw(wide: number, high: number) {", "function draw(box: Box) {", 5),
        (
            "interface Box {\n"
            "  wide: number;\n"
            "  high: number;\n"
            "}\n"
            "\n"
            "function draw(box: Box) {\n"
            "  return box;\n"
            "}\n"
            "\n"
            "draw({ wide: 1, high: size(2, 3) });\n"
        ),
    ),
    "a lock is opened": (
        "go",
        ("package a\n\nfunc (s *S) Get() int {\n\ts.mu.Lock()\n\treturn s.n\n}\n"),
        ("\treturn s.n", "\ts.mu.Lock()\n\treturn s.n", 3),
        ("package a\n\nfunc (s *S) Get() int {\n\ts.mu.Lock()\n\tdefer s.mu.Unlock()\n\treturn s.n\n}\n"),
    ),
    "a base became a member": (
        "typescript",
        (
            "class Base {\n"
            "  log(x: string) {}\n"
            "}\n"
            "\n"
            "class Job {\n"
            "  base = 1;\n"
            "  constructor() {\n"
            "    this.out = new Base();\n"
            "  }\n"
            "  run() {\n"
            "    this.log('a');\n"
            "    this.stop();\n"
            "  }\n"
            "  stop() {}\n"
            "}\n"
        ),
        ("class Job extends Base {", "class Job {\n  constructor() {\n    this.out = new Base();", -1),
        (
            "class Base {\n"
            "  log(x: string) {}\n"
            "}\n"
            "\n"
            "class Job {\n"
            "  base = 1;\n"
            "  constructor() {\n"
            "    this.out = new Base();\n"
            "  }\n"
            "  run() {\n"
            "    this.out.log('a');\n"
            "    this.stop();\n"
            "  }\n"
            "  stop() {}\n"
            "}\n"
        ),
    ),
}


@pytest.mark.parametrize("name", MENDED)
def test_what_one_edit_breaks_is_mended(name: str) -> None:
    language, text, (old, new, line), wanted = MENDED[name]
    assert taken(situation(text, past(old, new, line, language), cursor=max(line, 0), language=language)) == wanted


@pytest.mark.parametrize("name", MENDED)
def test_what_is_mended_is_not_offered_again(name: str) -> None:
    language, _, (old, new, line), wanted = MENDED[name]
    assert shown(situation(wanted, past(old, new, line, language), cursor=max(line, 0), language=language)) is None


def test_nothing_is_suggested_in_strings_and_comments_unless_the_edit_was_there() -> None:
    text = "def new(a):\n    return a\n\n\nnew(1)\nprint('old(1) and old(2)')  # old(3)\n"
    edits = [past("def old(a):", "def new(a):", 0), past("old(1)", "new(1)", 4)]
    assert shown(situation(text, *edits, cursor=4)) is None


def test_nothing_without_edits_in_generated_and_in_endless_files() -> None:
    edits = [past("log.warn('a', 1)", "log.notice('a', 1)", 2), past("log.warn('c', 3)", "log.notice('c', 3)", 6)]
    assert candidates(situation(CALLS)) == []
    head = "# Code generated by protoc. DO NOT EDIT.\n"
    assert candidates(situation(head + CALLS, *edits)) == []
    assert candidates(situation(CALLS * 12_500, *edits)) == []


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_of_the_document_are_kept(ends: str) -> None:
    _, text, (old, new, line), wanted = MENDED["a lock is opened"]
    here = document(text.replace("\n", ends), language="go")
    moment = Situation(here, Position(3, 0), (past(old, new, line, "go"),))
    found = shown(moment)
    assert found is not None
    assert found.edits[0].text.endswith(ends)
    del wanted


def test_another_open_file_gets_what_was_done_here() -> None:
    other = document("import log\nlog.warn('z', 9)\n", path="/w/b.py", uri="file:///w/b.py")
    text = CALLS.replace("log.warn(", "log.notice(")
    edits = (past("log.warn('a', 1)", "log.notice('a', 1)", 2), past("log.warn('c', 3)", "log.notice('c', 3)", 6))
    here = document(text)
    found = [each for each in candidates(Situation(here, Position(7, 0), edits, others=(other,))) if each.kind == "edit"]
    assert [each.uri for each in found] == [other.uri]
