"""The facts under ``../shared/data``: present where the project is built, absent in a user's clone."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3] / "shared" / "data"


def shared_data(*parts: str) -> Path:
    """The path of a file or folder there; skips the calling test where it is absent."""
    path = ROOT.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not here: this test reads the builders' shared data, which a user's clone does not have")
    return path
