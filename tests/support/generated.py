"""The parts of the documents that are written from the code: ``make generate`` writes them, a test fails when they are stale."""

import ast
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from coderoute_ls.actions import actions
from coderoute_ls.app.ghost_text_keys import ghost_text_kinds
from coderoute_ls.domain import Floor, ProviderState, Request, State
from coderoute_ls.domain.vendor_table import VENDORS
from coderoute_ls.selection import Catalog, explain
from coderoute_ls.selection.record import DecisionRecord, record
from coderoute_ls.selection.report.decision_explanation import explain_text
from coderoute_ls.settings import Declared, declarations
from tests.support import prepared

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "coderoute_ls"


def settings_table() -> str:
    """Every setting: name, default, meaning, and who may set it."""
    rows = (f"| `{d.name}` | {_default(d)} | {d.doc} {_range(d)}| {'anyone' if d.safe else 'you'} |" for d in declarations())
    return _table("| setting | default | meaning | set by |", rows)


def actions_table() -> str:
    """Every action: where its answer goes, on which axis models are judged, its floor."""
    rows = (
        f"| `{action.id}` | {action.doc} | {SURFACES[action.surface]} | {action.min_coding_score:.2f} ({action.axis}) |"
        for action in sorted(actions().values(), key=lambda action: action.id)
    )
    return _table("| action | what it does | where the answer goes | default floor (axis) |", rows)


SURFACES = {
    "ghost": "ghost text, or a completion item",
    "replace": "over the selection or the enclosing definition",
    "insert": "inserted at the definition",
    "new_file": "a file of its own",
    "report": "a read-only document",
    "message": "the message of the commit",
}


def layers() -> str:
    """The layers of the contract, highest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (drawn,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return "\n".join(["```", "__main__", *drawn, "```"])


def code_map() -> str:
    """Every module by package, with the first line of its docstring."""
    parts = ["\n".join(_modules(PACKAGE))]
    parts += [f"### {package.name}/\n\n" + "\n".join(_modules(package)) for package in _packages(PACKAGE)]
    return "\n\n".join(parts)


def _packages(folder: Path) -> Iterator[Path]:
    return (path.parent for path in sorted(folder.glob("*/__init__.py")))


def _modules(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.py"), key=lambda path: (path.name != "__init__.py", path.name)):
        yield f"- `{path.relative_to(PACKAGE)}`: {summary(path)}"
    if folder != PACKAGE:
        for inner in _packages(folder):
            yield from _modules(inner)


def summary(path: Path) -> str:
    """The first sentence, or line, of a module's docstring. Raises ValueError where there is none."""
    if not (doc := ast.get_docstring(ast.parse(path.read_text("utf-8")))):
        raise ValueError(f"{path} has no module docstring")
    return doc.split("\n\n")[0].split("\n")[0].rstrip(":")


def _default(declared: Declared) -> str:
    match declared.default:
        case None | [] | {}:
            return ""
        case bool(value):
            return f"`{str(value).lower()}`"
        case value:
            return f"`{value}`"


def _range(declared: Declared) -> str:
    if declared.enum:
        return f"({', '.join(f'`{value}`' for value in declared.enum)}) "
    return "" if declared.minimum is None and declared.maximum is None else f"({declared.demand}) "


def _table(head: str, rows: Iterator[str]) -> str:
    return "\n".join([head, re.sub(r"[^|]+", "---", head), *rows])


def keys_table() -> str:
    """Which key is good for what."""
    keyed = [vendor for vendor in VENDORS.values() if vendor.key_name]
    known = {offer.provider for offer in Catalog.bundled().offers}
    kinds = {
        **ghost_text_kinds(vendor.id for vendor in keyed),
        **{vendor.id: "named" for vendor in keyed if vendor.id not in known},
    }
    fill, prompted, neither, named = (
        ", ".join(f"`{vendor.key_name}`" for vendor in keyed if kinds[vendor.id] == kind)
        for kind in ("ghost text", "ghost text by prompt", "", "named")
    )
    rows = (
        "| none | from the built-in engine | explain, and refactor where it is provably safe |",
        f"| {fill} | from a model that fills holes | all, by models |",
        f"| {prompted} | from a chat model, by prompt | all, by models |",
        f"| {neither} | from the built-in engine | all, by models |",
        f"| {named} | from the built-in engine | all, by the models that you [name](docs/own-models.md): none is known |",
        "| none, with a model on your own machine | from it, where it fills holes | all, by it |",
    )
    return _table("| key | ghost text | actions |", iter(rows))


def decision() -> str:
    """One decision in words: a refactoring at a floor of 0.80, by somebody with two keys."""
    catalog = Catalog.bundled()
    state = State(
        now=datetime.fromisoformat(catalog.compiled[:10]).replace(tzinfo=UTC).timestamp(),
        providers={name: ProviderState(reachable=True) for name in ("anthropic", "deepseek")},
    )
    request = Request("refactor", "coding", Floor(0.80, "request"), chars=8_000, language="python", max_tokens=8_192)
    text = explain_text(DecisionRecord.model_validate(record(explain(request, catalog, state), state)))
    told = [line for line in text.splitlines() if line.startswith(("Refactor", "Chosen", "Why", "Rejected"))]
    return "\n".join(["```console", "$ coderoute-ls route refactor --min-coding-score 0.8 --explain", *told, "```"])


REGIONS: dict[Path, dict[str, Callable[[], str]]] = {
    ROOT / "README.md": {"decision": decision, "keys": keys_table, "actions": actions_table},
    ROOT / "docs" / "settings.md": {"settings": settings_table},
    PACKAGE / "ARCHITECTURE.md": {"layers": layers, "code map": code_map},
}
"""Document → the generated regions it must hold, between ``<!-- generated: name -->`` and ``<!-- end -->``."""


def fresh(document: Path) -> str:
    """The document with its regions written anew. Raises ValueError when it lacks one of them."""
    text = document.read_text("utf-8")
    for name, write in REGIONS[document].items():
        begin, end = f"<!-- generated: {name} -->\n", "\n<!-- end -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"{document} has no region {begin.strip()} … {end.strip()}")
        text = f"{before}{begin}\n{write()}\n{end}{after}"
    return text


if __name__ == "__main__":
    for path in REGIONS:
        path.write_text(fresh(path), "utf-8")
    with tempfile.TemporaryDirectory() as home:
        prepared.write(Path(home))
