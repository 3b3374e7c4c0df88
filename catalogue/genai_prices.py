"""``data.py`` of PyPI's ``genai-prices`` (MIT): prices that are announced for a day. The file is read as text, never run."""

import ast
from collections.abc import Iterator
from decimal import Decimal
from typing import cast

from coderoute_ls.selection.catalog.list_values import Json, object_of, rows_of

VENDOR_IDS = {
    "openai": "openai", "anthropic": "anthropic", "google": "google", "mistral": "mistral", "deepseek": "deepseek",
    "x-ai": "xai", "groq": "groq", "cerebras": "cerebras", "together": "together", "fireworks": "fireworks",
    "moonshotai": "moonshot", "cohere": "cohere", "novita": "novita", "openrouter": "openrouter",
}  # fmt: skip
_PARTS = {"input": "input_mtok", "output": "output_mtok", "cached_read": "cache_read_mtok"}


def coming(content: bytes, today: str) -> Iterator[tuple[str, Json]]:
    """Offer's id, and a window of the catalogue, for each price that begins after ``today``."""
    for provider in _providers(content):
        ours = VENDOR_IDS.get(str(provider.get("id")))
        for model in rows_of(provider.get("models")) if ours else ():
            for wire_id in dict.fromkeys(_names(model)):
                for window in _windows(model, today):
                    yield f"{ours}/{wire_id}", window


def _providers(content: bytes) -> list[Json]:
    for node in ast.parse(content).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id="providers"), value=ast.expr() as value):
                return rows_of(_value(value))
            case _:
                continue
    return []


def _names(model: Json) -> Iterator[str]:
    """The names that mean exactly this model."""
    yield str(model.get("id"))
    matches = [object_of(model.get("match"))]
    while matches:
        match = matches.pop()
        if isinstance(equals := match.get("equals"), str):
            yield equals
        matches += rows_of(match.get("or_"))


def _windows(model: Json, today: str) -> Iterator[Json]:
    for row in rows_of(model.get("prices")):
        start = object_of(row.get("constraint")).get("start_date")
        if not isinstance(start, str) or start <= today or row.get("variants"):
            continue
        told = object_of(row.get("prices"))
        prices = {part: float(price) for part, name in _PARTS.items() if isinstance(price := told.get(name), Decimal)}
        if "input" in prices and "output" in prices:
            yield {"from_date": start, **prices}


def _value(node: ast.expr) -> object:
    """Constants, lists and constructor calls as plain data; anything else is nothing."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=items):
            return [_value(item) for item in items]
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str(digits))]):
            return Decimal(digits)
        case ast.Call(func=ast.Attribute(attr="date"), args=[ast.Constant(year), ast.Constant(month), ast.Constant(day)]):
            return f"{cast('int', year):04}-{cast('int', month):02}-{cast('int', day):02}"
        case ast.Call(keywords=words):
            return {word.arg: _value(word.value) for word in words if word.arg}
        case ast.Set(elts=items):
            return [_value(item) for item in items]
        case _:
            return None
