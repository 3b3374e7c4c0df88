"""What a local server's model list means: exact aliases to scored models, quantised builds marked, the rest unscored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from coderoute_ls.domain import Axis, FimSupport, Offer, Prices, Score
from coderoute_ls.selection.catalog.catalog import Catalog
from coderoute_ls.selection.catalog.local_model_names import canonical, chats
from coderoute_ls.selection.next_edit_models import next_edit_score

FREE = Prices(Decimal(0), Decimal(0), source="declared", date="")
DIALECTS = {"ollama": ("ollama", "ollama")}
"""Local server → dialects for chat and for filling holes; others speak OpenAI's, with the model's own tokens. Never llama.cpp's
``/infill``: it cuts a window of its own, and shares no batch with a chat, so a keystroke would wait behind a rewrite."""


def local_offers(
    provider: str, models: Sequence[str], catalog: Catalog, *, dialect: str | None = None, server: str = ""
) -> tuple[Offer, ...]:
    """One offer per model that a local server lists: price 0, scored only by an exact alias. ``server`` says what it is where the
    provider's id does not."""
    chat, hole = DIALECTS.get(server or provider, ("openai-chat", "openai-completions"))
    return tuple(_offer(provider, model, dialect or chat, hole, catalog) for model in dict.fromkeys(models))


def _offer(provider: str, listed: str, chat: str, hole: str, catalog: Catalog) -> Offer:
    name, quantised = canonical(listed)
    model = catalog.aliases.get(name)
    capabilities = {"text": chats(listed), "streaming": True}
    scores: dict[Axis, Score] = {}
    fim = None
    if model is not None:
        row = catalog.models[model]
        if row.fim is not None:
            fim = FimSupport(hole, row.fim.template, row.fim.stop)
        scores = {
            axis: replace(score, confidence="local-quant") if quantised and score.confidence != "estimate" else score
            for axis, score in _scores(catalog, model, native=fim is not None).items()
        }
        capabilities = {**row.capabilities, **capabilities, "fim": "completion" in scores}
    return Offer(
        id=f"{provider}/{listed}",
        model=model or listed,
        provider=provider,
        wire_id=listed,
        dialect=chat,
        name=listed,
        capabilities=capabilities,
        context=catalog.models[model].context if model else None,
        prices=FREE,
        scores=scores,
        fim=fim,
        local=True,
        privacy=("no_training", "zdr"),
    )


def _scores(catalog: Catalog, model: str, *, native: bool) -> Mapping[Axis, Score]:
    """What the model earns where no effort is named. Whatever it does unasked, it fills a hole without thinking."""
    row, facts = catalog.models[model], catalog.facts[model]
    completion = facts.scores.get("completion") if native else facts.prompted
    coding = facts.coding(None, row.default_effort)
    next_edit = facts.scores.get("next_edit") or next_edit_score(model, coding)
    found: dict[Axis, Score | None] = {"coding": coding, "completion": completion, "next_edit": next_edit}
    return {axis: score for axis, score in found.items() if score is not None}
