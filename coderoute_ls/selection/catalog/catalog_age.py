"""How old the catalogue's facts are, by kind: lists bring prices and models every day, results and releases bring scores."""

from collections.abc import Iterator
from datetime import date

from coderoute_ls.selection.catalog.catalog import Catalog

OLD_SCORES_DAYS = 90
CLOCKS_DIFFER_DAYS = 1
"""A list is dated where it was read; clocks and time zones differ by as much."""
NAMED = 3
"""Models that a warning names; the rest is counted."""


def told(catalog: Catalog, today: date) -> str:
    """The day of each kind of fact, in one line.

    >>> told(Catalog("2026-11-20", "", ()), date(2026, 11, 29))
    'prices and models of 2026-11-20 (9 days old), scores of 2026-11-20 (9 days old)'
    """
    days = catalog.dated
    if days["prices"] == days["models"]:
        kinds = (("prices and models", days["prices"]), ("scores", days["scores"]))
    else:
        kinds = tuple(days.items())
    return ", ".join(f"{kind} of {day or 'an unknown day'}{_age(day, today)}" for kind, day in kinds)


def age_days(catalog: Catalog, kind: str, today: date) -> int | None:
    """Days since the facts of this kind (``prices``, ``models``, ``scores``); None where their day is not known."""
    day = _day(catalog.dated[kind])
    return None if day is None else (today - day).days


def warnings(catalog: Catalog, today: date) -> Iterator[str]:
    """What a user should know: a clock that is wrong, scores that are old, and makers whose newest models have none."""
    known = [day for text in catalog.dated.values() if (day := _day(text))]
    if known and (today - max(known)).days < -CLOCKS_DIFFER_DAYS:
        yield (
            f"This machine's clock says {today}, which is before the day of these facts: prices by the day, budgets and "
            "retired models are judged wrongly until it is set."
        )
    age = age_days(catalog, "scores", today)
    if age is not None and age > OLD_SCORES_DAYS:
        yield f"The scores are {age} days old: newer models are missing from them, and floors are met by older ones."
    if newest := unscored_newest(catalog):
        shown, rest = newest[:NAMED], len(newest) - NAMED
        more = f" and {rest} more" if rest > 0 else ""
        yield f"Newer than every scored model of their makers, and without a score yet: {', '.join(shown)}{more}."


def unscored_newest(catalog: Catalog) -> list[str]:
    """Models that were released after every scored one of their maker, newest first; only of makers that have scored models."""
    scored: dict[str, str] = {}
    others: dict[str, dict[str, str]] = {}
    for offer in catalog.offers:
        if offer.effort is not None or offer.deprecated or offer.local or not offer.released:
            continue
        maker = offer.model.split("/", 1)[0]
        if "coding" in catalog.scores.get(offer.model, {}):
            scored[maker] = max(scored.get(maker, ""), offer.released)
        else:
            others.setdefault(maker, {})[offer.model] = offer.released
    found = [
        (released, model)
        for maker, models in others.items()
        for model, released in models.items()
        if maker in scored and released > scored[maker]
    ]
    return [model for _, model in sorted(found, reverse=True)]


def _age(text: str, today: date) -> str:
    day = _day(text)
    if day is None:
        return ""
    days = (today - day).days
    if days < 0:
        return ""
    return f" ({days} {'day' if days == 1 else 'days'} old)"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
