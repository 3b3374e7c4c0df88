"""``coderoute-ls models``: what the catalogue knows, how old it is, its format, and where a new model would stand."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from coderoute_ls.cli._exit_codes import DONE, FAILED
from coderoute_ls.cli._style import as_json, examples, print_json, print_table, say

if TYPE_CHECKING:
    from coderoute_ls.app.catalog_refresh import Refreshed
    from coderoute_ls.domain import Offer, Score
    from coderoute_ls.selection import Catalog
    from coderoute_ls.selection.catalog.merge import Change


@click.group(
    invoke_without_command=True,
    epilog=examples(
        "coderoute-ls models",
        "coderoute-ls models --axis completion",
        "coderoute-ls models --provider deepseek",
        "coderoute-ls models show deepseek/deepseek-v4-pro",
        "coderoute-ls models score own/model --row aider-polyglot=61 --row bigcodebench-hard=38",
        "coderoute-ls models refresh",
        "coderoute-ls models schema > catalogue.schema.json",
    ),
)
@click.option("--axis", type=click.Choice(("coding", "completion")), default="coding", show_default=True, help="Score to show.")
@click.option("--provider", metavar="ID", help="Only offers of this provider.")
@click.option("--unscored", is_flag=True, help="Show models without a score as well.")
@as_json
@click.pass_context
def COMMAND(ctx: click.Context, axis: str, provider: str | None, unscored: bool, as_json: bool) -> None:
    """List models with their scores and cheapest offers, best first."""
    if ctx.invoked_subcommand is not None:
        return
    catalog = _own_catalog()
    rows = [row for row in _models(catalog, axis, provider) if unscored or row[1] is not None]
    if as_json:
        print_json(
            {
                "snapshot": catalog.snapshot,
                "compiled": catalog.compiled,
                "models": [
                    {"id": model, "score": None if score is None else _plain(score), "offers": [offer.id for offer in offers]}
                    for model, score, offers in rows
                ],
            }
        )
        return
    table = [
        (
            model,
            "–" if score is None else f"{score.value:.2f}",
            "–" if score is None else f"{score.low:.2f}",
            "" if score is None else score.confidence,
            str(len(offers)),
            _price(offers[0]),
            offers[0].id,
        )
        for model, score, offers in rows
    ]
    print_table(("model", "score", "low", "confidence", "offers", "in/out USD", "cheapest"), table)
    say(f"{len(rows)} models. {_age(catalog)}", err=True)


@COMMAND.command()
@click.argument("model")
@as_json
def show(model: str, as_json: bool) -> None:
    """Show everything that is known about MODEL: scores with their sources, and every offer with its prices' dates."""
    catalog = _own_catalog()
    offers = [offer for offer in catalog.offers if model in (offer.model, offer.id)]
    if not offers and model not in catalog.models:
        near = [name for name in catalog.models if model.lower() in name.lower()][:5]
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise click.BadParameter(f"the catalogue does not know it{hint}", param_hint="MODEL")
    name = offers[0].model if offers else model
    scores = catalog.scores.get(name) or (offers[0].scores if offers else {})
    if as_json:
        plain = {axis: _plain(score) for axis, score in scores.items()}
        print_json({"id": name, "scores": plain, "offers": [_offer(offer) for offer in offers]})
        return
    say(name)
    for axis, score in scores.items():
        say(f"  {axis}: {score.value:.2f} ({score.low:.2f} to {score.high:.2f}), {score.confidence}, {_basis(score)}")
    if not scores:
        say("  no score: it is asked only where a floor is unmet, or when you score it")
    default = [offer for offer in offers if offer.effort is None]
    efforts = sorted({offer.effort for offer in offers if offer.effort})
    rows = [
        (
            offer.id,
            ", ".join(_marks(offer)),
            _price(offer),
            _usd(offer.prices.cached_read),
            f"{offer.context or 0:,}",
            f"{offer.prices.source} {offer.prices.date}",
        )
        for offer in sorted(default, key=_cheap)
    ]
    print_table(("offer", "notes", "in/out USD", "cached", "context", "price from"), rows, left=2)
    if efforts:
        say(f"  other efforts, unscored: {', '.join(efforts)}")


@COMMAND.command()
@click.option("--record", "of_record", is_flag=True, help="Print the schema of the decision record instead.")
def schema(of_record: bool) -> None:
    """Print the JSON schema of a catalogue file, for your own additions."""
    if of_record:
        from coderoute_ls.selection.record import schema as record_schema

        print_json(record_schema())
        return
    from coderoute_ls.selection.catalog.schema import CatalogFile

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
            say(_change(change))
        for change in result.flagged:
            say(f"not taken: {_change(change)}")
        for problem in result.problems:
            say(problem, err=True)
        say(f"{len(result.changes)} changes, {len(result.flagged)} not taken. {_age(result.catalog)}", err=True)
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
        print_json({"id": model, "coding": _plain(placed)})
        return
    say(
        f"{model}: {placed.value:.3f}, lower bound {placed.low:.3f}, upper bound {placed.high:.3f} "
        f"({placed.confidence}, {_basis(placed)})"
    )
    if known := catalog.scores.get(model, {}).get("coding"):
        say(f"The catalogue has {known.value:.3f} from {known.rows} results, which stays.")
    say(f'\nTo use it, write into your config.toml:\n\n[models.scores."{model}"]\ncoding = {placed.low:.3f}')


def _own_catalog() -> "Catalog":
    """The catalogue with what the user's settings add: own models and model files, own scores."""
    from coderoute_ls.app.application import Application

    async def made() -> "Catalog":
        application = Application()
        try:
            return application.router.catalog
        finally:
            await application.close()

    return asyncio.run(made())


def _catalog() -> "Catalog":
    from coderoute_ls.app.catalog_file import newest
    from coderoute_ls.storage import directories

    return newest(directories().cache / "catalog.json")[0]


def _models(catalog: "Catalog", axis: str, provider: str | None) -> "list[tuple[str, Score | None, list[Offer]]]":
    """Model, score and offers (cheapest first), best model first."""
    found: dict[str, list[Offer]] = {}
    for offer in catalog.offers:
        if offer.effort is None and not offer.deprecated and provider in (None, offer.provider):
            found.setdefault(offer.model, []).append(offer)
    rows: list[tuple[str, Score | None, list[Offer]]] = []
    for model, offers in found.items():
        scored = [offer for offer in offers if axis in offer.scores]
        best = next((score for offer in scored for name, score in offer.scores.items() if name == axis), None)
        rows.append((model, best, sorted(scored or offers, key=_cheap)))
    return sorted(rows, key=lambda row: (-(row[1].low if row[1] else -1.0), row[0]))


def _cheap(offer: "Offer") -> tuple[float, str]:
    """Three tokens in for one out, as in most edits."""
    prices = offer.prices
    unknown = prices.input is None or prices.output is None
    return (float("inf") if unknown else float(3 * (prices.input or 0) + (prices.output or 0)), offer.id)


def _price(offer: "Offer") -> str:
    return f"{_usd(offer.prices.input)} / {_usd(offer.prices.output)}"


def _usd(price: object) -> str:
    return "?" if price is None else f"{price:f}".rstrip("0").rstrip(".") if "." in f"{price:f}" else f"{price:f}"


def _basis(score: "Score") -> str:
    rests = f" on {', '.join(score.sources)}" if score.sources else f" on {score.rows} results" if score.rows else ""
    return f"{score.method} of {score.date}{rests}"


def _plain(score: "Score") -> dict[str, object]:
    return {
        "value": score.value, "low": score.low, "high": score.high, "confidence": score.confidence,
        "method": score.method, "date": score.date, "rows": score.rows, "sources": list(score.sources),
    }  # fmt: skip


def _offer(offer: "Offer") -> dict[str, object]:
    prices = offer.prices
    return {
        "id": offer.id, "effort": offer.effort, "dialect": offer.dialect, "input": prices.input, "output": prices.output,
        "cached_read": prices.cached_read, "source": prices.source, "date": prices.date, "context": offer.context,
        "max_output": offer.max_output, "notes": _marks(offer),
    }  # fmt: skip


def _marks(offer: "Offer") -> list[str]:
    prices = offer.prices
    marks = {
        "free tier": prices.free_tier,
        "fills holes": offer.fim is not None,
        "prompt-size tiers": bool(prices.tiers),
        "prices by hour or date": bool(prices.windows),
        "retired": offer.deprecated,
        f"until {offer.expires}": bool(offer.expires),
    }
    return [mark for mark, holds in marks.items() if holds]


def _age(catalog: "Catalog") -> str:
    try:
        compiled = datetime.fromisoformat(catalog.compiled).replace(tzinfo=UTC)
    except ValueError:
        return f"Facts of {catalog.compiled or 'an unknown date'}."
    days = (datetime.fromtimestamp(time.time(), UTC) - compiled).days
    return f"Facts of {catalog.compiled}, {days} {'day' if days == 1 else 'days'} old."
