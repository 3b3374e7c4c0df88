"""Models that the user's settings name at an endpoint of theirs, as offers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from coderoute_ls.domain import Axis, FimSupport, Offer, Prices, Score
from coderoute_ls.selection import Catalog, local_offers
from coderoute_ls.settings import OwnModel


def file_offer(
    vendor: str, path: Path, said: OwnModel | None, catalog: Catalog, *, context: int, fills_holes: Callable[[Path], bool]
) -> Offer:
    """A model file that a child of ours serves with so much context. It goes by the file's name unless the user gave another;
    where the catalogue does not know it, the file says whether it fills holes."""
    model = said or OwnModel(id=path.stem)
    offer = own_offer(vendor, model, "openai-chat", local=True, catalog=catalog, server="llamacpp")
    if offer.fim is None and fills_holes(path):
        offer = replace(offer, capabilities={**offer.capabilities, "fim": True}, fim=FimSupport("llamacpp-infill"))
    return replace(offer, context=min(context, offer.context or context))


def own_offer(vendor: str, model: OwnModel, dialect: str, *, local: bool, catalog: Catalog, server: str = "") -> Offer:
    """Scores and prices are the user's; what they leave out comes from the catalogue where the name is an exact alias there."""
    (known,) = local_offers(vendor, [model.id], catalog, dialect=dialect, server=server)
    given = own_scores(model.coding, model.completion)
    scores: dict[Axis, Score] = {
        axis: Score(value, value, value, "user", method="user", date=catalog.compiled) for axis, value in given.items()
    }
    return replace(
        known,
        capabilities={**known.capabilities, "fim": model.fim is not None or known.fim is not None},
        context=model.context or known.context,
        max_output=model.max_output or known.max_output,
        prices=_prices(model, local=local),
        scores={**known.scores, **scores},
        fim=known.fim if model.fim is None else _fim(model.fim, dialect),
        local=local,
        privacy=("no_training", "zdr") if local else (),
    )


def own_scores(coding: float | None, completion: float | None) -> Mapping[Axis, float]:
    """What was said, by axis."""
    given: dict[Axis, float | None] = {"coding": coding, "completion": completion}
    return {axis: value for axis, value in given.items() if value is not None}


def _prices(model: OwnModel, *, local: bool) -> Prices:
    if local and model.input is None and model.output is None:
        return Prices(Decimal(0), Decimal(0), source="declared")
    return Prices(_price(model.input), _price(model.output), _price(model.cached), source="user")


def _price(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _fim(said: str, dialect: str) -> FimSupport:
    """``fim`` names a wire dialect, or is a template for raw tokens."""
    if "{prefix}" in said:
        return FimSupport("openai-completions" if dialect == "openai-chat" else dialect, said)
    return FimSupport(said)
