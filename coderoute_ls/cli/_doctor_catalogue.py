"""What ``coderoute-ls doctor`` says of the catalogue: its age, and how it fits the user's keys, servers and scores."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from coderoute_ls.app.ghost_text_keys import ghost_text_of
from coderoute_ls.app.own_models import offered, unmatched_scores
from coderoute_ls.cli._doctor_checks import Check
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.providers.local_server_discovery import LocalServer
from coderoute_ls.selection.catalog import catalog_age
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.settings import Effective
from coderoute_ls.settings.all_settings import ProviderSettings
from coderoute_ls.text.did_you_mean import did_you_mean

OLD_CATALOGUE_DAYS = 45


def ghost_text(catalog: Catalog, effective: Effective, with_key: list[str], now: float) -> Iterator[Check]:
    """Which of the keys give ghost text, and by which model."""
    from coderoute_ls.selection.report.ghost_text_vendors import told

    if not with_key:
        return
    found = ghost_text_of(catalog, effective, with_key, now)
    remedy = "" if found else "For ghost text from a model, add a key of Mistral, Codestral, DeepSeek or OpenRouter."
    yield Check("keys", "ok" if found else "note", told(found, with_key).rstrip("."), remedy)


def unserved(catalog: Catalog, own: Mapping[str, ProviderSettings], with_key: list[str]) -> Iterator[Check]:
    """Keys of vendors none of whose models is known: they have to be named before one can be asked."""
    served = {offer.provider for offer in catalog.offers}
    for name in with_key:
        if name in VENDORS and name not in served and not (name in own and own[name].models):
            remedy = f'Name one in your config.toml: models = [{{ id = "…" }}] under [providers.{name}]; see docs/own-models.md.'
            yield Check("keys", "note", f"the catalogue knows no model of {name}", remedy)


def age(catalog: Catalog, trouble: str, now: float) -> Iterator[Check]:
    """Of prices, models and scores, and whether the refreshed copy could be read."""
    today = datetime.fromtimestamp(now, UTC).date()
    days = catalog_age.age_days(catalog, "prices", today)
    text = f"{catalog_age.told(catalog, today)}, {len(catalog.offers)} offers"
    if days is None or days > OLD_CATALOGUE_DAYS:
        remedy = "Update coderoute-ls (pip install --upgrade coderoute-ls), and set catalog.refresh above 0."
        yield Check("catalogue", "problem", text, remedy)
    else:
        yield Check("catalogue", "ok", text)
    for warning in catalog_age.warnings(catalog, today):
        yield Check("catalogue", "note", warning)
    if trouble:
        yield Check("catalogue", "problem", trouble, "Delete the file; it is fetched again.")


def own_scores(
    catalog: Catalog, effective: Effective, vendors: Mapping[str, Vendor], servers: tuple[LocalServer, ...]
) -> Iterator[Check]:
    """Scores that the user gave to models that nobody offers."""
    known = offered(catalog, effective.settings, vendors, servers)
    for row in unmatched_scores(known, effective.settings, vendors, [server.provider for server in servers]):
        names = [name for offer in known.offers for name in (offer.model, offer.id)]
        told = f"models.scores.{json.dumps(row)} scores nothing: no model has this id{did_you_mean(row, names)}"
        yield Check(
            "settings", "problem", told, "Write the id of a model or of an offer as `coderoute-ls models --unscored` lists it."
        )
