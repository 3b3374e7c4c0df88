"""``python -m catalogue``: compiles the bundled catalogue and says what changed. `make catalogue` runs it."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from catalogue.compile import Compiled, PriceList, PriceLists, compile_catalogue
from catalogue.handed_facts import Handed, results
from catalogue.packages import PackageError, Packages, pins, write_pins
from coderoute_ls.selection import Catalog
from coderoute_ls.selection.catalog import catalog as catalog_module
from coderoute_ls.selection.catalog.catalog_schema import CatalogFile
from coderoute_ls.selection.catalog.list_values import Json, object_of
from coderoute_ls.selection.catalog.published_list_merge import Change

SHIPPED = Path(catalog_module.__file__).with_name("catalog.json")
RESULTS = Path(__file__).with_name("results.json")
KEPT = Path(__file__).parent.parent / "build" / "packages"
SHOWN = 40


def main(arguments: list[str]) -> int:
    """0 when the catalogue is compiled; 1 when a package cannot be had or the result is no catalogue."""
    parser = argparse.ArgumentParser(prog="python -m catalogue", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the handed scores; without it the scores stay as they are")
    parser.add_argument("--newest", action="store_true", help="take the packages' newest versions and pin them")
    parser.add_argument("--packages", type=Path, default=KEPT, help="where the packages' files are kept")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the shipped catalogue would change")
    parser.add_argument("--accept", action="append", default=[], metavar="OFFER PART", help="take this price that was held back")
    parser.add_argument("--all", action="store_true", help="print every change")
    given = parser.parse_args(arguments)
    packages = Packages(given.packages, pins())
    try:
        if given.newest:
            for name in packages.pins:
                packages.newest(name)
        lists = PriceLists(*(price_list(packages, name) for name in ("pi-ai", "litellm", "genai-prices")))
    except PackageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    handed = None if given.data is None else read_handed(given.data)
    base = Catalog.parse(SHIPPED.read_bytes())
    compiled = compile_catalogue(base, lists, handed, given.accept)
    CatalogFile.model_validate(compiled.document)
    text = written(compiled.document)
    sys.stdout.write(told(compiled, everything=given.all))
    if given.check:
        return int(text != SHIPPED.read_text(encoding="utf-8"))
    write_pins(packages.pins)
    SHIPPED.write_text(text, encoding="utf-8")
    if handed is not None:
        RESULTS.write_text(written_results(results(handed)), encoding="utf-8")
    return 0


def price_list(packages: Packages, name: str) -> PriceList:
    files = packages.files(name)
    pin = packages.pins[name]
    return PriceList(name, pin.version, pin.date, pin.licence, files)


def read_handed(folder: Path) -> Handed:
    """The newest delivery in ``folder``. Raises OSError or ValueError for a file that cannot be read."""
    newest = max(folder.glob("catalog/20*"), default=folder)

    def read(name: str) -> Json:
        return cast("Json", json.loads((newest / name).read_text(encoding="utf-8")))

    return Handed(
        placed=read("placed.json"),
        completion=read("completion_rows.json"),
        speeds=read("speeds.json"),
        prices=read("prices_2026-11.json"),
        multipliers=read("cost_multipliers.json"),
        retired=read("retired.json"),
    )


def written(document: Json) -> str:
    """One model a line, so that a change shows what it changes."""
    rows = cast("list[object]", document["models"])
    lines = ",\n".join(json.dumps(model, ensure_ascii=False) for model in rows)
    head = json.dumps({key: value for key, value in document.items() if key != "models"}, ensure_ascii=False, indent=1)[:-2]
    return f'{head},\n "models": [\n{lines}\n]}}\n'


def written_results(document: Json) -> str:
    """One model a line."""
    told = object_of(document["results"])
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(told[name])}" for name in sorted(told))
    columns = object_of(document["benchmarks"])
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in columns.items())
    head = ", ".join(f"{json.dumps(key)}: {json.dumps(document[key])}" for key in ("format", "compiled", "scale"))
    return f'{{{head},\n "benchmarks": {{\n{rows}\n }},\n "models": [],\n "results": {{\n{lines}\n }}}}\n'


def told(compiled: Compiled, *, everything: bool) -> str:
    """What changed and what was held back, counted and line by line."""
    parts: list[str] = []
    for title, changes in (("changed", compiled.changes), ("held back", compiled.flagged)):
        counts = Counter(change.kind for change in changes)
        parts.append(f"{len(changes)} {title}: " + ", ".join(f"{count} {kind}" for kind, count in counts.most_common()))
        parts += [f"  {line}" for line in lines_of(changes, len(changes) if everything else SHOWN)]
    return "\n".join(parts) + "\n"


def lines_of(changes: Iterable[Change], most: int) -> list[str]:
    lines = [f"{change.kind}: {change.offer} {change.before or '–'} → {change.after or '–'}" for change in changes]
    rest = len(lines) - most
    return lines if rest <= 0 else [*lines[:most], f"… and {rest} more (--all)"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
