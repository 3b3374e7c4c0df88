"""lsprotocol's 550 classes at a fifth of their start-up cost: attrs writes the methods of each when it is first used.

Writing them all at import is most of what importing pygls costs, and a session uses a tenth of them. `import_late` goes before
any other import of lsprotocol; without it everything works the same, only later. The classes have no slots, so that each can be
finished in place; tests hold that they are like the ordinary ones, and fail when lsprotocol or attrs change underneath.
"""

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, cast

import attrs


def import_late() -> None:
    """Import ``lsprotocol.types`` in this way. Does nothing when it is imported already."""
    if "lsprotocol.types" in sys.modules:
        return
    usual = attrs.define
    attrs.define = cast("Any", _define)
    try:
        import_module("lsprotocol.types")
    finally:
        attrs.define = usual
    # each class resolves its own references in `_Later.finish`; going over all of them would finish them all
    cast("Any", import_module("lsprotocol._hooks"))._resolved_forward_references = True


def _define(cls: type[Any] | None = None, **options: object) -> Any:
    return partial(_define, **options) if cls is None else _Later(cls, options).put_off()


class _Later:
    """Stands in a class for what attrs would have written there: the first access to its fields finishes it."""

    def __init__(self, cls: type[Any], options: dict[str, object]) -> None:
        self._cls = cls
        self._options = options

    def put_off(self) -> type[Any]:
        def __init__(instance: Any, *args: object, **fields: object) -> None:
            self.finish()
            instance.__init__(*args, **fields)

        self._cls.__attrs_attrs__ = self
        self._cls.__init__ = __init__
        return self._cls

    def __get__(self, instance: object, owner: Any) -> object:
        self.finish()
        return owner.__attrs_attrs__

    def finish(self) -> None:
        cls = self._cls
        del cls.__attrs_attrs__, cls.__init__
        define = cast("Callable[..., type[Any]]", attrs.define)
        define(cls, slots=False, **self._options)
        attrs.resolve_types(cls, sys.modules["lsprotocol.types"].ALL_TYPES_MAP, {})
