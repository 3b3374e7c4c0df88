"""What a local server's model list means: exact aliases to scored models, quantised builds marked, the rest unscored."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from coderoute_ls.domain import Axis, FimSupport, Offer, Prices, Score
from coderoute_ls.selection.catalog.catalog import Catalog

FREE = Prices(Decimal(0), Decimal(0), source="declared", date="")
_QUANT = re.compile(
    r"[-_.:@](?:i?q\d[a-z0-9_]*|[bf]p?f?16|fp8|f32|int[48]|[48]bit|awq|gptq|mlx|gguf|exl2|w\da\d+)$", re.IGNORECASE
)
DIALECTS = {"ollama": ("ollama", "ollama"), "llamacpp": ("openai-chat", "llamacpp-infill")}
"""Local server → dialects for chat and for filling holes; others speak OpenAI's, with the model's own tokens."""


def canonical(name: str) -> tuple[str, bool]:
    """The name a model goes by whatever server, path or file it is listed under, and whether its build is quantised.

    >>> canonical("/models/Qwen2.5-Coder-7B-Instruct-Q4_K_M.gguf")
    ('qwen2.5-coder-7b-instruct', True)
    >>> canonical("qwen2.5-coder:7b")
    ('qwen2.5-coder:7b', False)
    """
    short = name.strip().replace("\\", "/").rsplit("/", 1)[-1].lower()
    short = short.removesuffix(".gguf").removesuffix(":latest")
    quantised = False
    while match := _QUANT.search(short):
        short, quantised = short[: match.start()], True
    return short, quantised


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
    capabilities = {"text": True, "streaming": True}
    scores: dict[Axis, Score] = {}
    fim = None
    if model is not None:
        row = catalog.models[model]
        capabilities = {**row.capabilities, **capabilities}
        for axis, score in catalog.scores[model].items():
            scores[axis] = replace(score, confidence="local-quant") if quantised else score
        if row.fim is not None:
            template = None if hole == "llamacpp-infill" else row.fim.template
            fim = FimSupport(hole, template, row.fim.stop)
            capabilities["fim"] = True
        else:
            scores.pop("completion", None)
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
