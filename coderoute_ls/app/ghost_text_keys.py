"""Which keys give ghost text, for commands and documents: the usual request, each vendor alone."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from coderoute_ls.actions.inline_completion import ACTION
from coderoute_ls.domain import Chosen, Request, State
from coderoute_ls.selection import Catalog
from coderoute_ls.settings import Effective, effective

USUAL_CHARS = 8_000


def usual_request(own: Effective) -> Request:
    """What ghost text asks of a model under these settings, with a prompt of the usual size."""
    settings = own.settings
    return Request(
        action=ACTION.id,
        axis=ACTION.axis,
        floor=own.floor_for(ACTION.id, ACTION.axis, ACTION.min_coding_score),
        chars=USUAL_CHARS,
        max_tokens=ACTION.max_tokens,
        median_output=ACTION.median_output,
        required=ACTION.required,
        first_token_budget_s=ACTION.first_token_budget_s,
        max_cost_usd=own.cap_for(ACTION.id, ACTION.axis, ACTION.max_cost_usd),
        score_bound=settings.score_bound,
        trust_vendor_scores=settings.trust_vendor_scores,
        allow=settings.models.allow,
        deny=settings.models.deny,
        privacy=settings.privacy,
        allow_free=own.free_is_agreed(ACTION.id),
    )


def ghost_text_of(catalog: Catalog, own: Effective, providers: Iterable[str], now: float) -> Mapping[str, Chosen]:
    """By vendor the offer that ghost text would come from with its key alone."""
    from coderoute_ls.selection.report.ghost_text_vendors import ghost_text

    return ghost_text(usual_request(own), catalog, State(now), providers)


def ghost_text_kinds(providers: Iterable[str]) -> Mapping[str, str]:
    """By vendor what a key of it means for ghost text, with the bundled catalogue and nothing set: a few words, "" for none."""
    catalog = Catalog.bundled()
    now = datetime.fromisoformat(catalog.compiled).replace(tzinfo=UTC).timestamp()
    names = list(providers)
    found = ghost_text_of(catalog, effective(), names, now)
    return {name: _kind(found[name]) if name in found else "" for name in names}


def _kind(chosen: Chosen) -> str:
    return "ghost text" if chosen.offer.fim is not None else "ghost text by prompt"
