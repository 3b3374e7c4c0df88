"""``coderoute-ls usage``: what was spent and saved, what was accepted, how fast it was; export and deletion."""

import os
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Literal

import click

from coderoute_ls.cli._folder_settings import settings_of
from coderoute_ls.cli._style import as_json, examples, print_json, print_table, say, tell
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.ledger import file_of
from coderoute_ls.ledger.acceptance_rates import experience
from coderoute_ls.ledger.call_export import Export
from coderoute_ls.ledger.daily_cost_chart import Bar, plot_html, plot_svg
from coderoute_ls.ledger.database_file import connect
from coderoute_ls.ledger.journal import Journal
from coderoute_ls.ledger.schema import NewerVersion
from coderoute_ls.ledger.transactions import LedgerStore
from coderoute_ls.ledger.usage_queries import GROUPS, SAVINGS_RULE, Group, Period, PeriodName, Totals, Usage, period_of
from coderoute_ls.ledger.usage_summary import LATELY, alternatives
from coderoute_ls.storage import directories
from coderoute_ls.text.dollars import dollars

_DATE = click.DateTime(["%Y-%m-%d"])
_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command(
    epilog=examples(
        "coderoute-ls usage                                lately, and this month by action, model and workspace",
        "coderoute-ls usage --period week --by day",
        "coderoute-ls usage --since 2026-01-01 --json",
        "coderoute-ls usage --plot cost.svg                also .html",
        "coderoute-ls usage --export calls.csv             also .json",
        "coderoute-ls usage --delete-before 2026-01-01",
    )
)
@click.option("--period", type=click.Choice(["today", "week", "month", "all"]), default="month", show_default=True)
@click.option("--since", type=_DATE, help="First day, instead of --period.")
@click.option("--until", type=_DATE, help="Last day; without it: today.")
@click.option("--by", type=click.Choice(GROUPS), multiple=True, help="Group by this instead; may be repeated.")
@click.option("--plot", type=_FILE, help="Write cost per day and model as .svg or .html.")
@click.option("--export", type=_FILE, help="Write the single calls as .csv or .json.")
@click.option("--delete", is_flag=True, help="Delete everything that was recorded.")
@click.option("--delete-before", type=_DATE, help="Delete what was recorded before this day.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@as_json
def COMMAND(
    *,
    period: PeriodName,
    since: datetime | None,
    until: datetime | None,
    by: tuple[Group, ...],
    plot: Path | None,
    export: Path | None,
    delete: bool,
    delete_before: datetime | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Show what was spent and saved, what was accepted, how fast it was. Everything stays on this machine."""
    path = file_of(settings_of(Path(), directories())[0].settings, directories())
    whole = period_of(period, time.time())
    chosen = Period(_day(since) or whole.first, _day(until) or whole.last)
    if not path.exists():
        print_json({"total": None}) if as_json else say("Nothing was recorded yet.")
        return
    try:
        with closing(connect(path)) as connection:
            with suppress(sqlite3.Error):  # what a session could not write and left behind
                Journal(path, (path.parent, directories().cache), os.getpid()).absorb(LedgerStore(connection))
            if delete or delete_before:
                _delete(connection, _day(delete_before), yes=yes)
            elif plot is not None:
                _plot(connection, chosen, plot)
            elif export is not None:
                _export(connection, chosen, export)
            elif as_json:
                print_json(_everything(connection, chosen))
            else:
                _print(connection, chosen, by or ("action", "model", "workspace"))
    except (sqlite3.Error, NewerVersion) as error:
        raise ConfigurationError(f"The ledger {path} cannot be read ({error}). `coderoute-ls doctor` says more.") from error


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _everything(connection: sqlite3.Connection, period: Period) -> dict[str, object]:
    usage = Usage(connection, period)
    found = {"strongest": usage.alternative("strongest"), "single": usage.alternative("single")}
    return {
        "period": asdict(period),
        "total": asdict(usage.total()),
        **{f"by_{group}": [asdict(line) for line in usage.totals(group)] for group in GROUPS},
        "savings_rule": SAVINGS_RULE,
        "instead": {kind: {**asdict(line), "saved_usd": line.saved_usd} for kind, line in found.items() if line.calls},
        "first_token_s": [asdict(line) for line in usage.latencies("first", "action")],
        "total_s": [asdict(line) for line in usage.latencies("total", "action")],
        "estimates": asdict(usage.estimates()),
        "experience": [asdict(line) for line in experience(connection, period)],
    }


def _print(connection: sqlite3.Connection, period: Period, by: tuple[Group, ...]) -> None:
    lately = {label: Usage(connection, period_of(name, time.time())).total() for label, name in LATELY.items()}
    print_table(("lately", *_HEAD), [(label, *_row(line)) for label, line in lately.items()])
    usage = Usage(connection, period)
    total = usage.total()
    say(f"\n{period}: {total.calls:,} calls, {dollars(total.billed_usd)}")
    if not total.calls:
        return
    free = total.by_cache + total.by_typed + total.by_embedded
    tell(
        f"{free / total.calls:.0%} needed no model: {total.by_typed:,} typed as suggested, {total.by_cache:,} from the cache, "
        f"{total.by_embedded:,} by the built-in engine."
    )
    for group in by:
        say()
        print_table((group, *_HEAD), [(line.name or "(none)", *_row(line)) for line in usage.totals(group)])
    _print_edits(usage)
    _print_savings(usage)
    _print_speed(usage)
    _print_experience(connection, period)


_HEAD = ("calls", "failed", "cost", "expected", "accepted", "per accepted", "per 1,000 characters")


def _row(line: Totals) -> tuple[str, ...]:
    """The columns of `_HEAD`."""
    money = map(_usd, (line.billed_usd, line.expected_usd))
    each = map(_usd, (line.usd_per_accepted, line.usd_per_1000_accepted_chars))
    return f"{line.calls:,}", f"{line.errors:,}", *money, f"{line.accepted:,} of {line.judged:,}", *each


def _print_edits(usage: Usage) -> None:
    rows = [
        (
            line.name,
            *(f"{count:,}" for count in (line.hunks, line.hunks_kept, line.hunks_rejected, line.accepted_lines)),
            _usd(line.usd_per_accepted_line),
        )
        for line in usage.totals("action")
        if line.hunks
    ]
    if rows:
        say()
        print_table(("edits", "changes", "kept", "rejected", "accepted lines", "per accepted line"), rows)
        tell("A line that an edit changed counts as accepted until you reject or undo it; all that edits cost counts.")


def _print_savings(usage: Usage) -> None:
    rows = [
        (
            f"always {label}",
            f"{line.calls:,}",
            *map(_usd, (line.instead_usd, line.billed_usd, line.saved_usd)),
            ", ".join(line.offers),
        )
        for label, line in alternatives(usage)
    ]
    if rows:
        say()
        print_table(("what the same calls would have cost", "calls", "there", "here", "saved", "there is"), rows)
        tell(SAVINGS_RULE)


def _print_speed(usage: Usage) -> None:
    titles: dict[Literal["first", "total"], str] = {"first": "seconds to the first token", "total": "seconds to the end"}
    for kind, title in titles.items():
        if lines := usage.latencies(kind, "action"):
            say()
            rows = [(line.name, f"{line.calls:,}", *map(_seconds, (line.p50, line.p90, line.p99))) for line in lines]
            print_table((title, "calls", "half", "nine in ten", "99 in 100"), rows)
    errors = usage.estimates()
    if errors.bias is not None and errors.spread is not None:
        tell(f"\nCalls cost {errors.bias:.2f} × what was expected; two in three lie within a factor of {errors.spread:.2f}.")


def _print_experience(connection: sqlite3.Connection, period: Period) -> None:
    rows = [
        (
            line.action,
            line.offer,
            f"{line.judged:,}",
            f"{line.rate:.0%}",
            f"{line.low:.0%}–{line.high:.0%}",
            f"{line.correction:+.3f}",
        )
        for line in experience(connection, period)
    ]
    if rows:
        say()
        print_table(("action", "offer", "judged", "kept", "95 % sure", "correction"), rows, left=2)
        tell("`learn = true` in your config.toml adds the correction to the offer's score for that action.")


def _usd(value: float | None) -> str:
    return "–" if value is None else dollars(value)


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _plot(connection: sqlite3.Connection, period: Period, path: Path) -> None:
    bars = [Bar(*row) for row in Usage(connection, period).by_day_and_model()]
    plot = plot_html if path.suffix in (".html", ".htm") else plot_svg
    _write(path, plot(bars, f"Cost of coderoute-ls, {period}"))
    say(f"Wrote {path}")


def _export(connection: sqlite3.Connection, period: Period, path: Path) -> None:
    rows, text = Export(connection, period), StringIO()
    count = rows.write_json(text) if path.suffix == ".json" else rows.write_csv(text)
    _write(path, text.getvalue())
    say(f"Wrote {count:,} calls to {path}")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}).") from error


def _delete(connection: sqlite3.Connection, before: str | None, *, yes: bool) -> None:
    what = f"everything recorded before {before}" if before else "everything that was recorded, today's spending included"
    if not yes:
        click.confirm(f"Delete {what}?", abort=True)
    say(f"Deleted {LedgerStore(connection).erase(before):,} calls.")
