"""A random region and a random answer about it: the intended text comes of it, or the old one with a reason."""

import json
import re
from dataclasses import dataclass

from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.edits.answer.places import job

TALK = [
    "Sure, here it is:", "当然，这是代码：", "### Result", "I changed the calls.", "Voilà le code :", "> as you asked",
    "1. First I looked at it.", "**Note**: nothing else.", "Let me know if that helps!", "Изменено.",
]  # fmt: skip
MARKERS = {
    "python": ["# ... existing code ...", "# rest of the code", "...", "# [unchanged]", "# … wie bisher …"],
    "javascript": ["// ... existing code ...", "// rest of the code", "/* ... */", "// [unchanged]"],
    "elixir": ["# ... existing code ...", "# rest of the code", "# [unchanged]"],
}
FRAME = {
    "python": ("def work(one, two):", None, "    "),
    "javascript": ("function work(one, two) {", "}", "  "),
    "elixir": ("def work(one, two) do", "end", "  "),
}
AROUND = {
    "python": ("import os\n\n\ndef before(x):\n    return x + 1\n\n\n", "\n\ndef after(y):\n    return y - 1\n"),
    "javascript": (
        'import os from "os";\n\nfunction before(x) {\n  return x + 1;\n}\n\n',
        "\nfunction after(y) {\n  return y - 1;\n}\n",
    ),
    "elixir": ("def before(x) do\n  x + 1\nend\n\n", "\ndef after_it(y) do\n  y - 1\nend\n"),
}
CHANGES = ["keep", "keep", "keep", "change", "insert", "drop"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A file, the region in it, what the model means, and how it says so."""

    language: str
    old: list[str]
    intended: list[str]
    answer: str

    @property
    def marked(self) -> str:
        above, below = AROUND[self.language]
        return above + "$0" + "\n".join(self.old) + "\n$0" + below


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    language = draw(st.sampled_from(sorted(FRAME)))
    head, foot, unit = FRAME[language]
    count = draw(st.integers(3, 9))
    statements = [f"{unit}step_{n}(one, {n})" for n in range(count)]
    old, new = [head], [head]
    elided: list[int] = []
    marker = draw(st.sampled_from(MARKERS[language]))
    leaves_out = draw(st.booleans())
    kept_run = draw(st.integers(0, count - 2)) if leaves_out else -1
    length = draw(st.integers(2, 3))
    for n, statement in enumerate(statements):
        old.append(statement)
        if leaves_out and kept_run <= n < kept_run + length:
            elided.append(len(new))
            new.append(statement)
            continue
        near = leaves_out and n in (kept_run - 1, kept_run + length)
        match draw(st.sampled_from(["keep", "change"] if near else CHANGES)):
            case "keep":
                new.append(statement)
            case "change":
                new.append(f"{unit}step_{n}(one, two, {n})")
            case "insert":
                new += [statement, f"{unit}fresh_{n}(two)"]
            case _:
                pass
    for lines in (old, new):
        lines += [foot] if foot else [f"{unit}return one"]
    said = [line for n, line in enumerate(new) if n not in elided]
    if elided:
        said.insert(elided[0], unit + marker)
    return Asked(language, old, new, draw(answers(language, said)))


@st.composite
def answers(draw: st.DrawFn, language: str, lines: list[str]) -> str:
    """The lines as a model may write them: moved, with what stands around them, with words, with a fence or without."""
    above, below = AROUND[language]
    match draw(st.sampled_from(["alone", "alone", "above", "below", "both"])):
        case "above":
            lines = [*above.rstrip("\n").split("\n"), "", *lines]
        case "below":
            lines = [*lines, "", *below.strip("\n").split("\n")]
        case "both":
            lines = [*above.rstrip("\n").split("\n"), "", *lines, "", *below.strip("\n").split("\n")]
        case _:
            pass
    match draw(st.sampled_from(["as it is", "as it is", "deeper", "tabs"])):
        case "deeper":
            lines = [f"    {line}" if line else line for line in lines]
        case "tabs":
            lines = [line.replace("    " if language == "python" else "  ", "\t") for line in lines]
        case _:
            pass
    text = "\n".join(lines)
    fence = draw(st.sampled_from(["named", "named", "plain", "none", "open"]))
    if fence != "none":
        text = f"```{language if fence != 'plain' else ''}\n{text}" + ("" if fence == "open" else "\n```")
    wrapper = draw(st.sampled_from(["none", "none", "none", "json", "tags", "marks", "glued", "typeset"]))
    if wrapper in ("json", "tags", "marks"):
        wrapped = {
            "json": json.dumps({"code": text}),
            "tags": f"<updated_code>\n{text}\n</updated_code>",
            "marks": f"[CODE]\n{text}\n[/CODE]",
        }
        return wrapped[wrapper]
    if wrapper == "glued" and text.endswith("\n```"):
        text = text.removesuffix("\n```") + "```"
    if wrapper == "typeset":
        text = re.sub(r"^ +", lambda blanks: "\u00a0" * len(blanks.group()), text, flags=re.MULTILINE)
    before = [] if draw(st.booleans()) else [draw(st.sampled_from(TALK))]
    after = [] if fence == "open" or draw(st.booleans()) else [draw(st.sampled_from(TALK))]
    thought = draw(st.sampled_from(["", "", "<think>\nhm\n</think>\n", "I think so.\n</think>\n\n"]))
    return thought + "\n\n".join([*before, text, *after])


@settings(max_examples=150, deadline=None)
@given(asked(), st.lists(st.integers(1, 30), max_size=30))
def test_the_intended_text_comes_of_an_answer_or_the_old_one_with_a_reason(one: Asked, sizes: list[int]) -> None:
    note(one.marked)
    note(one.answer)
    final, live = job(one.marked, one.language), job(one.marked, one.language)
    final.feed(one.answer)
    final.finish()
    text = one.answer
    for size in sizes:
        live.feed(text[:size])
        live.next_flush()
        live.answered(False)
        text = text[size:]
    live.feed(text)
    live.finish()
    assert live.wanted == final.wanted, "the same, in whatever pieces it came"
    result = [line.rstrip("\n") for line in final.wanted]
    if final.problem:
        assert result == one.old
    else:
        assert result == one.intended


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["elixir", "dockerfile", "haskell", "unknown", "yaml", "sql"]),
    st.lists(st.sampled_from(TALK), min_size=1, max_size=4),
    st.sampled_from(["\n", "\n\n"]),
    st.booleans(),
)
def test_words_are_never_written_where_no_grammar_tells_them_from_code(
    language: str, talk: list[str], between: str, fenced: bool
) -> None:
    words = between.join(talk)
    one = job("RUN a\n$0RUN b with c\nCOPY d /e\n$0RUN f\n", language)
    one.feed(f"```\n{words}\n```" if fenced else words)
    one.finish()
    assert one.problem
    assert one.wanted == ["RUN b with c\n", "COPY d /e\n"]
