"""A catalogue of a few real offers: what a test's session costs must not hang on two thousand others that nobody asks."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from coderoute_ls.app import catalog_file
from coderoute_ls.selection import Catalog

VENDORS = frozenset({"codestral", "deepseek", "mistral"})


def keep_few_offers(cache_folder: Path) -> None:
    """Let the next server with this cache find that catalogue, as if it had refreshed its own."""
    cache_folder.mkdir(parents=True, exist_ok=True)
    (cache_folder / "catalog.json").write_bytes(_refreshed())


@cache
def _refreshed() -> bytes:
    """The bundled catalogue with the offers of these vendors alone, in the form in which it is kept."""
    document = Catalog.bundled().document
    rows = [
        {**model, "offers": offers}
        for model in cast("list[dict[str, Any]]", document["models"])
        if (offers := [offer for offer in model.get("offers", ()) if offer["provider"] in VENDORS])
    ]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "catalog.json"
        catalog_file.store(file, Catalog.parse({**document, "models": rows}))
        return file.read_bytes()
