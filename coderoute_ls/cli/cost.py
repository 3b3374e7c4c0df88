"""``coderoute-ls cost``: what the same usage costs with each way to pay, by the platforms' rules."""

import re

import click

from coderoute_ls.cli._style import as_json, examples, print_json, print_table, say
from coderoute_ls.text.dollars import dollars

_SIZES = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}


def _tokens(ctx: click.Context, param: click.Parameter, given: str) -> float:
    """A number of tokens: 20000, 20k, 1.5M."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmb]?)", given.replace("_", "").lower())
    if match is None:
        raise click.BadParameter(f"{given!r} is not a number of tokens such as 20000, 20k or 1.5M", param=param)
    return float(match[1]) * _SIZES[match[2]]


@click.command(
    epilog=examples(
        "coderoute-ls cost",
        "coderoute-ls cost --model anthropic/claude-sonnet-5.5 --input 5M --output 800k",
        "coderoute-ls cost --input-price 3 --output-price 15 --requests 2000000",
    )
)
@click.option("--model", metavar="ID", help="Take this model's list prices, at every vendor that sells it.")
@click.option("--input-price", type=click.FloatRange(0), default=3.0, show_default=True, help="USD per million input tokens.")
@click.option("--output-price", type=click.FloatRange(0), default=15.0, show_default=True, help="USD per million output tokens.")
@click.option("--input", "read", callback=_tokens, default="100M", show_default=True, help="Input tokens.")
@click.option("--output", "written", callback=_tokens, default="20M", show_default=True, help="Output tokens.")
@click.option("--requests", type=click.IntRange(1), help="Requests in the month; without it fees are at the marginal rate.")
@as_json
def COMMAND(
    *,
    model: str | None,
    input_price: float,
    output_price: float,
    read: float,
    written: float,
    requests: int | None,
    as_json: bool,
) -> None:
    """Show what tokens cost: paid directly, with OpenRouter's credits, and with your own keys through OpenRouter."""
    from coderoute_ls.selection.pricing.fee_calculation import with_credits, with_own_key

    if model is not None:
        _by_vendor(model, read, written, as_json=as_json)
        return
    list_usd = (read * input_price + written * output_price) / 1e6
    ways = {
        "direct": list_usd,
        "openrouter credits": with_credits("openrouter", list_usd),
        "openrouter own key": with_own_key("openrouter", list_usd, requests),
    }
    if as_json:
        print_json({name: round(usd, 6) for name, usd in ways.items()})
        return
    say(f"{read:,.0f} tokens in and {written:,.0f} out at {dollars(input_price)} and {dollars(output_price)} per million")
    print_table(("paid", "USD"), [(name, f"{usd:,.2f}") for name, usd in ways.items()])


def _by_vendor(model: str, read: float, written: float, *, as_json: bool) -> None:
    """The same usage at every vendor of the model, fees included, in requests below every prompt-size tier."""
    from coderoute_ls.selection import Catalog
    from coderoute_ls.selection.pricing.fee_calculation import with_credits

    rows: list[tuple[str, float]] = []
    for offer in Catalog.bundled().offers:
        prices = offer.prices
        if offer.model != model or offer.effort is not None or prices.input is None or prices.output is None:
            continue
        usd = (read * float(prices.input) + written * float(prices.output)) / 1e6
        rows.append((offer.id, with_credits(offer.provider, usd)))
    if not rows:
        raise click.BadParameter("no offer of it is in the catalogue; `coderoute-ls models` lists them", param_hint="--model")
    rows.sort(key=lambda row: (row[1], row[0]))
    if as_json:
        print_json({name: round(usd, 6) for name, usd in rows})
        return
    print_table(
        ("offer", "USD"), [(name, f"{usd:,.2f}") for name, usd in rows], title=f"{read:,.0f} tokens in and {written:,.0f} out"
    )
