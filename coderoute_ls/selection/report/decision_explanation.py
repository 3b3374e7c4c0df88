"""A decision in plain words, from its record."""

from collections import Counter

from coderoute_ls.selection import reasons_in_words
from coderoute_ls.selection.record import ChosenRow, DecisionRecord
from coderoute_ls.text.dollars import dollars

ABOUT_SCORES = frozenset({"all_below_floor", "all_unknown_score", "all_untrusted_score"})
"""What keeps a floor from being reached; any other rule keeps models from being asked at all."""


def explain_text(record: DecisionRecord, as_if: str = "", *, drafts: bool = False) -> str:
    """A few lines for people: what was asked for, what was chosen and why, what is behind it, what was refused.

    ``as_if``: what would be asked with a key, where there is none. ``drafts``: the built-in engine suggests something anyway.
    """
    lines = [summary(record, as_if, drafts=drafts)]
    if len(record.chain) > 1:
        lines.append(f"If it fails before the first word: {', then '.join(record.chain[1:])}.")
    if len(record.frontier) > 1:
        lines.append("Nothing is both cheaper and better than:")
        lines += [f"  {point.score:.2f}  {dollars(point.expected_usd):<11} {point.offer}" for point in record.frontier]
    refused = [row.reason for row in record.rejected if not (as_if and row.reason in ("no_credentials", "disabled"))]
    if refused:
        counts = Counter(refused)
        told = ", ".join(f"{count:,} {reasons_in_words.reason(reason)}" for reason, count in counts.most_common())
        lines.append(f"Rejected: {told}.")
    return "\n".join(lines)


def summary(record: DecisionRecord, as_if: str = "", *, drafts: bool = False) -> str:
    """The beginning of `explain_text`: what was asked for, what was chosen and why."""
    floor = record.floor
    title = record.action.replace("_", " ").capitalize()
    wanted = f"{title}: {record.axis} score at least {floor.value:.2f} ({reasons_in_words.place(floor.origin)})"
    lines = [f"{wanted}; {reasons_in_words.objective(record.objective)}."]
    if record.chosen is None:
        lines.append(f"No model may be asked{': ghost text comes from the built-in engine alone' if drafts else ''}.")
    else:
        lines += [f"Chosen: {_named(record.chosen)}.", f"Why: {record.chosen.why}."]
    if as_if:
        lines.append(f"No key is set that can be used, and no local server was found.\n{as_if}")
    elif record.unmet is not None:
        best = f" The best available one is {record.unmet.best}" if record.unmet.best else ""
        score = f" at {record.unmet.score:.2f}" if record.unmet.score is not None else ""
        barred = "They" if record.chosen is None else "No model may be asked: they"
        what = "No model reaches the floor: all" if best or record.unmet.rule in ABOUT_SCORES else barred
        lines.append(f"{what} are {reasons_in_words.reason(record.unmet.rule)}.{best}{score}{'.' if best else ''}")
    return "\n".join(lines)


def _named(chosen: ChosenRow) -> str:
    score = chosen.score
    rated = "no score"
    if score is not None:
        rated = f"score {score.value:.2f}, lower bound {score.low:.2f} ({reasons_in_words.confidence(score.confidence)})"
    if score is not None and score.correction:
        rated += f", {score.correction:+.3f} of it from your own experience"
    cost = chosen.cost
    paid = "free" if not cost.max_usd else f"about {dollars(cost.expected_usd)}, at most {dollars(cost.max_usd)}"
    return f"{chosen.offer}, {rated}, {paid}"
