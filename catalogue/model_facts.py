"""From the facts handed to the project to rows of the catalogue: scores by effort, scores for filling holes by prompt, speeds."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from statistics import median, pstdev
from typing import cast

from coderoute_ls.selection.catalog.offer_rows import EFFORTS
from coderoute_ls.selection.catalog.score_placement import THIN_ROWS, logistic, logit

Facts = Mapping[str, object]
Row = dict[str, object]

METHOD, HOLE_METHOD = "latent-ability-v1", "fim-ability-v1"
EFFORT_SD = 0.26
"""Error of one benchmark's difference between two efforts of a model, in units of the ability."""
ENOUGH = 3
"""Models of one maker that say what its models lose at an effort; with fewer all models have a say."""
DECILE = 1.28
"""Standard errors from the middle to the 10 and 90 per cent points, which an estimate's bounds are."""
THINKING = "high"
"""The effort that stands for "thinking" where the facts only know it switched on or off."""
DEFAULTS = {
    "openai/gpt-5": "medium", "openai/gpt-5-mini": "medium", "openai/gpt-5-nano": "medium",
    "openai/gpt-5.1": "none", "openai/gpt-5.2": "none", "openai/gpt-5.4": "none", "openai/gpt-5.4-mini": "none",
    "openai/gpt-5.4-nano": "none", "google/gemini-3-flash-preview": "high", "google/gemini-3.1-pro-preview": "high",
}  # fmt: skip
"""What makers document for a call that names no effort. Claude does not think unasked, where it need not think at all."""
VENDORS = {
    "first party": "", "openai": "openai", "deepseek": "deepseek", "groq": "groq", "cerebras": "cerebras",
    "moonshotai": "moonshot", "z-ai": "zai", "openrouter": "openrouter",
}  # fmt: skip
"""Whose endpoint was timed; a broker's rows name the vendor behind it as well."""
PRO_MODE = "pro mode"
"""How the facts call a model that is another one, thinking several times at once."""
HIDES_THINKING = ("openai/gpt-5", "openai/gpt-6", "openai/o", "anthropic/", "google/gemini", "x-ai/")
"""Makers that show no thinking: their first token is one of the answer."""


def add_facts(models: list[Row], placed: Facts, completion: Facts, speeds: Facts, served: Collection[str] = ()) -> None:
    """Fill ``efforts``, ``default_effort``, ``effort_scores``, ``prompted`` and ``speeds`` of the models that the facts name.
    Scores where no effort is named must be in the rows already; what an earlier compilation filled in goes. ``served``: models
    that answer under a name which their vendor has kept, as fast as the one before until they are measured.
    """
    for model in models:
        for name in ("default_effort", "effort_scores", "prompted", "speeds"):
            model.pop(name, None)  # of an earlier compilation
    by_id = {str(model["id"]): model for model in models}
    for told in _rows(placed["by_effort"]):
        if (model := by_id.get(str(told["id"]))) is not None:
            _add_effort_scores(model, told, placed)
    of_base = {str(told["id"]): told for told in _rows(placed["by_effort"])}
    for told in _rows(placed["inherited"]):
        model, base = by_id.get(str(told["id"])), of_base.get(str(told["of"]))
        if model is not None and base is not None and "effort_scores" not in model:
            _add_effort_scores(model, _inherited(told, base), placed)
    for told in _rows(placed["models"]):
        model = by_id.get(str(told["id"]), {})
        coding, effort = _scores(model).get("coding"), single_effort(told)
        if coding is not None and effort and "effort_scores" not in model:
            lower = _estimates(model, cast("Facts", coding), effort, placed)
            model["effort_scores"] = {effort: {"coding": coding}, **lower}
    for told in (*_rows(completion["estimates"]), *_rows(completion["measured"])):  # a measured value takes an estimate's place
        model = by_id.get(str(told["model"]))
        if model is not None and told.get("value") is not None:
            model["prompted"] = _prompted(told, str(completion["date"]))
    same = {str(told["id"]): str(told["of"]) for told in _rows(placed["inherited"]) if told["id"] in served}
    for model in models:
        name, measured = str(model["id"]), _rows(speeds["rows"])
        if found := list(_speeds(name, measured)) or list(_speeds(same.get(name, ""), measured)):
            model["speeds"] = found
        _name_efforts(model)


def _add_effort_scores(model: Row, told: Facts, placed: Facts) -> None:
    own = cast("Mapping[str, object] | None", _scores(model).get("coding"))
    scale = cast("Mapping[str, float]", placed["scale"])
    if own is None:
        return
    value, high = _number(own["value"]), _number(own["high"])
    error = (logit(high) - logit(value)) / scale["logit_slope"] if 0 < value < high < 1 else 0.0
    down = 2 if own["confidence"] in {"single", "inherited"} and int(_number(own.get("rows", 0))) < THIN_ROWS else 1
    scores: dict[str, object] = {}
    for row in _rows(told["efforts"]):
        effort = THINKING if row["effort"] == "thinking" else str(row["effort"])
        at, count = _number(row["value"]), int(_number(row["n"]))
        moved = 0.0 if at == told["best"] else EFFORT_SD / math.sqrt(max(count, 1))
        sd = math.hypot(error, moved) * scale["logit_slope"]
        bounds = {"low": logistic(logit(at) - down * sd), "high": logistic(logit(at) + sd)}
        scores[effort] = {"coding": {
            "value": at, **{name: round(bound, 3) for name, bound in bounds.items()}, "confidence": own["confidence"],
            "method": METHOD, "date": placed["date"], "rows": count, "sources": row.get("benchmarks") or [],
        }}  # fmt: skip
    model["effort_scores"] = scores


def _inherited(told: Facts, base: Facts) -> Facts:
    """What a model has of the one whose weights it shares: its scores by effort. A pro mode has only the best one, at its
    effort: it always thinks much, and nobody says how much at less.
    """
    efforts = [row for row in _rows(base["efforts"]) if not str(told["why"]).startswith(PRO_MODE) or row["value"] == base["best"]]
    return {**base, "efforts": efforts}


def _estimates(model: Row, measured: Facts, effort: str, placed: Facts) -> Row:
    """What a model that was measured at one effort probably earns at lower ones: less by what its maker's models lose there, or
    most models where its maker has few. Estimates, with the spread of those losses as their error.
    """
    scale, maker = cast("Mapping[str, float]", placed["scale"]), str(model["id"]).partition("/")[0]
    value, high = _number(measured["value"]), _number(measured["high"])
    error = (logit(high) - logit(value)) / scale["logit_slope"] if 0 < value < high < 1 else 0.0
    found: Row = {}
    for lower in EFFORTS[1 : EFFORTS.index(effort)]:
        losses = [
            (str(told["id"]).partition("/")[0] == maker, _number(row["delta_theta"]))
            for told in _rows(placed["by_effort"])
            for row in _rows(told["efforts"])
            if row["effort"] == lower and row.get("delta_theta") is not None
        ]
        own = [loss for mine, loss in losses if mine]
        if lower not in cast("list[str]", model.get("efforts") or []) or len(losses) < ENOUGH:
            continue
        loss = (sum(own) + ENOUGH * median(loss for _, loss in losses)) / (len(own) + ENOUGH)
        spread = max(pstdev(own) if len(own) >= ENOUGH else pstdev(loss for _, loss in losses), EFFORT_SD)
        at, sd = logit(value) + scale["logit_slope"] * loss, DECILE * scale["logit_slope"] * math.hypot(error, spread)
        found[lower] = {"coding": {
            "value": round(logistic(at), 3), "low": round(logistic(at - sd), 3), "high": round(logistic(at + sd), 3),
            "confidence": "estimate", "method": METHOD, "date": placed["date"], "rows": 0,
            "sources": [f"estimate: its score at {effort}, less what {maker}'s models lose at {lower}"],
        }}  # fmt: skip
    return found


def single_effort(told: Facts) -> str:
    """The effort that most of a model's results name; "" where they name none, or several."""
    named = [str(row["effort"]) for row in _rows(told["evidence"]) if row.get("kind") == "independent" and row.get("effort")]
    total = sum(row.get("kind") == "independent" for row in _rows(told["evidence"]))
    efforts = set(named) - {"thinking"}
    return efforts.pop() if len(efforts) == 1 and 2 * len(named) > total else ""


def _prompted(told: Facts, date: str) -> Row:
    given = told.get("sources") or [f"estimate: {told.get('basis')}"]
    return {
        "effort": told.get("effort") or "", "value": told["value"], "low": told["low"], "high": told["high"],
        "confidence": told["confidence"], "method": HOLE_METHOD, "date": date, "rows": told.get("rows") or 0, "sources": given,
    }  # fmt: skip


def _speeds(model: str, rows: Iterable[Facts]) -> Iterator[Row]:
    """The newest figures per vendor and effort."""
    newest: dict[tuple[str, str], Facts] = {}
    for row in rows:
        provider = VENDORS.get(str(row["vendor"]).partition(">")[0])
        if row["model"] != model or provider is None or (row.get("ttft_s") is None and row.get("tok_s") is None):
            continue
        effort = str(row.get("effort") or "")
        place = provider, THINKING if effort == "thinking" else effort
        if place not in newest or str(newest[place]["date"]) <= str(row["date"]):
            newest[place] = row
    for (provider, effort), row in sorted(newest.items()):
        first = row.get("ttft_s")
        answer = row.get("first_answer_s") or (first if model.startswith(HIDES_THINKING) else None)
        told: Row = {
            "provider": provider, "effort": effort, "first_token_s": first, "first_answer_s": answer,
            "tokens_per_s": row.get("tok_s"), "date": row["date"],
        }  # fmt: skip
        yield {name: value for name, value in told.items() if value not in (None, "")}


def _name_efforts(model: Row) -> None:
    """Every effort that something is known of can be asked for."""
    scored = cast("Facts", model.get("effort_scores") or {})
    prompted = cast("Facts", model.get("prompted") or {})
    known = {*cast("list[str]", model.get("efforts") or []), *scored, str(prompted.get("effort") or "")}
    efforts = sorted(known - {""}, key=lambda name: (EFFORTS.index(name) if name in EFFORTS else len(EFFORTS), name))
    if efforts:
        model["efforts"] = efforts
    silent = str(model["id"]).startswith("anthropic/") and "none" in efforts
    if default := DEFAULTS.get(str(model["id"]), "none" if silent else ""):
        model["default_effort"] = default


def _scores(model: Row) -> Facts:
    return cast("Facts", model.get("scores") or {})


def _rows(value: object) -> list[Facts]:
    return cast("list[Facts]", value)


def _number(value: object) -> float:
    return float(cast("float", value))
