"""A file in a package is its own registration: the modules of a package that hold a certain constant, found on first use."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TypeVar

T = TypeVar("T")


@cache
def discover(package: str, constant: str, kind: type[T]) -> Mapping[str, T]:
    """Module name (without the package) → its constant, sorted by name.

    Modules without the constant are helpers and are left out.
    ``kind`` is a class or a runtime-checkable protocol; a constant of another type raises TypeError. The package is imported
    on the first call and never again.
    """
    found: dict[str, T] = {}
    for module in sorted(pkgutil.iter_modules(import_module(package).__path__), key=lambda module: module.name):
        value = getattr(import_module(f"{package}.{module.name}"), constant, None)
        if value is None:
            continue
        if not isinstance(value, kind):
            raise TypeError(f"{package}.{module.name}.{constant} is {type(value).__name__}, not {kind.__name__}")
        found[module.name] = value
    return MappingProxyType(found)
