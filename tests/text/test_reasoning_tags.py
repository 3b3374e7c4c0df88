"""What a model thinks aloud is no part of its answer, whatever its tags look like."""

import pytest

from coderoute_ls.text.reasoning_tags import without_thoughts

CODE = "```python\nx = 1\n```\n"


@pytest.mark.parametrize(
    "text",
    [
        f"<think>\nhm\n</think>\n{CODE}",
        f"<THINK>hm</THINK>{CODE}",
        f"<Thinking>\nhm\n</Thinking>\n\n{CODE}",
        f"\n  <think></think>\n{CODE}",
        f"<think>one</think><think>two</think>{CODE}",
        f"<reflection>a</reflection>\n<scratchpad>b</scratchpad>\n{CODE}",
        f"[THINK]\nhm\n[/THINK]\n{CODE}",
        f"◁think▷hm◁/think▷{CODE}",
        f"<seed:think>hm</seed:think>{CODE}",
        f"<|START_THINKING|>hm<|END_THINKING|>{CODE}",
        f"<|begin_of_thought|>hm<|end_of_thought|>{CODE}",
        f"<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>{CODE}",
        f"analysisWe need x.assistantfinal{CODE}",
        f"I think that a generator is better.\n</think>\n\n{CODE}",
        f"</think>{CODE}",
        f"A draft:\n```python\nx = 0\n```\nNo.\n</think>\n{CODE}",
        f"A draft:\n```python\nx = 0\n</think>\n{CODE}",
        f"{CODE}</think>",
        f"{CODE}\n</thinking>\n\n",
    ],
)
def test_only_the_answer_is_left(text: str) -> None:
    thoughts = without_thoughts(text)
    assert thoughts.answer.strip() == CODE.strip()
    assert thoughts.found
    assert not thoughts.open


@pytest.mark.parametrize("text", ["<think>", "<think>\nif only\nx = 1\n", "<thi", "◁th", " [THI", "<reasoning>a</think>b"])
def test_of_a_thought_that_has_not_ended_nothing_is_left(text: str) -> None:
    assert without_thoughts(text).answer == ""
    assert without_thoughts(text).open


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        "```python\ntag = '<think>'\nend = '</think>'\n```\n",
        "Use `</think>` here:\n```python\nx = 1\n```",
        "x = a <think\ny = [THINK\n",
        "I wrap it in <think> and </think> for you.\n",
    ],
)
def test_tags_in_code_are_code(text: str) -> None:
    assert without_thoughts(text).answer == text


def test_tags_of_the_users_own_text_are_content() -> None:
    text = "<think>\nquiet\n</think>\n"
    assert without_thoughts(text, own="<p>\n<think>\n</think>").answer == text
    assert without_thoughts("a\n</THINK>\nb", own="</think>").answer == "a\n</THINK>\nb"


def test_a_thought_after_a_few_words_is_taken_out_too() -> None:
    assert without_thoughts(f"Sure.\n<think>\nhm\n</think>\n{CODE}").answer.split() == f"Sure.\n{CODE}".split()


@pytest.mark.parametrize("cut", range(1, 40))
def test_nothing_of_a_thought_is_ever_let_through_while_it_comes(cut: int) -> None:
    text = f"<think>secret thought, quite long</think>{CODE}"
    assert "secret" not in without_thoughts(text[:cut]).answer
    assert not without_thoughts(text[:cut]).answer.startswith("<th")
