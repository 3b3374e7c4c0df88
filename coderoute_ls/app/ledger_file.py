"""The ledger as the settings want it, and what it says of the last days."""

from contextlib import closing

from coderoute_ls.domain.ledger import Ledger, NullLedger
from coderoute_ls.ledger import SqliteLedger, file_of
from coderoute_ls.settings import Settings
from coderoute_ls.storage import Directories


def ledger_of(settings: Settings, places: Directories) -> Ledger:
    """The user's ledger; one that keeps nothing where it is switched off."""
    if not settings.ledger.enable:
        return NullLedger()
    return SqliteLedger(file_of(settings, places), retention_days=settings.ledger.retention_days, spill=places.cache)


def usage_report(settings: Settings, places: Directories, now: float) -> str:
    """What was asked, spent and accepted lately, as Markdown; or that there is no ledger."""
    from coderoute_ls.ledger.database_file import connect
    from coderoute_ls.ledger.usage_summary import summary

    if not settings.ledger.enable:
        return "The ledger is switched off (`[ledger] enable` in your config.toml)."
    with closing(connect(file_of(settings, places))) as connection:
        return summary(connection, now)
