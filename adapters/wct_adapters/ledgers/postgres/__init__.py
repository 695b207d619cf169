"""The ledger in a PostgreSQL database."""

from wct_adapters.ledgers.postgres.ledger import PostgresLedger
from wct_adapters.ledgers.postgres.opening import open_postgres_ledger

__all__ = ["PostgresLedger", "open_postgres_ledger"]
