"""``coderoute-ls team``: the keys, budgets and spending of a team whose gateway runs on PostgreSQL."""

import csv
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from coderoute_ls.cli._style import Group, as_json, examples, print_json, print_table, say
from coderoute_ls.cli._team_database import administration, database_option

if TYPE_CHECKING:
    from coderoute_ls.team.keys import Key, Scopes
    from coderoute_ls.team.money import Level, Period

_LEVELS = click.Choice(["organisation", "team", "user", "key", "model"])
_PERIODS = click.Choice(["day", "week", "month", "lifetime"])
_BY = click.Choice(["team", "user", "key", "repository", "branch", "action", "model", "day"])


@click.group(
    cls=Group,
    epilog=examples(
        "export CODEROUTE_DATABASE=postgresql://admin@db.example.com/coderoute",
        "coderoute-ls team key create --user ann --team web --budget 20/month --expires 90d",
        "coderoute-ls team budget set 500/month",
        "coderoute-ls team usage --by user",
    ),
)
def COMMAND() -> None:
    """Keys, budgets and spending of a team whose gateway runs on PostgreSQL."""


@COMMAND.group(
    cls=Group, epilog=examples("coderoute-ls team key create --user ann --team web", "coderoute-ls team key revoke crk-0a1b2c3d")
)
def key() -> None:
    """Make, list and revoke the keys of people and machines."""


@key.command(
    epilog=examples(
        "coderoute-ls team key create --user ann --team web --budget 20/month --expires 90d",
        "coderoute-ls team key create --user ci --face openai-chat --model 'deepseek/*' --highest-floor 0.7",
        "coderoute-ls team key create --user grafana --right usage",
    )
)
@database_option
@click.option("--user", required=True, help="Whose key it is: a person or a machine.")
@click.option("--team", default="", help="The team that pays as well.")
@click.option("--budget", "budgets", multiple=True, metavar="USD/PERIOD", help="Budget of this key, as in 20/month; repeatable.")
@click.option("--expires", metavar="TIME", help="When it ends, as in 12h, 90d or 4w.  [default: never]")
@click.option("--face", "faces", multiple=True, help="Format that it may use; repeatable.  [default: all]")
@click.option("--model", "models", multiple=True, metavar="GLOB", help="Models that it may ask; repeatable.  [default: all]")
@click.option("--lowest-floor", type=click.FloatRange(0, 1), help="No request gets a weaker model.")
@click.option("--highest-floor", type=click.FloatRange(0, 1), help="No request may ask for a higher floor.")
@click.option("--right", "rights", multiple=True, type=click.Choice(["ask", "usage"]), help="What it is for.  [default: ask]")
@as_json
def create(  # noqa: PLR0917  (click passes them by name)
    database: str, user: str, team: str, budgets: Sequence[str], expires: str | None, faces: Sequence[str], models: Sequence[str],
    lowest_floor: float | None, highest_floor: float | None, rights: Sequence[str], as_json: bool,
) -> None:  # fmt: skip
    """Make a key and print it: it is shown once, and kept only as a hash."""
    with administration(database) as admin:
        from coderoute_ls.team.keys import Scopes, lifetime
        from coderoute_ls.team.money import cap

        scopes = Scopes(_all_or(faces), _all_or(models), lowest_floor, highest_floor, tuple(rights) or ("ask",))
        lives = None if expires is None else lifetime(expires)
        secret, made = admin.create_key(user, team, scopes=scopes, lives=lives, caps=[cap(text) for text in budgets])
    if as_json:
        print_json({"key": secret, "prefix": made.prefix, "expires_at": made.expires_at})
        return
    say(secret)
    until = "" if made.expires_at is None else f" It ends on {made.expires_at:%Y-%m-%d}."
    say(f"This is the only time that the key is shown.{until} `coderoute-ls team key revoke {made.prefix}` ends it.", err=True)


def _all_or(names: Sequence[str]) -> tuple[str, ...] | None:
    return tuple(names) or None


@key.command("list", epilog=examples("coderoute-ls team key list", "coderoute-ls team key list --json"))
@database_option
@as_json
def list_keys(database: str, as_json: bool) -> None:
    """Show all keys by their prefixes, never the keys."""
    with administration(database) as admin:
        now, keys = admin.now(), admin.keys()
    if as_json:
        print_json([_key_as_json(each, now) for each in keys])
        return
    rows = [
        (
            each.prefix,
            each.user,
            each.team,
            each.state(now),
            f"{each.expires_at:%Y-%m-%d}" if each.expires_at else "never",
            _may(each.scopes),
        )
        for each in keys
    ]
    print_table(("key", "user", "team", "state", "expires", "may"), rows, left=6)


def _key_as_json(made: "Key", now: datetime) -> dict[str, object]:
    told = {"prefix": made.prefix, "user": made.user, "team": made.team, "state": made.state(now), **asdict(made.scopes)}
    return {**told, "created_at": made.created_at, "expires_at": made.expires_at, "revoked_at": made.revoked_at}


def _may(scopes: "Scopes") -> str:
    """What a key may do, in words."""
    said = [" and ".join(scopes.rights)]
    said += [f"only {', '.join(names)}" for names in (scopes.faces, scopes.models) if names is not None]
    if scopes.lowest_floor is not None or scopes.highest_floor is not None:
        said.append(
            f"floors {scopes.lowest_floor or 0:.2f} to {1.0 if scopes.highest_floor is None else scopes.highest_floor:.2f}"
        )
    return "; ".join(said)


@key.command(epilog=examples("coderoute-ls team key revoke crk-0a1b2c3d"))
@click.argument("prefix")
@database_option
def revoke(prefix: str, database: str) -> None:
    """End the key with PREFIX: from now on it opens nothing, at no replica."""
    with administration(database) as admin:
        made = admin.revoke_key(prefix)
    say(f"Revoked the key {made.prefix} of {made.user}.")


@COMMAND.group(
    cls=Group,
    epilog=examples("coderoute-ls team budget set 500/month", "coderoute-ls team budget set 5/day --level user --of ann"),
)
def budget() -> None:
    """Hard limits of spending: of the organisation, a team, a user, a key, a model."""


_level = click.option("--level", type=_LEVELS, default="organisation", show_default=True, help="Whose budget it is.")
_of = click.option("--of", "subject", default="", help="The team, user, key (its prefix) or model.")


@budget.command(
    "set", epilog=examples("coderoute-ls team budget set 500/month", "coderoute-ls team budget set 50/week --level team --of web")
)
@click.argument("amount", metavar="USD/PERIOD")
@_level
@_of
@database_option
def set_budget(amount: str, level: "Level", subject: str, database: str) -> None:
    """Allow so much in each day, week, month (UTC) or lifetime; another cap takes the place of the one before."""
    with administration(database) as admin:
        from coderoute_ls.team.money import budget_name, cap

        made = cap(amount)
        admin.set_budget(level, subject, made)
    say(f"{budget_name(level, subject, made.period).capitalize()} is {made}.")


@budget.command(epilog=examples("coderoute-ls team budget remove --level team --of web --period week"))
@click.option("--period", type=_PERIODS, required=True)
@_level
@_of
@database_option
def remove(period: "Period", level: "Level", subject: str, database: str) -> None:
    """Lift a limit."""
    with administration(database) as admin:
        admin.remove_budget(level, subject, period)
    say("Removed.")


@budget.command("list", epilog=examples("coderoute-ls team budget list", "coderoute-ls team budget list --json"))
@database_option
@as_json
def list_budgets(database: str, as_json: bool) -> None:
    """Show all budgets: what is spent and set aside in the present day, week or month."""
    with administration(database) as admin:
        found = admin.budgets()
    if as_json:
        from coderoute_ls.ledger.nano_usd import dollars

        names = ("level", "subject", "period", "starts")
        money = {f"{name}_usd": f"{name}_nusd" for name in ("cap", "spent", "reserved", "left")}
        print_json(
            [
                {**{n: getattr(b, n) for n in names}, **{to: dollars(getattr(b, name)) for to, name in money.items()}}
                for b in found
            ]
        )
        return
    from coderoute_ls.team.money import budget_name, dollars_text

    rows = [
        (budget_name(b.level, b.subject, b.period), *map(dollars_text, (b.cap_nusd, b.spent_nusd, b.reserved_nusd, b.left_nusd)))
        for b in found
    ]
    print_table(("budget", "cap", "spent", "set aside", "left"), rows)


@COMMAND.command(
    epilog=examples(
        "coderoute-ls team usage --by user", "coderoute-ls team usage --by model --since 2026-11-01 --until 2026-12-01 --csv"
    )
)
@click.option("--by", type=_BY, default="team", show_default=True, help="What to add up by.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day, UTC.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Day after the last, UTC.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@database_option
@as_json
def usage(  # noqa: PLR0917  (click passes them by name)
    by: str, since: datetime | None, until: datetime | None, as_csv: bool, database: str, as_json: bool
) -> None:
    """What was spent, on what, and what was saved against one model for everything."""
    first, end = (None if day is None else day.replace(tzinfo=UTC) for day in (since, until))
    with administration(database) as admin:
        from coderoute_ls.team.money import dollars_text
        from coderoute_ls.team.usage import unsettled, usage_by

        sums, open_calls = usage_by(admin.connection, by, first, end), unsettled(admin.connection, first, end)
    if as_json:
        print_json({"by": by, "sums": [each.as_json() for each in sums], "unsettled_calls": open_calls.calls})
    elif as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow([by, "calls", "errors", "input_tokens", "output_tokens", "spent_usd", "saved_usd"])
        writer.writerows([*each.as_json().values()] for each in sums)
    else:
        rows = [
            (each.name or "–", str(each.calls), str(each.errors), f"{each.input_tokens:,}", f"{each.output_tokens:,}",
             dollars_text(each.spent_nusd), f"{each.saved_nusd / 1e9:.2f}")
            for each in sums
        ]  # fmt: skip
        print_table((by, "calls", "errors", "input", "output", "spent", "saved $"), rows)
    if open_calls.calls:
        most = dollars_text(open_calls.most_nusd)
        say(f"{open_calls.calls} calls of replicas that ended in their middle are not in the sums: at most {most}.", err=True)


@COMMAND.command(epilog=examples("coderoute-ls team audit", "coderoute-ls team audit --json"))
@click.option("--most", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many, the newest first.")
@database_option
@as_json
def audit(most: int, database: str, as_json: bool) -> None:
    """Who changed keys, budgets and policy, and when."""
    with administration(database) as admin:
        changes = admin.audit(most)
    if as_json:
        print_json(
            [{"at": c.at, "actor": c.actor, "action": c.action, "subject": c.subject, "detail": c.detail} for c in changes]
        )
        return
    import json

    rows = [(f"{c.at:%Y-%m-%d %H:%M:%S}", c.actor, c.action, c.subject, json.dumps(c.detail)) for c in changes]
    print_table(("at", "by", "change", "of", "detail"), rows, left=5)
