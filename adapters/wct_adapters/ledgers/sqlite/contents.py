"""What a SQLite file holds: a ledger, nothing yet, or something else."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

import apsw

from wct_adapters.ledgers.sqlite.connections import Database
from wct_adapters.ledgers.sqlite.schema import APPLICATION_ID, FORMAT, TABLES
from wct_domain.chain import HASH_VERSION
from wct_domain.errors import LedgerUnusableError


def recorded_format(connection: Database, location: str) -> int | None:
    """Return the format of the ledger in a file; None if the file is empty.

    Raises:
        LedgerUnusableError: it is a database of something else.
    """
    # In this order: another process may be making the ledger between the two.
    if not connection.execute("SELECT count(*) FROM sqlite_schema").get:
        return None
    if connection.execute("PRAGMA application_id").get != APPLICATION_ID:
        msg = (
            f"ledger '{location}' is a SQLite database, but not a ledger; name another "
            "file with --ledger or WCT_LEDGER"
        )
        raise LedgerUnusableError(msg)
    return int(connection.execute("PRAGMA user_version").get)


def make_tables(connection: Database, now: datetime) -> None:
    """Make an empty file a ledger with an id of its own: completely, or not at all.

    Does nothing if another process was faster.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not connection.execute("SELECT count(*) FROM sqlite_schema").get:
            connection.execute(TABLES)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            facts = {
                "log_id": str(uuid4()),
                "hash_version": str(HASH_VERSION),
                "created_at": now.isoformat(),
            }
            connection.executemany("INSERT INTO log_meta VALUES (?, ?)", facts.items())
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def add_types(connection: Database, names: Collection[str]) -> None:
    """Number the event types that this wct writes and that the ledger has not met."""
    known = {name for (name,) in connection.execute("SELECT name FROM types")}
    if missing := sorted(set(names) - known):
        connection.executemany(
            "INSERT INTO types (name) VALUES (?) ON CONFLICT DO NOTHING",
            [(name,) for name in missing],
        )


def log_id(connection: Database) -> str:
    """Return the id that a ledger keeps for life: its keys are filed under it."""
    found = connection.execute("SELECT value FROM log_meta WHERE key = 'log_id'").get
    if not isinstance(found, str):
        msg = "it has no id"
        raise apsw.CorruptError(msg)
    return found


def has_events(connection: Database) -> bool:
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM events)").get)
