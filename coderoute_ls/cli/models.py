"""``coderoute-ls models``: what the catalogue knows, how old it is, its format, and where a new model would stand."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from coderoute_ls.cli._exit_codes import DONE, FAILED
from coderoute_ls.cli._model_rows import (
    basis,
    by_effort,
    cheap,
    check_provider,
    listed,
    marks,
    plain_offer,
    plain_score,
    price,
    usd,
)
from coderoute_ls.cli._style import Group, as_json, examples, print_json, print_table, say, tell
from coderoute_ls.selection import reasons_in_words
from coderoute_ls.text.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from coderoute_ls.app.catalog_refresh import Refreshed
    from coderoute_ls.domain import Score
    from coderoute_ls.selection import Catalog
    from coderoute_ls.selection.catalog.published_list_merge import Change


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=examples(
        "coderoute-ls models",
        "coderoute-ls models --axis completion",
        "coderoute-ls models --provider deepseek",
        "coderoute-ls models show deepseek/deepseek-v4-pro",
        "coderoute-ls models score own/model --row aider-polyglot=61 --row bigcodebench-hard=38",
        "coderoute-ls models refresh",
        "coderoute-ls models measure --folder ~/src/mine",
        "coderoute-ls models schema > catalogue.schema.json",
    ),
)
@click.option(
    "--axis", type=click.Choice(("coding", "completion", "next_edit")), default="coding", show_default=True, help="Score to show."
)
@click.option("--provider", metavar="ID", help="Only offers of this provider.")
@click.option("--unscored", is_flag=True, help="Show models without a score as well.")
@as_json
@click.pass_context
def COMMAND(ctx: click.Context, axis: str, provider: str | None, unscored: bool, as_json: bool) -> None:
    """List models with their scores and cheapest offers, best first."""
    if ctx.invoked_subcommand is not None:
        return
    catalog = _own_catalog()
    if provider is not None:
        check_provider(provider, catalog)
    rows = [row for row in listed(catalog, axis, provider) if unscored or row[1] is not None]
    if as_json:
        print_json(
            {
                "snapshot": catalog.snapshot,
                "compiled": catalog.compiled,
                "dated": catalog.dated,
                "models": [
                    {
                        "id": model,
                        "score": None if score is None else plain_score(score),
                        "effort": None if at is None else at.effort,
                        "offers": [offer.id for offer in offers],
                    }
                    for model, score, at, offers in rows
                ],
            }
        )
        return
    table = [
        (
            model if at is None or at.effort is None else f"{model}@{at.effort}",
            "–" if score is None else f"{score.value:.2f}",
            "–" if score is None else f"{score.low:.2f}",
            "" if score is None else score.confidence,
            price(offers[0]),
        )
        for model, score, at, offers in rows
    ]
    print_table(("model", "score", "low", "rests on", "in/out USD"), table, width=80)
    tell(f"{len(rows)} models. {_age(catalog)}", err=True)


def _rests_on(score: "Score") -> str:
    return f"{reasons_in_words.confidence(score.confidence)}: {basis(score)}"


@COMMAND.command()
@click.argument("model")
@as_json
def show(model: str, as_json: bool) -> None:
    """Show everything that is known about MODEL: scores with their sources, and every offer with its prices' dates."""
    catalog = _own_catalog()
    offers = [offer for offer in catalog.offers if model in (offer.model, offer.id)]
    if not offers and model not in catalog.models:
        told = f"the catalogue does not know {model!r}{did_you_mean(model, catalog.models)}"
        raise click.BadParameter(told, param_hint="MODEL")
    name = offers[0].model if offers else model
    scores = catalog.scores.get(name) or (offers[0].scores if offers else {})
    if as_json:
        plain = {axis: plain_score(score) for axis, score in scores.items()}
        print_json({"id": name, "scores": plain, "offers": [plain_offer(offer) for offer in offers]})
        return
    say(name)
    for axis, score in scores.items():
        tell(f"  {axis}: {score.value:.2f} ({score.low:.2f} to {score.high:.2f}), {_rests_on(score)}")
    if not scores:
        tell("  no score: it is asked only where a floor is unmet, or when you score it")
    default = [offer for offer in offers if offer.effort is None]
    for line in by_effort(offers):
        tell(f"  {line}")
    rows: list[tuple[str, str, str, str]] = []
    for offer in sorted(default, key=cheap):
        told = [*marks(offer), f"price of {offer.prices.date} from {offer.prices.source}"]
        rows.append((offer.id, price(offer), usd(offer.prices.cached_read), f"{offer.context or 0:,}"))
        rows.append((f"  {', '.join(told)}", "", "", ""))
    print_table(("offer", "in/out USD", "cached", "context"), rows, width=80)


@COMMAND.command()
@click.option("--record", "of_record", is_flag=True, help="Print the schema of the decision record instead.")
def schema(of_record: bool) -> None:
    """Print the JSON schema of a catalogue file, for your own additions."""
    if of_record:
        from coderoute_ls.selection.record import schema as record_schema

        print_json(record_schema())
        return
    from coderoute_ls.selection.catalog.catalog_schema import CatalogFile

    print_json(CatalogFile.model_json_schema())


@COMMAND.command()
@as_json
def refresh(as_json: bool) -> int:
    """Fetch OpenRouter's and models.dev's public lists and your own (catalog.sources) now. No key is sent."""
    result = asyncio.run(_refreshed())
    if as_json:
        print_json({
            "snapshot": result.catalog.snapshot,
            "changes": [asdict(change) for change in result.changes],
            "flagged": [asdict(change) for change in result.flagged],
            "problems": result.problems,
        })  # fmt: skip
    else:
        for change in result.changes:
            tell(_change(change))
        for change in result.flagged:
            tell(f"not taken: {_change(change)}")
        for problem in result.problems:
            tell(problem, err=True)
        tell(f"{len(result.changes)} changes, {len(result.flagged)} not taken. {_age(result.catalog)}", err=True)
    return FAILED if result.problems else DONE


async def _refreshed() -> "Refreshed":
    from coderoute_ls.app.application import Application

    application = Application()
    try:
        return await application.refresh_catalog()
    finally:
        await application.close()


def _change(change: "Change") -> str:
    values = f" {change.before or '?'} → {change.after or '?'}" if change.before or change.after else ""
    return f"{change.kind.replace('_', ' ')}: {change.offer}{values}"


def _row(ctx: click.Context, param: click.Parameter, given: Sequence[str]) -> dict[str, float]:
    rows: dict[str, float] = {}
    for item in given:
        name, found, value = item.rpartition("=")
        try:
            rows[name] = float(value)
        except ValueError:
            found = ""
        if not found or not name:
            raise click.BadParameter(f"{item!r} is not BENCHMARK=VALUE", param=param)
    return rows


@COMMAND.command()
@click.argument("model")
@click.option("--row", "rows", multiple=True, required=True, callback=_row, metavar="BENCHMARK=VALUE", help="A published result.")
@as_json
def score(model: str, rows: dict[str, float], as_json: bool) -> None:
    """Place MODEL on the score scale from published results (percent, or Elo points), without moving any other model."""
    from coderoute_ls.selection.catalog.score_placement import place

    catalog = _catalog()
    today = datetime.fromtimestamp(time.time(), UTC).date().isoformat()
    placed = place(rows, scale=catalog.scale, benchmarks=catalog.benchmarks, date=today)
    if as_json:
        print_json({"id": model, "coding": plain_score(placed)})
        return
    tell(f"{model}: {placed.value:.3f}, lower bound {placed.low:.3f}, upper bound {placed.high:.3f} ({_rests_on(placed)})")
    if known := catalog.scores.get(model, {}).get("coding"):
        tell(f"The catalogue has {known.value:.3f} from {known.rows} results, which stays.")
    say(f'\nTo use it, write into your config.toml:\n\n[models.scores."{model}"]\ncoding = {placed.low:.3f}')


@COMMAND.command()
@click.argument("offer", required=False)
@click.option("--folder", type=click.Path(exists=True, file_okay=False), default=".", help="Whose code it is to complete.")
@click.option("--lines", type=click.IntRange(10, 500), default=40, show_default=True, help="How many lines are masked.")
@as_json
def measure(offer: str | None, folder: str, lines: int, as_json: bool) -> None:
    """Measure how well a local model completes your code, beside the built-in engine, and keep the share as its score."""
    from coderoute_ls.cli._model_measuring import measured_now

    measured_now(offer, folder, lines, as_json=as_json)


def _own_catalog() -> "Catalog":
    """The catalogue with what the user's settings add: own models and model files, own scores, and their team's last offers."""
    from coderoute_ls.app.application import Application

    async def made() -> "Catalog":
        application = Application()
        try:
            await application.team.load()
            return application.router.catalog
        finally:
            await application.close()

    return asyncio.run(made())


def _catalog() -> "Catalog":
    from coderoute_ls.app.catalog_file import newest
    from coderoute_ls.storage import directories

    return newest(directories().cache / "catalog.json")[0]


def _age(catalog: "Catalog") -> str:
    """The day of each kind of fact, and what is out of date."""
    from coderoute_ls.selection.catalog import catalog_age

    today = datetime.fromtimestamp(time.time(), UTC).date()
    told = catalog_age.told(catalog, today)
    return " ".join([f"{told[0].upper()}{told[1:]}.", *catalog_age.warnings(catalog, today)])
