"""Links in a report open web pages or nothing, whatever tricks Markdown knows."""

import pytest

from coderoute_ls.edits import ReportText


def report(answer: str) -> str:
    text = ReportText()
    text.feed(answer)
    text.finish()
    return "\n".join(text.lines)


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("[run](command:workbench.action.quit)", "[run]\\(command:workbench.action.quit)"),
        ("[run]( <command:x> )", "[run]\\( \\<command:x> )"),
        ("[run](&#99;ommand:x)", "[run]\\(&#99;ommand:x)"),
        ("[run](command&colon;x)", "[run]\\(command&colon;x)"),
        ("[run](command\\:x)", "[run]\\(command\\:x)"),
        ("[run](\ncommand:x)", "[run]\\(\ncommand:x)"),
        ("[run][1]\n\n[1]: command:x", "[run][1]\n\n[1]\\: command:x"),
        ("> [1]:\n> command:x", "> [1]\\:\n> command:x"),
        ("<command:x>", "\\<command:x>"),
        ('<a href="command:x">go</a>', '\\<a href="command:x">go\\</a>'),
        ("<script>alert(1)</script>", "\\<script>alert(1)\\</script>"),
        ("![](https://evil.example/pixel.png)", "\\![](https://evil.example/pixel.png)"),
        ("[x](javascript:alert(1))", "[x]\\(javascript:alert(1))"),
        ("[x](vscode://a.b/c)", "[x]\\(vscode://a.b/c)"),
        ("[x](file:///etc/passwd)", "[x]\\(file:///etc/passwd)"),
        ("a ` b\n` [x](command:a) `", "a ` b\n` [x]\\(command:a) `"),
        ("\\` [x](command:a) `", "\\` [x]\\(command:a) `"),
        ("- a\n  ```\n[x](command:a)", "- a\n  ```\n[x]\\(command:a)"),
        ("> ```\n[x](command:a)", "> ```\n[x]\\(command:a)"),
        ("``` `\n[x](command:a)", "``` `\n[x]\\(command:a)"),
        ("```\ncode\n   ```\n[x](command:a)", "```\ncode\n   ```\n[x]\\(command:a)"),
        ("[run](COMMAND:x)", "[run]\\(COMMAND:x)"),
    ],
)
def test_what_could_run_or_fetch_something_loses_its_syntax(answer: str, result: str) -> None:
    assert report(answer) == result


@pytest.mark.parametrize(
    "answer",
    [
        "See [the docs](https://docs.python.org/3/) and [below](#how).",
        "<https://docs.python.org>",
        "`Vec<T>` holds `T`s; `a[i](x)` calls; `<div>` is a tag.",
        "```html\n<a href='command:x'>in a code block</a>\n```\nAfter it: `x < y`, 1 < 2.",
        "~~~\n![](x)\n~~~",
        "| a | b |\n|---|---|\n| `x` | 1 |",
    ],
)
def test_harmless_markdown_stays_as_it_is(answer: str) -> None:
    assert report(answer) == answer


def test_what_was_disarmed_is_said() -> None:
    text = ReportText()
    text.feed("[a](command:x) and <b>\n")
    text.finish()
    assert text.notes == ("Links, images and tags disarmed in the report: 2.",)


@pytest.mark.parametrize(
    ("link", "stays"),
    [
        ("[x](file:///work/a.py#L4)", True),
        ("[x](file:///elsewhere/a.py)", False),
        ("[x](file:///work/../etc/passwd)", False),
        ("[x](file:///work/%2e%2e/etc/passwd)", False),
        ("[x](file:///workshop/a.py)", False),
        ("[x](file://work/a.py)", False),
    ],
)
def test_links_into_the_workspace_stay(link: str, *, stays: bool) -> None:
    text = ReportText("file:///work")
    text.feed(link)
    text.finish()
    assert (text.lines == [link]) is stays
