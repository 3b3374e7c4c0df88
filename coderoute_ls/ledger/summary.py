"""A few lines of Markdown about lately: the answer of ``coderoute.usage`` in an editor."""

import sqlite3

from coderoute_ls.ledger.usage import Alternative, Period, Usage


def summary(connection: sqlite3.Connection, periods: dict[str, Period]) -> str:
    """One line per named period, then by action and what was saved in the longest (the last) one."""
    lines = ["| | calls | cost | accepted |", "|---|---:|---:|---:|"]
    for name, period in periods.items():
        total = Usage(connection, period).total()
        lines.append(f"| {name} | {total.calls:,} | ${total.billed_usd:.4f} | {total.accepted:,} of {total.judged:,} |")
    name, period = list(periods.items())[-1]
    usage = Usage(connection, period)
    lines += ["", f"By action, {name.lower()}:", "", "| action | calls | cost | per accepted |", "|---|---:|---:|---:|"]
    for line in usage.totals("action"):
        each = "" if line.usd_per_accepted is None else f"${line.usd_per_accepted:.5f}"
        lines.append(f"| {line.name} | {line.calls:,} | ${line.billed_usd:.4f} | {each} |")
    lines += ["", *_savings(usage)]
    return "\n".join(lines) + "\n"


def _savings(usage: Usage) -> list[str]:
    """What the same calls would have cost elsewhere, one sentence each."""
    return [
        f"Always {label} ({', '.join(other.offers[:3])}): ${other.instead_usd:.4f} instead of ${other.billed_usd:.4f}."
        for label, other in alternatives(usage)
    ]


def alternatives(usage: Usage) -> list[tuple[str, Alternative]]:
    """The baselines that some call has, each with its name in words."""
    named = [
        ("the strongest model", usage.alternative("strongest")),
        ("one model that meets every floor", usage.alternative("single")),
    ]
    return [(label, found) for label, found in named if found.calls]
