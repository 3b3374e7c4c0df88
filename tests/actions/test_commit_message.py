"""From a model's answer to a commit message, where it goes in git's file, and what the model is told of the last commits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.actions.commit_message import ACTION, message_of, message_region, verbose_diff
from coderoute_ls.domain import Brief, Document, Position, Snippet, Span, Target
from coderoute_ls.text import split_lines

DIFF = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("Add the till", "Add the till"),
        ("```\nAdd the till\n\nIt opens.\n```\nHope that helps!", "Add the till\n\nIt opens."),
        ("```text\nAdd the till", "Add the till"),
        ("**Commit message:** Add the till", "Add the till"),
        ("Subject: `Add the till`", "Add the till"),
        ('"Add the till"', "Add the till"),
        ("Add the till\nIt opens.", "Add the till\n\nIt opens."),
        ("\n\nAdd the till  \n\n- opens\n# a comment that git drops\n", "Add the till\n\n- opens"),
        ("fix: keep `x` and `y`", "fix: keep `x` and `y`"),
        ("", ""),
        ("```\n```", ""),
    ],
)
def test_only_the_message_is_left_of_an_answer(answer: str, message: str) -> None:
    assert message_of(answer) == message


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab#`*\"' \n-:\u202e", max_size=60))
def test_a_message_holds_nothing_that_git_drops_or_nobody_sees(answer: str) -> None:
    message = message_of(answer)
    assert message == message.strip()
    assert not any(line.startswith("#") for line in message.splitlines()[1:])
    assert "\u202e" not in message
    lines = message.splitlines()
    assert len(lines) < 2 or not lines[1].strip()


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("", ""),
        ("# Please enter\n", ""),
        ("Half a thought\n\n# Please enter\n", "Half a thought"),
        ("A\n\nb\nc\n\n\n# Please\nnot this", "A\n\nb\nc"),
        ("A\n\nSigned-off-by: B <b@c>\n# Please", "A"),
        ("Signed-off-by: B <b@c>\n# Please", ""),
        ("fix: a thing\n", "fix: a thing"),
        ("fix: a thing\n\nRefs: 12\n", "fix: a thing"),
        ("\n\nSigned-off-by: B <b@c>\n", ""),
    ],
)
def test_the_message_stands_before_gits_comments_and_before_trailers(text: str, begun: str) -> None:
    document = Document("file:///r/.git/COMMIT_EDITMSG", "git-commit", 0, split_lines(text))
    assert document.slice(message_region(document)) == begun


def test_what_verbose_shows_is_the_diff_below_the_scissors() -> None:
    scissors = "# ------------------------ >8 ------------------------\n# Do not modify or remove the line above.\n"
    document = Document("file:///r/.git/COMMIT_EDITMSG", "git-commit", 0, split_lines(f"A\n# x\n{scissors}{DIFF}"))
    assert verbose_diff(document) == DIFF


@pytest.mark.parametrize(
    ("subjects", "told"),
    [
        ("", "There is no commit yet"),
        ("feat(a): b\nfix: c\nMerge", "Conventional Commits"),
        ("Add b\nfix: c\nDrop d", "Write as <subjects> does"),
    ],
)
def test_the_style_is_learned_from_the_last_subjects(subjects: str, told: str) -> None:
    document = Document("file:///r", "diff", 0, split_lines(DIFF))
    target = Target(document, Span(Position(0, 0), document.end))
    region = ACTION.region(target)
    assert region is not None
    prompt = ACTION.prompt(Brief(target, region, (Snippet("", subjects, "subjects"),)))
    assert told in prompt.system
    assert ("<subjects>" in prompt.messages[0].text) == bool(subjects)
    assert "+y" in prompt.messages[0].text
