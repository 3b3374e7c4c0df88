"""Hostile code, and hostile answers about it, explained and rendered: no image, tag, command or remote link comes alive."""

import os
import random
from collections.abc import Iterator

import pytest

from coderoute_ls.domain import Document, Position, Span, Target
from coderoute_ls.edits import ReportText
from coderoute_ls.embedded.explain.explain import explain
from coderoute_ls.embedded.index.index import Index
from coderoute_ls.text.markdown_escaping import as_block, as_code, as_text
from tests.edits.rendering import alive

DOCUMENTS = int(os.environ.get("DOCUMENTS", "300"))
"""How many are made; a release is checked with ``DOCUMENTS=12000`` (``make test-long``)."""
WORKSPACE = "file:///w"
HOSTILE = (
    *("![i](https://evil.example/p.png)", "<img src=x onerror=y>", "[c](command:x)", "<command:x>", "https://evil.example/a?b=c"),
    *("www.evil.example", "//evil.example", "evil.example", "a@evil.example", "[r][1]", "[1]: command:x", "<a href='command:x'>"),
    *(
        "<!-- x -->",
        "<script>",
        "</script>",
        "]( command:x )",
        "](command:x)",
        "](https://evil.example)",
        "![",
        "](",
        "[",
        "]",
        "<",
        ">",
    ),
    *(
        "`",
        "``",
        "```",
        "~~~",
        "\\",
        "\\\\",
        "&lt;img src=x&gt;",
        "&#99;ommand:x",
        "[x](&#x2f;/evil.example)",
        "\n",
        "\n\n",
        "\t",
        "    ",
    ),
    *(
        "javascript:alert(1)",
        "[j](javascript:x)",
        "data:text/html,x",
        "vscode://a.b/c",
        "ftp://evil.example",
        "mailto:a@evil.example",
    ),
    *(
        "# ",
        "> ",
        "- ",
        "1. ",
        "| a | b |\n|---|---|\n",
        "***",
        "__",
        "(",
        ")",
        "!",
        "word",
        "a b",
        "\u202e",
        "\x1b[31m",
        "\x00",
        "\u200b",
    ),
    *(
        "[x](/\\evil.example)",
        "<http://evil.example>",
        "<?php x ?>",
        "<![CDATA[x]]>",
        "{{x}}",
        "$x$",
        "Evil.Example:8080/x",
        "http:evil.example",
    ),
)


def mess(chance: random.Random, most: int = 9) -> str:
    return "".join(chance.choice(HOSTILE) + chance.choice(["", "", " "]) for _ in range(chance.randint(1, most)))


def python(chance: random.Random) -> str:
    """Code that parses, with hostile text wherever code can hold it."""
    said = repr(mess(chance))
    return (
        f"@decorated({said})\nclass Base(Other[{said}]):\n    {said}\n"
        f"    def method(self, a={said}, *, b: {said} = {mess(chance)!r}) -> {said}:\n        {mess(chance)!r}\n"
        f"        try:\n            open({said})\n            raise ValueError({mess(chance)!r})\n"
        f"        except Error[{said}]:\n            return {mess(chance)!r}\n        self.x[{said}] = f({mess(chance)!r})\n"
        f"        yield {mess(chance)!r}\n"
    )


def script(chance: random.Random) -> str:
    said = mess(chance).replace("\n", " ").replace("'", "")
    body = f"  throw '{said}';\n  return g('{said}')['{said}'];\n"
    return f"/** {said.replace('*/', '')} */\nfunction f(a = '{said}', b) {{\n{body}}}\n"


def explained(chance: random.Random) -> str:
    language, text = chance.choice([("python", python(chance)), ("javascript", script(chance)), ("typescript", script(chance))])
    name = mess(chance, 3).replace("/", "").replace("\0", "") or "a"
    document = Document(f"file:///w/{name}", language, 1, (*text.splitlines(keepends=True), ""), f"/w/{name}")
    line = chance.randrange(len(document.lines))
    target = Target(document, Span(Position(line, 0), Position(line, 0)), folder="/w")
    answer = explain(target, Span(Position(0, 0), document.end), Index())
    return "" if answer is None else answer.text


def streamed(chance: random.Random, answer: str) -> str:
    """Through the same filter as a model's answer, in pieces."""
    text = ReportText(WORKSPACE)
    at = 0
    while at < len(answer):
        end = at + chance.randint(1, 40)
        text.feed(answer[at:end])
        at = end
    text.finish()
    return "\n".join(text.lines)


def documents(seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    yield f"# {as_text('Explain: ' + mess(chance))}\n\n" + streamed(chance, explained(chance))
    yield streamed(chance, mess(chance, 30))
    yield f"{as_text(mess(chance))} {as_code(mess(chance))}\n\n{as_block(mess(chance, 20))}\n\n*{as_text(mess(chance))}*"


def local(what: str) -> bool:
    """A link that stays in the workspace."""
    kind, _, address = what.partition(" ")
    return kind == "a" and (
        address.startswith((f"{WORKSPACE}/", "#")) or (":" not in address and not address.startswith(("//", "/\\", "\\")))
    )


@pytest.mark.parametrize("part", range(10))
def test_nothing_of_hostile_code_or_answers_comes_alive(part: int) -> None:
    for seed in range(part, DOCUMENTS // 3, 10):
        for text in documents(seed):
            living = [what for what in alive(text) if not local(what)]
            assert living == [], (seed, living, text)
