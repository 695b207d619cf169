"""What a database has in the schema ``wct``: a ledger, nothing, or something else."""

from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import uuid4

import psycopg

from wct_adapters.ledgers.postgres.connections import Connection, transaction
from wct_adapters.ledgers.postgres.schema import (
    FORMAT,
    MAKING_LOCK,
    OLDEST_SERVER,
    SUBSCRIBER_TABLES,
    TABLES,
)
from wct_domain.chain import HASH_VERSION
from wct_domain.digests import pseudonym
from wct_domain.errors import LedgerUnusableError

_ELSEWHERE: Final = "name another database with --ledger or WCT_LEDGER"
_IN_SCHEMA: Final = """
SELECT count(c.oid), count(*) FILTER (WHERE c.relname = 'log_meta')
FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid
WHERE n.nspname = 'wct'
GROUP BY n.oid
"""
_META: Final = "SELECT key, value FROM wct.log_meta"
_CHECK: Final = "SELECT value FROM wct.log_meta WHERE key = 'key_check'"
_KEEP_CHECK: Final = """
INSERT INTO wct.log_meta VALUES ('key_check', %s) ON CONFLICT DO NOTHING
"""
_FUTURE: Final = """
SELECT coalesce(
    (SELECT max(xid) FROM wct.events) >= pg_snapshot_xmax(pg_current_snapshot()), false
)
"""


class Facts(NamedTuple):
    """What a ledger says of itself."""

    format: int
    log_id: str
    order_id: str  # changes when the order of reading does: cursors name it
    former_ids: tuple[str, ...]


def refuse_unfit(connection: Connection, location: str) -> None:
    """Refuse a server or database on which no ledger can be.

    Raises:
        LedgerUnusableError: too old, or not in UTF-8.
    """
    info = connection.info
    if info.server_version < OLDEST_SERVER:
        msg = (
            f"ledger '{location}' is on PostgreSQL {info.server_version // 10_000}; a "
            f"ledger needs {OLDEST_SERVER // 10_000} or newer"
        )
        raise LedgerUnusableError(msg)
    encoding = info.parameter_status("server_encoding")
    if encoding != "UTF8":
        msg = (
            f"ledger '{location}' is a database in {encoding}; make one in UTF-8 "
            "('createdb --encoding=UTF8 --template=template0 NAME')"
        )
        raise LedgerUnusableError(msg)


def recorded_facts(connection: Connection, location: str) -> Facts | None:
    """Return what the ledger says of itself; None where there is none.

    Raises:
        LedgerUnusableError: the schema ``wct`` is something else's.
    """
    found: Any = connection.execute(_IN_SCHEMA).fetchone()
    tables, ours = found or (0, 0)
    if not tables:
        return None
    try:
        meta: dict[str, str] = (
            dict(connection.execute(_META).fetchall()) if ours else {}
        )
        return Facts(
            int(meta["format"]),
            meta["log_id"],
            meta["order_id"],
            tuple(meta.get("former_ids", "").split()),
        )
    except (KeyError, ValueError, psycopg.errors.UndefinedColumn) as error:
        msg = (
            f"ledger '{location}' cannot be there: the schema 'wct' of that database "
            f"holds something else; {_ELSEWHERE}"
        )
        raise LedgerUnusableError(msg) from error


def make_tables(connection: Connection, now: datetime) -> None:
    """Make a ledger with an id of its own: completely, or not at all.

    Does nothing if another process was faster.
    """
    with transaction(connection):
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (MAKING_LOCK,))
        found = connection.execute(_IN_SCHEMA).fetchone()
        if found is None:
            connection.execute("CREATE SCHEMA wct")
        elif found[0]:
            return
        connection.execute(TABLES, prepare=False)
        connection.execute(SUBSCRIBER_TABLES, prepare=False)
        facts = {
            "format": str(FORMAT),
            "log_id": str(uuid4()),
            "order_id": str(uuid4()),
            "hash_version": str(HASH_VERSION),
            "created_at": now.isoformat(),
        }
        connection.cursor().executemany(
            "INSERT INTO wct.log_meta VALUES (%s, %s)", list(facts.items())
        )


def add_subscriber_tables(connection: Connection) -> None:
    """Make those tables that an older wct has not made; events stay as they are.

    Left to a user who may do so, where this one may not: whoever delivers is told.
    """
    if has_subscribers(connection):
        return
    try:
        with transaction(connection):
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (MAKING_LOCK,))
            if not has_subscribers(connection):
                connection.execute(SUBSCRIBER_TABLES, prepare=False)
    except psycopg.errors.InsufficientPrivilege:
        return


def has_subscribers(connection: Connection) -> bool:
    found: Any = connection.execute("SELECT to_regclass('wct.subscribers') IS NOT NULL")
    return bool(found.fetchone()[0])


def refuse_other_keys(connection: Connection, key: bytes, location: str) -> None:
    """Refuse a content key that is not the one that this ledger was begun with.

    On another computer a ledger without events may have been given keys, too.

    Raises:
        LedgerUnusableError
    """
    check = pseudonym(key, "key-check", "")
    found = connection.execute(_CHECK).fetchone()
    if found is None:
        connection.execute(_KEEP_CHECK, (check,))
        found = connection.execute(_CHECK).fetchone()
    if found is None or found[0] != check:
        msg = (
            f"ledger '{location}' was begun with other keys than those in the key "
            "store here; copy the key store from the computer where it was made, and "
            "name it with WCT_KEYS"
        )
        raise LedgerUnusableError(msg)


def has_events(connection: Connection) -> bool:
    found: Any = connection.execute("SELECT EXISTS (SELECT 1 FROM wct.events)")
    return bool(found.fetchone()[0])


def is_standby(connection: Connection) -> bool:
    found: Any = connection.execute("SELECT pg_is_in_recovery()")
    return bool(found.fetchone()[0])


def is_from_elsewhere(connection: Connection) -> bool:
    """Say whether events have xids that this server has yet to give.

    So it is after a dump was restored on another server. No reader would see them.
    """
    found: Any = connection.execute(_FUTURE).fetchone()
    return bool(found[0])
