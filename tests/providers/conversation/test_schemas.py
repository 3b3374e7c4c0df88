"""A schema that a vendor cannot take is rewritten to an equal or a wider one: whatever fits the first fits the second."""

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderoute_ls.providers.requests.json_schema_conversion import fitted, is_strict
from coderoute_ls.providers.requests.vendor_schema_keywords import (
    ANTHROPIC,
    ANTHROPIC_STRICT,
    ANY,
    COHERE,
    FUNCTION,
    GEMINI,
    MISTRAL,
    OPENAI_STRICT,
)

SUBSETS = [ANY, FUNCTION, OPENAI_STRICT, GEMINI, ANTHROPIC, ANTHROPIC_STRICT, COHERE, MISTRAL]
Validator: Any = jsonschema.Draft202012Validator

scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.text("abc", max_size=4)
values: Any = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
)


def kind(value: object) -> str:
    """The name that JSON Schema has for this value's type."""
    for type_, name in ((bool, "boolean"), (int, "integer"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, type_):
            return name
    return "null"


@st.composite
def accepting(draw: st.DrawFn, value: object, defs: dict[str, Any], depth: int = 0) -> Any:
    """Some schema that this value fits."""
    how = draw(st.sampled_from(["plain", "plain", "nullable", "const", "enum", "anyOf", "oneOf", "allOf", "ref", "open"]))
    if depth > 3:
        how = "plain"
    other = {"type": "string" if kind(value) != "string" else "boolean"}
    match how:
        case "open":
            return draw(st.sampled_from([{}, True, {"description": "anything"}]))
        case "const":
            return {"const": value}
        case "enum":
            return {"enum": [value, "other"]}
        case "nullable":
            return {"type": [kind(value), "null"]} if value is not None else {"type": "null"}
        case "anyOf" | "oneOf":
            return {how: [draw(accepting(value, defs, depth + 1)), other] if how == "anyOf" else [{"type": kind(value)}, other]}
        case "allOf":
            return {"allOf": [draw(accepting(value, defs, depth + 1)), draw(accepting(value, defs, depth + 1))]}
        case "ref":
            name = f"d{len(defs)}"
            defs[name] = {}
            defs[name] = draw(accepting(value, defs, depth + 1))
            return {"$ref": f"#/$defs/{name}"}
        case _:
            return draw(plain(value, defs, depth))


@st.composite
def plain(draw: st.DrawFn, value: Any, defs: dict[str, Any], depth: int) -> Any:
    """The value's type, and bounds around it."""
    schema: dict[str, Any] = {"type": kind(value)}
    items: list[Any] = value if kind(value) == "array" else []
    match value:
        case bool() | None:
            pass
        case int():
            schema |= draw(st.sampled_from([{}, {"minimum": value}, {"exclusiveMaximum": value + 1}, {"multipleOf": 1}]))
        case str():
            schema |= draw(st.sampled_from([{}, {"minLength": len(value)}, {"maxLength": 9}, {"pattern": "^[abc]*$"}]))
        case list():
            inner: list[Any] = [draw(accepting(each, defs, depth + 1)) for each in items]
            schema |= draw(
                st.sampled_from(
                    [{}, {"items": {"anyOf": inner}} if inner else {}, {"minItems": len(items)}, {"prefixItems": inner}]
                )
            )
        case _:
            held: dict[str, Any] = value
            schema["properties"] = {name: draw(accepting(each, defs, depth + 1)) for name, each in held.items()}
            schema |= draw(st.sampled_from([{}, {"required": list(held)}, {"additionalProperties": False}, {"maxProperties": 5}]))
    return schema


def openapi(schema: Any) -> Any:
    """OpenAPI's ``nullable`` in the words of JSON Schema."""
    if kind(schema) == "array":
        return [openapi(each) for each in schema]
    if kind(schema) != "object":
        return schema
    made: dict[str, Any] = {name: openapi(each) for name, each in schema.items() if name != "nullable"}
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") is True else made


@pytest.mark.parametrize("subset", SUBSETS, ids=lambda each: each.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_fits_the_schema_fits_what_is_sent(subset: Any, data: st.DataObject) -> None:
    value = data.draw(st.dictionaries(st.text("abc", max_size=2), values, max_size=3))
    defs: dict[str, Any] = {}
    schema = data.draw(plain(value, defs, 0))
    whole = {**schema, **({"$defs": defs} if defs else {})}
    assert Validator(whole).is_valid(value)
    done = fitted(whole, subset)
    sent = openapi(done.schema) if subset.nullable else done.schema
    assert Validator(sent).is_valid(value), done
    if not done.widened and not done.rewritten and subset is not GEMINI:
        assert done.schema == whole or "properties" not in whole


def words(schema: Any) -> "set[str]":
    """All keywords in a schema."""
    if kind(schema) == "array":
        return {word for each in schema for word in words(each)}
    if kind(schema) != "object":
        return set()
    found = set[str](schema)
    for name, each in schema.items():
        if name in ("properties", "$defs"):
            found |= {word for inner in each.values() for word in words(inner)}
        elif name not in ("enum", "const", "required"):
            found |= words(each)
    return found


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_gemini_is_sent_no_word_that_it_refuses(data: st.DataObject) -> None:
    value = data.draw(st.dictionaries(st.text("abc", max_size=2), values, max_size=3))
    defs: dict[str, Any] = {}
    schema = data.draw(plain(value, defs, 0))
    assert GEMINI.keywords is not None
    assert words(fitted({**schema, "$defs": defs}, GEMINI).schema) <= GEMINI.keywords


def test_a_schema_that_holds_itself_ends() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}
    done = fitted(tree, GEMINI)
    assert any(what == "a schema that holds itself" for _, what in done.widened)
    assert fitted(tree, ANTHROPIC).schema == tree


@pytest.mark.parametrize("reference", ["https://x.test/schema.json", "#/$defs/none", "other.json#/a"])
def test_a_reference_that_leads_elsewhere_is_left_open_and_told(reference: str) -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": reference}}}
    done = fitted(schema, GEMINI)
    assert done.schema == {"type": "object", "properties": {"a": {}}}
    assert done.widened


def test_what_no_longer_holds_is_told_by_place_and_word() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "multipleOf": 5}}, "required": ["n"]}
    done = fitted(schema, GEMINI)
    assert done.widened == [("/properties/n/multipleOf", "multipleOf")]


def test_strict_is_what_is_closed_all_the_way_down() -> None:
    closed: dict[str, Any] = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    assert is_strict(closed)
    assert not is_strict({**closed, "required": []})
    assert not is_strict({**closed, "properties": {"a": {"type": "object"}}})
    assert not is_strict({"type": "array", "items": closed})


def test_a_large_schema_is_cut_and_told() -> None:
    wide: dict[str, Any] = {"type": "object", "properties": {f"p{n}": {"$ref": "#/$defs/d"} for n in range(500)}, "$defs": {}}
    wide["$defs"] = {"d": {"type": "object", "properties": {f"q{n}": {"type": "string"} for n in range(50)}}}
    done = fitted(wide, GEMINI)
    assert done.widened and len(str(done.schema)) < 500_000


@pytest.mark.parametrize("subset", [each for each in SUBSETS if each.object_root], ids=lambda each: each.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_alternatives_of_a_tools_arguments_stay_to_be_read(subset: Any, data: st.DataObject) -> None:
    """Where a vendor takes none at the root: every name is still there, and nothing that fitted is refused."""
    value = data.draw(st.dictionaries(st.text("abc", max_size=2), values, max_size=3))
    defs: dict[str, Any] = {}
    word = data.draw(st.sampled_from(["anyOf", "oneOf", "allOf"]))
    parts = [data.draw(plain(value, defs, 0))]
    if word == "allOf":
        parts.append(data.draw(plain(value, defs, 0)))
    else:
        parts.insert(data.draw(st.sampled_from([0, 1])), {"type": "object", "properties": {"d": {"const": 1}}, "required": ["d"]})
    whole = {**data.draw(st.sampled_from([{}, {"type": "object"}, plain_root(value)])), word: parts, "$defs": defs}
    done = fitted(whole, subset).schema
    assert not {"anyOf", "oneOf", "allOf"} & done.keys() and done["type"] == "object"
    named: Any = done["properties"]
    assert {*named} >= {name for part in parts for name in part["properties"]}
    if Validator(whole).is_valid(value):
        assert Validator(done).is_valid(value), done


def plain_root(value: dict[str, Any]) -> dict[str, Any]:
    """What stands beside the alternatives: a part of the names, described."""
    return {"properties": {name: {"type": kind(each)} for name, each in [*value.items()][:1]}}


def test_an_empty_text_is_no_choice_for_gemini() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "enum": ["", "x"]}}}
    done = fitted(schema, GEMINI)
    assert done.schema["properties"] == {"a": {"type": "string"}} and done.widened
