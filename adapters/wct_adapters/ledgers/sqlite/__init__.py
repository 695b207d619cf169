"""The ledger as one SQLite file."""

from wct_adapters.ledgers.sqlite.ledger import SqliteLedger
from wct_adapters.ledgers.sqlite.opening import open_sqlite_ledger

__all__ = ["SqliteLedger", "open_sqlite_ledger"]
