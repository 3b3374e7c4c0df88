"""A few lines of Markdown about recent usage: the answer of ``coderoute.usage`` in an editor."""

import sqlite3
from collections.abc import Mapping

from coderoute_ls.ledger.usage_queries import SAVINGS_RULE, Alternative, PeriodName, Usage, period_of
from coderoute_ls.text.dollars import dollars

LATELY: Mapping[str, PeriodName] = {"Today": "today", "Last 7 days": "week", "This month": "month"}


def summary(connection: sqlite3.Connection, now: float) -> str:
    """Today, the week and the month in one line each; then by action and what was saved, this month."""
    lines = ["| | calls | cost | accepted |", "|---|---:|---:|---:|"]
    for label, name in LATELY.items():
        total = Usage(connection, period_of(name, now)).total()
        lines.append(f"| {label} | {total.calls:,} | {dollars(total.billed_usd)} | {total.accepted:,} of {total.judged:,} |")
    usage = Usage(connection, period_of("month", now))
    lines += [
        "",
        "By action, this month:",
        "",
        "| action | calls | cost | accepted | per accepted |",
        "|---|---:|---:|---:|---:|",
    ]
    for line in usage.totals("action"):
        each = "" if line.usd_per_accepted is None else dollars(line.usd_per_accepted)
        accepted = f"{line.accepted:,} of {line.judged:,}"
        lines.append(f"| {line.name} | {line.calls:,} | {dollars(line.billed_usd)} | {accepted} | {each} |")
    lines += ["", *_edits(usage), *_savings(usage)]
    return "\n".join(lines) + "\n"


def _edits(usage: Usage) -> list[str]:
    """What was decided about the changes of edits, this month; nothing where none was made."""
    rows = [
        f"| {line.name} | {line.hunks:,} | {line.hunks_kept:,} | {line.hunks_rejected:,} | {line.accepted_lines:,} "
        f"| {'' if line.usd_per_accepted_line is None else dollars(line.usd_per_accepted_line)} |"
        for line in usage.totals("action")
        if line.hunks
    ]
    head = ["| edits | changes | kept | rejected | accepted lines | per accepted line |", "|---|---:|---:|---:|---:|---:|"]
    return [*head, *rows, ""] if rows else []


def _savings(usage: Usage) -> list[str]:
    """What the same calls would have cost elsewhere, one sentence each."""
    found = [
        f"Always {label} ({', '.join(other.offers[:3])}): {dollars(other.instead_usd)} instead of {dollars(other.billed_usd)}."
        for label, other in alternatives(usage)
    ]
    return [*found, "", SAVINGS_RULE] if found else []


def alternatives(usage: Usage) -> list[tuple[str, Alternative]]:
    """The baselines that some call has, each with its name in words."""
    named = [
        ("the strongest model", usage.alternative("strongest")),
        ("one model that meets every floor", usage.alternative("single")),
    ]
    return [(label, found) for label, found in named if found.calls]
