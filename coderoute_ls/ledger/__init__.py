"""What was spent, shown and accepted: one SQLite file that several editors write at once. Never any text of the user's."""

from coderoute_ls.ledger.writer import SqliteLedger

__all__ = ["SqliteLedger"]
