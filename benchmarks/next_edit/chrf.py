"""deltaChrF: character n-grams of what changes, compared with those of what should change; 0 to 100."""

from collections import Counter

from coderoute_ls.domain.next_edits import unchanged_ends

LONGEST = 6
BETA2 = 4.0
"""β = 2, squared: recall counts more."""


def delta_chrf(before: str, wanted: str, got: str) -> float:
    """How near ``got`` comes to ``wanted``, on the lines between those that ``before`` and ``wanted`` share above and below."""
    old, goal, ours = (text.split("\n") for text in (before, wanted, got))
    above, below = unchanged_ends(old, goal)
    return chrf(_middle(goal, above, below), _middle(ours, above, below))


def _middle(lines: list[str], above: int, below: int) -> str:
    return "\n".join(lines[above : max(above, len(lines) - below)])


def chrf(wanted: str, got: str) -> float:
    """F with β = 2 of each order that occurs, averaged; two empty texts are the same."""
    if not wanted and not got:
        return 100.0
    scores: list[float] = []
    for order in range(1, LONGEST + 1):
        goal, ours = _grams(wanted, order), _grams(got, order)
        if not goal and not ours:
            continue
        same = sum((goal & ours).values())
        precision, recall = same / max(1, sum(ours.values())), same / max(1, sum(goal.values()))
        both = BETA2 * precision + recall
        scores.append((1 + BETA2) * precision * recall / both if both else 0.0)
    return 100 * sum(scores) / len(scores) if scores else 0.0


def _grams(text: str, order: int) -> Counter[str]:
    return Counter(text[at : at + order] for at in range(len(text) - order + 1))
