"""Where no grammar tells code from words: only an answer that has something of the region is written."""

from itertools import product

import pytest

from coderoute_ls.edits.answer.refusals import FOREIGN, WORDS
from tests.edits.answer.places import fitted, job

REGIONS = {
    "dockerfile": "RUN apt-get update\nRUN apt-get install -y git\nENV PORT=80\n",
    "elixir": "def total(cart) do\n  amount = sum(cart.items)\n  log(amount)\nend\n",
    "clojure": "(defn total [cart]\n  (let [amount (sum (:items cart))]\n    (log amount)\n    amount))\n",
    "fortran": "subroutine total(a, n)\n  integer n\n  real a(n)\n  print *, sum(a)\nend subroutine\n",
    "cobol": "       PERFORM ADD-ITEM\n           VARYING I FROM 1 BY 1\n       DISPLAY TOTAL.\n",
    "nix": "total = items: rate:\n  let amount = sum items;\n  in amount * rate;\n",
    "unheard-of": "total cart rate\n  amount := sum cart.items\n  emit amount\n",
    "zig": "fn total(items: []f64) f64 {\n    var amount: f64 = 0;\n    for (items) |i| amount += i;\n    return amount;\n}\n",
}
SAID = [
    "I'm sorry, but I can't help with that.",
    "Could you show me the rest of the file first?",
    "```\nThe code looks good to me; there is nothing to change here.\n```",
    "Replace the loop by a sum.\n\nThen return the rounded value.",
    "1. First read the items.\n2. Then add them up.\n3. Log what came of it.",
    "Извините, я не могу помочь с этим кодом.",
    "申し訳ありませんが、このコードは変更できません。",
    "Es tut mir leid, dazu fehlt mir der Rest der Datei.",
    "```text\nerror: please provide more context to continue\n```",
    "- keep the name\n- drop the loop\n- explain the result",
]


@pytest.mark.parametrize("language", REGIONS)
def test_words_are_refused_in_a_language_without_a_grammar(language: str) -> None:
    old = REGIONS[language]
    for words in SAID:
        one = job(f"x\n\n$0{old}$0\ny\n", language)
        one.feed(words)
        one.finish()
        assert one.problem, words
        assert "".join(one.wanted) == old, words


@pytest.mark.parametrize("language", REGIONS)
def test_a_rewrite_that_keeps_some_lines_is_written(language: str) -> None:
    new = REGIONS[language].rstrip("\n")
    for before, after in (("amount", "sum_of_all"), ("y git", "y git curl"), ("integer n", "integer :: n"), ("TOTAL", "SUM")):
        new = new.replace(before, after)
    for said in (f"```{language}\n{new}\n```", f"```\n{new}\n```", f"Here it is:\n\n```\n{new}\n```\n\nShorter now."):
        fit = fitted(said, f"$0{REGIONS[language]}$0", language)
        assert fit.lines == new.split("\n"), (said, fit.problem)


FOREIGN_CODE = {
    "haskell": "total :: Cart -> Double\ntotal cart = sum (map price cart)",
    "python": "import os\nprint(os.listdir('.'))",
    "bash": "make test\n./run.sh --all",
}


@pytest.mark.parametrize(("language", "named"), list(product(REGIONS, FOREIGN_CODE)))
def test_a_block_in_another_language_that_is_like_no_line_of_the_region_is_refused(language: str, named: str) -> None:
    fit = fitted(f"```{named}\n{FOREIGN_CODE[named]}\n```", f"$0{REGIONS[language]}$0", language)
    assert fit.lines is None
    assert fit.problem in (FOREIGN, WORDS)


@pytest.mark.parametrize("named", ["bash", "sh", "docker", "Dockerfile", "dockerfile", "text", "yaml"])
def test_a_wrong_name_behind_the_fence_does_no_harm(named: str) -> None:
    new = ["RUN apt-get update && apt-get install -y git", "ENV PORT=8080"]
    fit = fitted(f"```{named}\n" + "\n".join(new) + "\n```", f"$0{REGIONS['dockerfile']}$0", "dockerfile")
    assert fit.lines == new, fit.problem
