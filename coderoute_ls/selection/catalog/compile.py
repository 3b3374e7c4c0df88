"""Compiles ``catalog.json`` from the project's fact sheets: ``python -m coderoute_ls.selection.catalog.compile ../shared/data``.

Reads the builders' data folder and writes the file that ships: provider ids and dialect names of this package, prices with
their dates, scores with method and date, fill-in-the-middle evidence joined by exact names only. Run by hand when the
facts change; its output is committed and tested.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from coderoute_ls.domain.vendor import Promises
from coderoute_ls.domain.vendors import VENDORS
from coderoute_ls.selection.catalog.local_models import canonical
from coderoute_ls.selection.catalog.schema import FORMAT, CatalogFile
from coderoute_ls.selection.catalog.score_placement import THIN_ROWS, thin_low

Facts = Mapping[str, object]

PROVIDERS = {**{row.listed_as: row.id for row in VENDORS.values() if row.listed_as}, "llama": "", "github-models": ""}
"""Ids in the facts that differ from ours; "" drops the vendor (GitHub Models was retired on 2026-07-30)."""
DIALECTS = {"google-generate-content": "gemini", "cohere-v2-chat": "cohere-v2"}
FIM_DIALECTS = {
    "openai-completions+suffix": "openai-completions", "mistral-fim": "mistral-fim", "mistral-fim-like": "mistral-fim"
}  # fmt: skip
COMPLETION_METHOD = "fim-ability-v1"
_NOT_OF_THE_MODEL = {"fim", "streaming"}
"""Filling holes is the endpoint's; that an endpoint does not stream is learned from its refusal (`providers.refusals`)."""
PEAK_HOURS = {"01:00-04:00 and 06:00-10:00 UTC": ((1, 4), (6, 10))}
WORKDAYS = (0, 1, 2, 3, 4)

OLLAMA_TAGS = {
    "gpt-oss:20b": "openai/gpt-oss-20b",
    "gpt-oss:120b": "openai/gpt-oss-120b",
    "qwen3-coder:30b": "qwen/qwen3-coder-30b-a3b-instruct",
    "qwen3-coder:480b": "qwen/qwen3-coder",
    "qwen2.5-coder:32b": "qwen/qwen-2.5-coder-32b-instruct",
    "qwen2.5-coder:32b-instruct": "qwen/qwen-2.5-coder-32b-instruct",
}
"""Library tags of models whose other names do not give them away."""

OTHER_BUILDS = {"codellama:7b", "JetBrains/Mellum-4b-base"}
"""Tags beside a measured model that are another build than the one measured: the instruct one, the untuned one."""


def compile_catalog(data: Path) -> dict[str, object]:
    """The document to ship, from the facts under ``data``."""
    slim = _read(data / "catalog" / "models_slim.json")
    fim = _read(data / "completion" / "fim_models.json")
    latent = _read(data / "catalog" / "latent_ability_v1.json")
    sources = _read(data / "catalog" / "providers_and_sources.json")
    models = [_model(row) for row in _list(slim["models"])]
    _join_fim(models, _list(fim["models"]), str(fim["date"]))
    _add_aliases(models)
    benchmarks = cast("Mapping[str, Facts]", latent["benchmarks"])
    return {
        "format": FORMAT,
        "compiled": str(slim["generated"]),
        "sources": {
            name: {key: row[key] for key in ("title", "date", "commit", "licence") if key in row}
            for name, row in cast("Mapping[str, Facts]", sources["sources"]).items()
        },
        "scale": latent["scale"],
        "benchmarks": {name: {**row, "elo": name.startswith("lmarena")} for name, row in benchmarks.items()},
        "vendors": [_promises(row.id, row.promises) for row in VENDORS.values() if row.promises is not None],
        "models": models,
    }


def _promises(vendor: str, made: Promises) -> dict[str, object]:
    row: dict[str, object] = {"id": vendor, "promises": list(made.kept), "address": made.page}
    return {**row, "except_models": list(made.except_models)} if made.except_models else row


def _model(row: Facts) -> dict[str, object]:
    capabilities = cast("Mapping[str, bool | None]", row["caps"])
    model: dict[str, object] = {
        "id": row["id"],
        "name": row["name"],
        "released": row["released"] or "",
        "context": row["ctx"],
        "max_output": row["max_out"],
        "capabilities": {k: v for k, v in capabilities.items() if v is not None and k not in _NOT_OF_THE_MODEL},
        "efforts": list(cast("list[str] | None", row["efforts"]) or ()),
        "scores": _coding(cast("Facts | None", row["score"])),
        "offers": [offer for fact in _list(row["offers"]) for offer in _offers(fact)],
    }
    return _lean(model)


def _coding(score: Facts | None) -> dict[str, object]:
    if score is None or score.get("coding") is None or not score["date"]:
        return {}  # a score that nobody dated cannot be checked: the model counts as unscored
    value, low, rows = float(str(score["coding"])), float(str(score["low"])), int(str(score["n"]))
    if score["conf"] == "single" and rows < THIN_ROWS:
        low = round(thin_low(value, low), 3)
    row = {
        "value": value, "low": low, "high": score["high"], "confidence": score["conf"],
        "method": "latent-ability-v1", "date": score["date"], "rows": rows,
    }  # fmt: skip
    return {"coding": row}


def _offers(fact: Facts) -> Iterator[dict[str, object]]:
    provider = PROVIDERS.get(str(fact["provider"]), str(fact["provider"]))
    if not provider:
        return
    dialect = str(fact["dialect"])
    price, write = cast("float | None", fact["in"]), cast("float | None", fact.get("write"))
    offer: dict[str, object] = {
        "provider": provider,
        "wire_id": fact["id"],
        "dialect": DIALECTS.get(dialect, dialect),
        "input": price,
        "output": fact["out"],
        "cached_read": fact.get("cached"),
        # A write below the input price is a storage fee of a vendor that caches by itself: the prefix is still billed as input.
        "cached_write": write if write is not None and price is not None and write >= price else None,
        "tiers": [
            _lean({
                "above_input": t["above_input_tokens"], "input": t.get("input"), "output": t.get("output"),
                "cached_read": t.get("cached_input"),
            })
            for t in _list(fact.get("tiers") or [])
        ],
        "windows": list(_windows(fact)),
        "free_tier": bool(fact.get("free")),
        "source": fact["price_src"],
        "date": fact["price_date"],
        "context": fact.get("ctx"),
        "max_output": fact.get("max_out"),
        "fim": {"dialect": FIM_DIALECTS[str(fact["fim"])]} if fact.get("fim") else None,
    }  # fmt: skip
    yield _lean(offer)
    if provider == "mistral" and fact.get("fim"):
        # The same model behind codestral.mistral.ai, which has keys of its own; its price is taken to be the same.
        yield _lean({**offer, "provider": "codestral", "source": f"{fact['price_src']} (as at mistral)"})


def _windows(fact: Facts) -> Iterator[dict[str, object]]:
    if isinstance(day := fact.get("tod"), Mapping):
        told = cast("Facts", day)
        hours = next(hours for text, hours in PEAK_HOURS.items() if text in str(told["peak_hours"]))
        peak = cast("Facts", told["peak"])
        yield {
            "hours": hours, "weekdays": WORKDAYS, "input": peak["input"], "output": peak["output"],
            "cached_read": peak["cached_input"],
        }  # fmt: skip
    if isinstance(coming := fact.get("next"), Mapping):
        told = cast("Facts", coming)
        yield {"from_date": told["from"], "input": told["input"], "output": told["output"]}


def _join_fim(models: list[dict[str, object]], rows: list[Facts], date: str) -> None:
    """Attach fill-in-the-middle evidence to the models that it names exactly; the rest become models for local servers."""
    for row in rows:
        evidence = cast("Facts | None", row["completion"])
        if evidence is None or evidence.get("value") is None:
            continue
        score = _completion(evidence, date)
        names = set(_names(row))
        fim = cast("Facts | None", row.get("fim")) or {}
        template = str(fim["template"]).split(" (")[0] if fim.get("template") else None
        support = _lean({"template": template, "stop": cast("list[str]", fim.get("stop_max4") or [])[:4]})
        aliases = sorted({canonical(name)[0] for name in _tags(row)})
        matched = [model for model in models if _called(model) & names]
        if not matched and template:
            matched = [dict[str, object](id=row["id"], name=row["id"])]
            models.extend(matched)
        for model in matched:
            model["scores"] = {**cast("Facts", model.get("scores") or {}), "completion": score}
            if template:
                model["fim"] = support
                model["aliases"] = aliases


def _completion(evidence: Facts, date: str) -> dict[str, object]:
    value = float(str(evidence["value"]))
    span = cast("list[float] | None", evidence.get("range"))
    return {
        "value": value,
        "low": min(span[0], value) if span else value,
        "high": max(span[1], value) if span else value,
        "confidence": "inherited" if evidence["conf"] == "inherited" else "measured",
        "method": COMPLETION_METHOD,
        "date": date,
        "rows": evidence["columns"],
        "sources": [f"class {evidence['conf']}", str(evidence["basis"])],
    }


def _names(row: Facts) -> Iterator[str]:
    """The model's id and its API ids; a vendor's moving alias, marked so in the facts, names no model for good."""
    yield str(row["id"])
    yield from (name for name in cast("Mapping[str, list[str]]", row["aliases"])["api_ids"] if "(alias)" not in name)


def _tags(row: Facts) -> Iterator[str]:
    """Names that a local server may list this model under. A bare Ollama tag of Qwen2.5-Coder is its instruct build."""
    named = cast("Mapping[str, list[str]]", row["aliases"])
    tags = [tag for tag in named["ollama_seen"] + named["ollama_recall_unverified"] if tag not in OTHER_BUILDS]
    yield from tags
    for tag in tags:
        if re.fullmatch(r"qwen2\.5-coder:[\d.]+b", tag):
            yield f"{tag}-instruct"
    files = [name for name in named["api_ids"] if "/" in name]
    yield from files
    for name in (str(row["id"]), *files):
        short = canonical(name)[0]
        yield short
        if short.startswith("qwen2.5-coder"):
            yield from (short.removesuffix("-instruct"), short.removesuffix("-instruct") + "-instruct")


def _called(model: Facts) -> set[str]:
    offers = cast("list[Facts]", model.get("offers") or [])
    identity = str(model["id"])
    return {identity, identity.split("/", 1)[-1], *(str(offer["wire_id"]) for offer in offers)}


def _add_aliases(models: list[dict[str, object]]) -> None:
    """Open weights keep their published names on local servers: those names, and Ollama's tags, mean this model."""
    taken = {alias for model in models for alias in cast("list[str]", model.get("aliases") or [])}
    for model in models:
        capabilities = cast("Mapping[str, bool]", model.get("capabilities") or {})
        names = {tag for tag, target in OLLAMA_TAGS.items() if target == model["id"]}
        if capabilities.get("open_weights"):
            names |= {canonical(name)[0] for name in _called(model) if not name.endswith(":free")}
        names = {name for name in names if name not in taken} | set(cast("list[str]", model.get("aliases") or []))
        taken |= names
        if names:
            model["aliases"] = sorted(names)


def _lean(row: Mapping[str, object]) -> dict[str, object]:
    """Without what is unknown or empty; 0 is a fact and stays."""
    return {
        key: value for key, value in row.items() if value is not None and value is not False and value not in ("", [], {}, ())
    }


def _read(path: Path) -> Facts:
    return cast("Facts", json.loads(path.read_text(encoding="utf-8")))


def _list(value: object) -> list[Facts]:
    return cast("list[Facts]", value)


def main(arguments: list[str]) -> None:
    data = Path(arguments[0])
    document = compile_catalog(data)
    CatalogFile.model_validate(document)
    target = Path(__file__).with_name("catalog.json")
    lines = ",\n".join(json.dumps(model, ensure_ascii=False) for model in cast("list[object]", document.pop("models")))
    head = json.dumps(document, ensure_ascii=False, indent=1)[:-2]
    target.write_text(f'{head},\n "models": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
