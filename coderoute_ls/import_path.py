"""The folders that modules may be imported from: never the working directory, which is the folder that an editor has open.

Standard library that every Python has loaded at its start, and nothing else: this runs before the first import.
"""

import os
import sys
from collections.abc import Iterable, Mapping

PACKAGES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120  (pathlib is not loaded yet)
"""The folder that holds this package: trusted, since its code runs already."""


def safe_import_path(entries: Iterable[str], working_directory: str, environ: Mapping[str, str]) -> list[str]:
    """``entries`` of ``sys.path`` without the working directory, and without what ``PYTHONPATH`` names relative to it."""
    named = environ.get("PYTHONPATH", "").split(os.pathsep)
    hostile = {working_directory, *(os.path.join(working_directory, entry) for entry in named if not os.path.isabs(entry))}  # noqa: PTH117, PTH118
    hostile = {os.path.realpath(folder) for folder in hostile}
    return [
        entry
        for entry in entries
        if os.path.isabs(entry) and (os.path.realpath(entry) not in hostile or os.path.realpath(entry) == PACKAGES)  # noqa: PTH117
    ]


def use_safe_import_path() -> None:
    """From now on this process imports nothing from the folder that it was started in."""
    try:
        here = os.getcwd()  # noqa: PTH109
    except OSError:  # the folder is gone
        here = os.sep
    sys.path[:] = safe_import_path(sys.path, here, os.environ)
