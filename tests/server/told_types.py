"""Run as a program: what lsprotocol's classes are like in this process, as JSON. ``late`` has them finished when they are used.

Reads ``[[class name, message], …]`` on stdin, each to be converted there and back.
"""

import json
import sys
from typing import Any, cast

import attrs

if sys.argv[1] == "late":
    from coderoute_ls.server.startup.lazy_lsprotocol import import_late

    import_late()

from lsprotocol import types as lsp
from lsprotocol.converters import get_converter

CLASSES = {name: kind for name, kind in sorted(lsp.ALL_TYPES_MAP.items()) if isinstance(kind, type)}
METHODS = ("__eq__", "__repr__", "__lt__", "__setattr__")


def unfinished() -> int:
    """Classes whose methods are not written yet. Looks into them without asking for their fields, which would write them."""
    return sum(hasattr(vars(kind).get("__attrs_attrs__"), "finish") for kind in CLASSES.values())


def shape(kind: type[Any]) -> list[object]:
    fields = [[f.name, str(f.type), repr(f.default), f.kw_only] for f in attrs.fields(kind)]
    return [*fields, *(name for name in METHODS if name in vars(kind)), vars(kind).get("__hash__") is None]


def told(messages: list[tuple[str, Any]]) -> dict[str, object]:
    at_first = unfinished()
    converter, answers = get_converter(), list[object]()
    for name, raw in messages:
        value = cast("object", converter.structure(raw, CLASSES[name]))
        answers.append([repr(value), converter.unstructure(value, unstructure_as=CLASSES[name])])
    here, there = lsp.Position(1, 2), lsp.Position(1, 3)
    answers.append([here < there, here == lsp.Position(1, 2), here == there])
    in_the_end = unfinished()
    shapes = {name: shape(kind) for name, kind in CLASSES.items() if attrs.has(kind)}
    return {"unfinished": [at_first, in_the_end], "answers": answers, "shapes": shapes}


if __name__ == "__main__":
    json.dump(told(json.load(sys.stdin)), sys.stdout, default=str)
