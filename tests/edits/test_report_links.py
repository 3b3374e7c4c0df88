"""Links in a report open files of the workspace or nothing, whatever tricks Markdown knows."""

import pytest

from coderoute_ls.edits import ReportText
from tests.edits.rendering import alive, shown


def report(answer: str) -> str:
    text = ReportText()
    text.feed(answer)
    text.finish()
    return "\n".join(text.lines)


@pytest.mark.parametrize(
    "answer",
    [
        "[run](command:workbench.action.quit)",
        "[run]( <command:x> )",
        "[run](&#99;ommand:x)",
        "[run](command&colon;x)",
        "[run](command\\:x)",
        "[run](\ncommand:x)",
        "[run][1]\n\n[1]: command:x",
        "> [1]:\n> command:x",
        "<command:x>",
        '<a href="command:x">go</a>',
        "<script>alert(1)</script>",
        "![](https://evil.example/pixel.png)",
        "[x](javascript:alert(1))",
        "[x](vscode://a.b/c)",
        "[x](file:///etc/passwd)",
        "a ` b\n` [x](command:a) `",
        "\\` [x](command:a) `",
        "- a\n  ```\n[x](command:a)",
        "> ```\n[x](command:a)",
        "``` `\n[x](command:a)",
        "```\ncode\n   ```\n[x](command:a)",
        "[run](COMMAND:x)",
        "[docs](https://evil.example)",
        "<https://evil.example>",
        "https://evil.example and www.evil.example, evil.example/x, mailto:a@b.example or a@b.example",
        "[x](//evil.example) [x](/\\\\evil.example) [x](&#x2f;/evil.example) [x](www.evil.example)",
        "[x](%63ommand:y) [x](command%3Ay) [x](command%253Ay) [x](/%5cevil.example) [x](/%2fevil.example) [x](com\\mand:y)",
        "[x](/etc/passwd) [x](~/.ssh/id_rsa) [x](../../etc/passwd) [x](a/%2e%2e/%2e%2e/b) [x](C:/x) [x](a\\..\\b)",
        "a ` b https://evil.example c",
        "a `` b `https://evil.example` c ``",
        "a(b)c.evil.example",
        "\\<b>\\![](https://evil.example)",
        "**https://evil.example** _www.evil.example_",
        "| https://evil.example | ![](a.png) |\n|---|---|\n| <img src=x> | [x](command:y) |",
    ],
)
def test_nothing_comes_alive_in_any_renderer(answer: str) -> None:
    assert alive(report(answer)) == []


def test_what_lost_its_syntax_stays_readable() -> None:
    said = shown(report("[run](command:x) <b>bold</b> ![alt](https://evil.example/p.png)"))
    for word in ("run", "command:x", "<b>", "bold", "alt", "https://evil.example/p.png"):
        assert word in said


def test_links_into_the_workspace_and_to_headings_stay() -> None:
    text = ReportText("file:///w")
    text.feed("[a](file:///w/src/a.py#L3) [b](src/b.py) [c](#how) [d](file:///etc/passwd) [e](file:///w/../etc/passwd)")
    text.finish()
    assert alive(text.lines[0]) == ["a file:///w/src/a.py#L3", "a src/b.py", "a #how"]


@pytest.mark.parametrize(
    "answer",
    [
        "See [the file](src/a.py) and [below](#how).",
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
