"""What a SQLite file holds: a ledger, nothing yet, or something else."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

import apsw

from wct_adapters.ledgers.sqlite.connections import Database
from wct_adapters.ledgers.sqlite.schema import (
    APPLICATION_ID,
    FIRST_OF_STEPS,
    FORMAT,
    SUBSCRIBER_TABLES,
    TABLES,
)
from wct_domain.chain import HASH_VERSION
from wct_domain.errors import LedgerUnusableError

_RUN_LEVEL = {"run", "erasure", "data", "evidence"}
"""Subjects of wire names: what happens once or so in a run."""

_HAS_SUBSCRIBERS = (
    "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'subscribers')"
)

# In one statement: another process may be doing the same.
_ADD_RUN_LEVEL = (
    "INSERT INTO types (id, name) SELECT coalesce(max(id), 0) + 1, ?1 FROM types "
    "WHERE id < ?2 ON CONFLICT DO NOTHING"
)
_ADD = (
    "INSERT INTO types (id, name) SELECT max(?2, coalesce(max(id), 0) + 1), ?1 "
    "FROM types WHERE true ON CONFLICT DO NOTHING"
)


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
            connection.execute(TABLES + SUBSCRIBER_TABLES)
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


def add_subscriber_tables(connection: Database) -> None:
    """Make those tables that an older wct has not made; events stay as they are."""
    if connection.execute(_HAS_SUBSCRIBERS).get:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not connection.execute(_HAS_SUBSCRIBERS).get:
            connection.execute(SUBSCRIBER_TABLES)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def add_types(connection: Database, names: Collection[str]) -> None:
    """Number those of these event types that the ledger has not met."""
    known = {name for (name,) in connection.execute("SELECT name FROM types")}
    for name in sorted(set(names) - known):
        if is_run_level(name):
            connection.execute(_ADD_RUN_LEVEL, (name, FIRST_OF_STEPS))
        connection.execute(
            _ADD, (name, FIRST_OF_STEPS)
        )  # does nothing where it has a number now


def is_run_level(name: str) -> bool:
    """Say whether a type tells of a run as a whole, so that few events are of it."""
    return name.partition(".")[0] in _RUN_LEVEL


def log_id(connection: Database) -> str:
    """Return the id that a ledger keeps for life: its keys are filed under it."""
    found = connection.execute("SELECT value FROM log_meta WHERE key = 'log_id'").get
    if not isinstance(found, str):
        msg = "it has no id"
        raise apsw.CorruptError(msg)
    return found


def former_ids(connection: Database) -> tuple[str, ...]:
    """Return the ids that a ledger had before it was copied, oldest first."""
    found = connection.execute(
        "SELECT value FROM log_meta WHERE key = 'former_ids'"
    ).get
    return tuple(found.split()) if isinstance(found, str) else ()


class Identity(NamedTuple):
    """Which ledger it is, and of which ones it is a copy, oldest first."""

    log_id: str
    former_ids: tuple[str, ...]


def identity_of(connection: Database) -> Identity:
    return Identity(log_id(connection), former_ids(connection))


def rename(copy: Database, *, keep_former: bool = False) -> None:
    """Give a copy of a ledger an id of its own.

    Args:
        keep_former: the id that it had is not to be remembered: a backup's, under
            which nobody has recorded anything.
    """
    former = former_ids(copy)
    if not keep_former:
        former = (*former, log_id(copy))
    copy.executemany(
        "INSERT INTO log_meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET "
        "value = excluded.value",
        [("log_id", str(uuid4())), ("former_ids", " ".join(former))],
    )


def has_events(connection: Database) -> bool:
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM events)").get)
