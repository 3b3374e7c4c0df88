"""What a user can set: declared once, read from four places, joined under one trust rule."""

from coderoute_ls.settings.all_settings import ActionSettings, OwnModel, ProviderSettings, Quality, Settings
from coderoute_ls.settings.effective_settings import Effective, effective
from coderoute_ls.settings.layer import TRUSTED, Issue, LastGood, Layer, Origin
from coderoute_ls.settings.layer_validation import parse, speaks_to_us, unreadable
from coderoute_ls.settings.settings_files import (
    MOST_BYTES,
    USER_FILE,
    WORKSPACE_FILE,
    first_file,
    load,
    schema,
    user_settings,
    with_quality,
)
from coderoute_ls.settings.settings_reference import Declared, declarations

__all__ = [
    "MOST_BYTES",
    "TRUSTED",
    "USER_FILE",
    "WORKSPACE_FILE",
    "ActionSettings",
    "Declared",
    "Effective",
    "Issue",
    "LastGood",
    "Layer",
    "Origin",
    "OwnModel",
    "ProviderSettings",
    "Quality",
    "Settings",
    "declarations",
    "effective",
    "first_file",
    "load",
    "parse",
    "schema",
    "speaks_to_us",
    "unreadable",
    "user_settings",
    "with_quality",
]
