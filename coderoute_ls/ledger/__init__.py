"""What was spent, shown and accepted: one SQLite file that several editors write at once. It never holds the user's text."""

from pathlib import Path

from coderoute_ls.ledger.sqlite_ledger import SqliteLedger
from coderoute_ls.settings import Settings
from coderoute_ls.storage import Directories

__all__ = ["SqliteLedger", "file_of"]


def file_of(settings: Settings, places: Directories) -> Path:
    """Where the ledger of these settings lies."""
    return Path(settings.ledger.path).expanduser() if settings.ledger.path else places.state / "ledger.sqlite"
