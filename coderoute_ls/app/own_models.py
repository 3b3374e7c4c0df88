"""The catalogue and what the user adds to it: models on this machine, at own endpoints and in files, and own scores."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from coderoute_ls.app.cloud_models import with_makers_scores
from coderoute_ls.app.measurement.measured_models import Measured, with_measured
from coderoute_ls.domain import Axis, FimSupport, Offer, Prices, Score
from coderoute_ls.providers.configured_vendors import Vendor
from coderoute_ls.providers.local_model.gguf_header import GgufHeader
from coderoute_ls.providers.local_model.model_files import CONTEXT, header_of
from coderoute_ls.providers.local_server_discovery import LocalServer
from coderoute_ls.selection import Catalog, local_offers
from coderoute_ls.selection.next_edit_models import next_edit_score
from coderoute_ls.settings import OwnModel, Settings

GOES_ON = FimSupport("openai-completions", "{prefix}")
"""How a model is asked that neither converses nor has marks for a hole: it goes on behind what stands before the cursor."""


def offered(
    catalog: Catalog,
    settings: Settings,
    vendors: Mapping[str, Vendor],
    servers: Iterable[LocalServer],
    measured: Mapping[str, Measured] = MappingProxyType({}),
    *,
    team: Iterable[Offer] = (),
) -> Catalog:
    """Everything that this user could ask. ``measured``: what was measured of own models, by offer id; ``team``: what the gateway
    of the team offers."""
    scores = {model: own_scores(said.coding, said.completion, said.next_edit) for model, said in settings.models.scores.items()}
    return catalog.with_offers([*with_measured(_own_offers(catalog, settings, vendors, servers), measured), *team]).with_scores(
        scores
    )


def unmatched_scores(catalog: Catalog, settings: Settings, vendors: Mapping[str, Vendor], found: Iterable[str]) -> list[str]:
    """Rows of ``[models.scores]`` that score nothing, by their id. ``catalog``: as `offered`. ``found``: local servers that
    answer; what a silent one serves is not known, so a row for one of its models is taken to be right."""
    answering = frozenset(found)
    known = {*catalog.models, *(name for offer in catalog.offers for name in (offer.id, offer.model))}
    silent = tuple(f"{vendor.id}/" for vendor in vendors.values() if vendor.loads_models and vendor.id not in answering)
    return [row for row in settings.models.scores if row not in known and not row.startswith(silent)]


def served_file(vendor: Vendor, settings: Settings) -> tuple[Path, int]:
    """The model file of this vendor, and the tokens of context to serve it with."""
    said = next(iter(settings.providers[vendor.id].models), None)
    return Path(vendor.model_path).expanduser(), (said and said.context) or CONTEXT


def served_files(vendors: Iterable[Vendor], settings: Settings) -> Mapping[str, tuple[Path, int]]:
    """The same of each vendor that is a model file."""
    return {vendor.id: served_file(vendor, settings) for vendor in vendors if vendor.model_path}


def _own_offers(
    catalog: Catalog, settings: Settings, vendors: Mapping[str, Vendor], servers: Iterable[LocalServer]
) -> Iterator[Offer]:
    for server in servers:
        yield from local_offers(server.provider, server.models, catalog)
    for vendor, said in settings.providers.items():
        known = vendors.get(vendor)
        if known is None:
            continue
        if not known.model_path:
            for model in said.models:
                offer = own_offer(vendor, model, known.dialect_of(model.id), local=known.local, catalog=catalog)
                yield with_makers_scores(offer, catalog) if known.serves_makers else offer
            continue
        path, context = served_file(known, settings)
        model = next(iter(said.models), None)
        yield file_offer(vendor, path, model, catalog, context=context, header=header_of(path))


def file_offer(
    vendor: str, path: Path, said: OwnModel | None, catalog: Catalog, *, context: int, header: GgufHeader | None
) -> Offer:
    """A model file that a child of ours serves with so much context. It goes by the file's name unless the user gave another;
    where the catalogue does not know it, the file's header says whether it fills holes and whether it converses."""
    model = said or OwnModel(id=path.stem)
    offer = own_offer(vendor, model, "openai-chat", local=True, catalog=catalog, server="llamacpp")
    if header is None:
        return replace(offer, context=min(context, offer.context or context))
    if offer.fim is None and header.fim is not None:
        offer = replace(offer, capabilities={**offer.capabilities, "fim": True}, fim=header.fim)
    if not header.chats:
        fim = offer.fim or GOES_ON
        offer = replace(offer, capabilities={**offer.capabilities, "text": False, "fim": True}, fim=fim)
    return replace(offer, context=min(context, offer.context or context, header.context or context))


def own_offer(vendor: str, model: OwnModel, dialect: str, *, local: bool, catalog: Catalog, server: str = "") -> Offer:
    """Scores and prices are the user's; what they leave out comes from the catalogue where the name is an exact alias there."""
    (known,) = local_offers(vendor, [model.id], catalog, dialect=dialect, server=server)
    given = own_scores(model.coding, model.completion)
    scores: dict[Axis, Score] = {
        axis: Score(value, value, value, "user", method="user", date=catalog.compiled) for axis, value in given.items()
    }
    if "next_edit" not in known.scores and (estimate := next_edit_score(model.id, scores.get("coding"))) is not None:
        scores.setdefault("next_edit", estimate)
    calls = {} if model.tools is None else {"tools": model.tools, "parallel_tools": model.tools}
    sees = {} if model.images is None else {"images": model.images}
    fills = (
        {"fim": True} if model.fim or known.fim or "completion" in given else {}
    )  # by a prompt, where it has no way of its own
    return replace(
        known,
        capabilities={**known.capabilities, **calls, **sees, **fills},
        context=model.context or known.context,
        max_output=model.max_output or known.max_output,
        prices=_prices(model, local=local),
        scores={**known.scores, **scores},
        fim=known.fim if model.fim is None else _fim(model.fim, dialect),
        local=local,
        privacy=("no_training", "zdr") if local else (),
    )


def own_scores(coding: float | None, completion: float | None, next_edit: float | None = None) -> Mapping[Axis, float]:
    """What was said, by axis."""
    given: dict[Axis, float | None] = {"coding": coding, "completion": completion, "next_edit": next_edit}
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
