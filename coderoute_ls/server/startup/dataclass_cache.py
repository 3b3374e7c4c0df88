"""Keeps the code that dataclasses compile for their methods between starts, as ``__pycache__`` keeps that of modules.

``dataclasses`` writes each method as text and compiles it at every start: for our 150 classes a seventh of what importing the
package costs. The file lies where Python keeps this package's bytecode, is as trusted as that, and is keyed by the text itself.
"""

import dataclasses
import marshal
import os
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from types import CodeType
from typing import Any

FILE = Path(cache_from_source(str(Path(__file__).with_name("methods.py")))).with_suffix(".marshal")


@contextmanager
def kept_methods(file: Path = FILE) -> Generator[None]:
    """Classes that are made inside take their methods' code from the file, which is written anew when something was missing."""
    known = _read(file)
    missing: dict[str, CodeType] = {}

    def run(text: str, *names: dict[str, Any]) -> None:
        code = known.get(text) or missing.get(text)
        if code is None:
            code = missing[text] = compile(text, "<dataclass>", "exec")
        exec(code, *names)  # noqa: S102  (what the standard library does here)

    place: Any = dataclasses
    place.exec = run  # found before the built-in one
    try:
        yield
    finally:
        del place.exec
    if missing and not sys.dont_write_bytecode:
        _write(file, {**known, **missing})


def _read(file: Path) -> dict[str, CodeType]:
    try:
        magic, code = marshal.loads(file.read_bytes())  # noqa: S302
    except (OSError, ValueError, EOFError, TypeError):
        return {}
    return code if magic == MAGIC_NUMBER else {}


def _write(file: Path, code: dict[str, CodeType]) -> None:
    """Whole or not at all, like bytecode: a folder that cannot be written to only makes starts slower."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "wb") as out:
            marshal.dump((MAGIC_NUMBER, code), out)
        try:
            Path(name).replace(file)
        except OSError:  # Windows: another server is reading it
            Path(name).unlink(missing_ok=True)
