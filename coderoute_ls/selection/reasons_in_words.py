"""Reasons, places and kinds of scores as people say them. Records keep the short names, so that they can be read by programs."""

from collections.abc import Mapping

KNOWN_REASONS: Mapping[str, str] = {
    "disabled": "switched off",
    "not_allowed": "not among those allowed",
    "excluded": "excluded by models.deny",
    "not_local": "not on your machine",
    "no_credentials": "without a key",
    "auth_blocked": "with a key that was refused",
    "no_credit": "on an account without credit",
    "context": "too small for the prompt",
    "output_limit": "too small for the answer",
    "unknown_score": "without a known score",
    "untrusted_score": "with a score that only its maker published",
    "below_floor": "below the floor",
    "not_free": "not free",
    "free_offer": "free or paid for with your data, which needs your consent",
    "unknown_price": "without a known price",
    "over_cap": "over the cap for one call",
    "over_budget": "over the budget",
    "deprecated": "deprecated",
    "expired": "retired",
    "rate_limited": "at a rate limit",
    "circuit_open": "failing at the moment",
    "not_found": "not found at their vendor",
    "latency": "too slow for typing",
    "no_offers": "missing: the catalogue is empty",
    "failed": "failing",
    "capability:text": "unable to write text",
    "capability:streaming": "unable to stream",
    "capability:tools": "unable to call tools",
    "capability:parallel_tools": "unable to call several tools at once",
    "capability:images": "unable to see pictures",
    "capability:documents": "unable to read documents",
    "capability:structured_output": "unable to hold to a JSON Schema",
    "capability:strict_schema": "unable to hold to a schema strictly",
    "capability:reasoning": "unable to reason at an effort",
    "capability:fim": "unable to fill a hole in code",
    "capability:beats_built_in": "measured in your code to complete it no better than the built-in engine does",
    "privacy:no_training": "not bound to train on nothing",
    "privacy:zdr": "not bound to keep nothing",
    "privacy:local_only": "not on your machine",
}
_CONFIDENCE: Mapping[str, str] = {
    "multi": "several benchmarks",
    "single": "one benchmark",
    "maker-only": "only its maker says so",
    "proxy": "from a related benchmark",
    "measured": "measured",
    "inherited": "from another version of it",
    "estimate": "an estimate",
    "local-quant": "of the full-size model, less what quantising costs",
    "user": "your own",
    "embedded": "its own estimate",
}
_PLACES: Mapping[str, str] = {
    "default": "the default",
    "user": "from your config.toml",
    "workspace": "from coderoute.toml",
    "editor": "from the editor's settings",
    "request": "as you asked",
    "what-if": "as you asked",
    "policy": "from your organisation's policy",
}
_OBJECTIVES: Mapping[str, str] = {
    "cost": "the cheapest such model is asked",
    "speed": "the fastest such model is asked",
    "quality": "the best such model within the cap is asked",
    "free": "only free models are asked",
    "local": "only models on your machine are asked",
}


_REMEDIES: Mapping[str, str] = {
    "no_credentials": "no key is set that can be used, and no local server was found. Set one, for example OPENROUTER_API_KEY, "
    "or start Ollama; `coderoute-ls providers` lists all, with what is wrong.",
    "auth_blocked": "the key was refused. `coderoute-ls providers check` says which one.",
    "no_credit": "the account is out of credit.",
    "over_budget": "the spending limit is reached. `coderoute-ls usage` shows what was spent.",
    "over_cap": "every model would pass the cap for one call ([budget] in your config.toml).",
    "no_offers": "the catalogue is empty.",
}


def reason(name: str) -> str:
    """What is said of models that a rule bars, to follow a number or "are": ``below the floor``. ``all_`` in front is dropped."""
    plain = name.removeprefix("all_")
    return KNOWN_REASONS.get(plain, plain.replace("_", " ").replace(":", ": "))


def remedy(rule: str, action: str) -> str:
    """What to do where a rule leaves no offer for this action."""
    told = f"all are {reason(rule)}. `coderoute-ls route {action} --explain` lists them."
    return _REMEDIES.get(rule.partition(":")[0], told)


def remedy_of_pick(pinned: str, action: str) -> str:
    """What to do where a model was asked for by name that is none of those there are."""
    return f"{pinned} was asked for by name, and no such model can be asked here. Pick another model for {action}, or none."


def confidence(name: str) -> str:
    """Where a score comes from."""
    return _CONFIDENCE.get(name, name)


def place(origin: str) -> str:
    """Who set a value."""
    return _PLACES.get(origin, f"from {origin}")


def objective(name: str) -> str:
    """Which offer an objective asks, of those that are good enough."""
    return _OBJECTIVES.get(name, f"by {name}")
