"""``coderoute-ls models measure``: who completes masked lines of a folder better, a local model or the built-in engine."""

import asyncio
from pathlib import Path

import click

from coderoute_ls.app.application import Application
from coderoute_ls.app.measurement.measured_models import Measured, keep
from coderoute_ls.app.measurement.measuring import compared
from coderoute_ls.cli._exit_codes import FAILED
from coderoute_ls.cli._style import print_json, say, tell
from coderoute_ls.domain import Offer
from coderoute_ls.errors import ProviderError
from coderoute_ls.ledger.acceptance_rates import wilson
from coderoute_ls.text.did_you_mean import did_you_mean

LEAST = 10
"""Fewer masked lines say nothing."""


def measured_now(name: str | None, folder: str, lines: int, *, as_json: bool) -> None:
    """Measure the named offer, or the only local one, and keep what was found."""
    offer, measured = asyncio.run(_measured(name, Path(folder).resolve(), lines))
    if as_json:
        print_json({
            "offer": offer.id, "lines": measured.lines, "right": measured.right, "built_in_right": measured.built_in_right,
            "score": measured.score.value, "low": measured.score.low, "high": measured.score.high,
            "beats_built_in": measured.beats_built_in,
        })  # fmt: skip
        return
    say(f"{offer.name}: {_share(measured.right, measured.lines)}.")
    say(f"Built-in engine: {_share(measured.built_in_right, measured.lines)}.")
    if measured.beats_built_in:
        tell("The model completes your code better than the built-in engine: this share is its completion score from now on.")
    else:
        tell(
            "The model completes your code no better than the built-in engine, so ghost text stays with the engine. "
            f'To ask it all the same: `[actions.inline_completion] model = "{offer.id}"` in your config.toml.'
        )


def _share(right: int, of: int) -> str:
    low, high = wilson(right, of)
    return f"{right} of {of} masked lines right ({right / of:.0%}; {low:.0%} to {high:.0%} with 95 % confidence)"


async def _measured(name: str | None, folder: Path, lines: int) -> tuple[Offer, Measured]:
    application = Application()
    try:
        await application.find_local(_agreed_only)
        offer = _offer(
            name, [offer for offer in application.router.catalog.offers if offer.local and offer.provider != "embedded"]
        )
        tell(f"Masking {lines} lines below {folder}; {offer.name} and the built-in engine complete them.", err=True)
        found = await compared(application, offer, folder, lines, lambda done: _step(done, lines))
        if len(found.places) < LEAST:
            raise click.UsageError(f"{folder} has too little code to measure with: {len(found.places)} lines could be masked.")
        measured = found.measured(application.engine.clock.now())
        try:
            keep(application.places.state, offer.id, measured)
        except OSError as error:
            tell(f"It counts only here: it could not be kept ({error.strerror}).", err=True)
        return offer, measured
    except ProviderError as error:
        tell(error.user_message, err=True)
        raise SystemExit(FAILED) from None
    finally:
        await application.close()


def _step(done: int, of: int) -> None:
    if done % 10 == 0:
        tell(f"{done} of {of}", err=True)


def _offer(name: str | None, local: list[Offer]) -> Offer:
    """Raises click.UsageError: only what runs on the user's machine is measured, for everything else costs money."""
    names = [offer.id for offer in local]
    if not names:
        raise click.UsageError("No local model is known: start its server, or name a file as `model_path` in your config.toml.")
    if name is None and len(names) > 1:
        raise click.UsageError(f"Say which: {', '.join(names)}.")
    found = next((offer for offer in local if name in (None, offer.id, offer.wire_id)), None)
    if found is None:
        raise click.UsageError(f"There is no local model {name!r}{did_you_mean(name or '', names)} Known are {', '.join(names)}.")
    return found


async def _agreed_only(question: str, choices: tuple[str, ...]) -> None:
    """Servers that were not met before are left alone."""
