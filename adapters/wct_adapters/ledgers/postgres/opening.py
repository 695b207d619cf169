"""Opening a PostgreSQL ledger: everything that can be wrong is said here, once."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import psycopg

from wct_adapters.ledgers.facade import Parts
from wct_adapters.ledgers.key_store import FileSafe
from wct_adapters.ledgers.keys import KeyRing
from wct_adapters.ledgers.postgres.connections import Channel, Connection
from wct_adapters.ledgers.postgres.contents import (
    Facts,
    add_subscriber_tables,
    has_events,
    is_from_elsewhere,
    is_standby,
    make_tables,
    recorded_facts,
    refuse_other_keys,
    refuse_unfit,
)
from wct_adapters.ledgers.postgres.failures import opening_failure
from wct_adapters.ledgers.postgres.ledger import PostgresLedger, PostgresWriting
from wct_adapters.ledgers.postgres.locks import AdvisoryLocks
from wct_adapters.ledgers.postgres.moving import settle
from wct_adapters.ledgers.postgres.operations import PostgresMaintenance
from wct_adapters.ledgers.postgres.read import PagedReader
from wct_adapters.ledgers.postgres.schema import FORMAT
from wct_adapters.ledgers.postgres.sealed import SealedReader
from wct_adapters.ledgers.postgres.subscribers import PostgresCursors
from wct_adapters.ledgers.postgres.transactions import Transactions
from wct_adapters.ledgers.urls import refuse_misread, shown
from wct_domain.errors import LedgerEmptyError, LedgerUnusableError
from wct_domain.ports.clock import Clock

OWN_DIRECTORY: Final = "wct"
"""Name of the directory, in the user's data directory, that holds key stores."""

_ELSEWHERE: Final = "name another ledger with --ledger or WCT_LEDGER"


def open_postgres_ledger(
    url: str,
    *,
    clock: Clock,
    keys: Callable[[str], Path],
    create: bool = True,
    read_only: bool = False,
    signing_key: str | None = None,
) -> PostgresLedger:
    """Open the ledger in a database. Threads may share it; a fork must not.

    Args:
        url: as libpq has it; what is not in it libpq looks up in the environment,
            ``~/.pgpass`` and the service file.
        keys: says where the key store of a ledger is, given the ledger's id.
        create: make a ledger where there is none.
        read_only: never write and never create. Needs no keys, and reads what a newer
            wct has written as far as it can.
        signing_key: signs checkpoints instead of the key store's own.

    Raises:
        LedgerUnusableError: the text says why, and what to do; no password is in it.
    """
    refuse_misread(url)
    location = shown(url)
    first = Channel(url, location)
    try:
        connection = first.connection()
        refuse_unfit(connection, location)
        if read_only:
            facts = _facts(connection, location)
            _refuse_unsettled(connection, location)
            safe = FileSafe(keys(facts.log_id), facts.log_id, location)
        else:
            facts = _made(connection, location, clock, create=create)
            safe = FileSafe(_place(keys(facts.log_id)), facts.log_id, location)
            if has_events(connection):
                safe.read()
            else:
                safe.make()
        ring = KeyRing(safe, facts.log_id, signing_key=signing_key)
        if not read_only:
            refuse_other_keys(connection, ring.content_key, location)
    except psycopg.Error as error:
        first.close()
        raise opening_failure(location, error) from error
    except BaseException:
        first.close()
        raise
    first.greet = greet = partial(_refuse_another, facts=facts, location=location)
    if read_only:
        reader, transactions = PagedReader(first, location), None
    else:
        reader = PagedReader(Channel(url, location, greet), location)
        transactions = Transactions(first, location)
    parts = Parts(
        location,
        facts.log_id,
        facts.former_ids,
        reader,
        SealedReader(reader, location),
        None if transactions is None else PostgresWriting(transactions, reader),
        ring,
        PostgresMaintenance(url, reader, location),
        AdvisoryLocks(url, location, facts.log_id),
        PostgresCursors(reader, transactions, facts.order_id, location),
        clock,
    )
    return PostgresLedger(parts, facts.order_id)


def _made(
    connection: Connection, location: str, clock: Clock, *, create: bool
) -> Facts:
    if create and recorded_facts(connection, location) is None:
        make_tables(connection, clock())
    facts = _facts(connection, location)
    if facts.format != FORMAT:
        msg = (
            f"ledger '{location}' has format {facts.format}, this wct writes format "
            f"{FORMAT}: it can be read, not written; install a newer wct"
        )
        raise LedgerUnusableError(msg)
    if is_standby(connection):
        msg = (
            f"ledger '{location}' is on a standby, which can only be read; name the "
            "primary server, or several hosts with target_session_attrs=read-write"
        )
        raise LedgerUnusableError(msg)
    add_subscriber_tables(connection)
    if is_from_elsewhere(connection):
        settle(connection)
        facts = _facts(connection, location)
    return facts


def _facts(connection: Connection, location: str) -> Facts:
    facts = recorded_facts(connection, location)
    if facts is None:
        msg = (
            f"ledger '{location}' does not exist: nothing is recorded there yet; "
            f"{_ELSEWHERE}"
        )
        raise LedgerEmptyError(msg)
    return facts


def _refuse_unsettled(connection: Connection, location: str) -> None:
    if is_from_elsewhere(connection):
        msg = (
            f"ledger '{location}' was restored from a dump of another server, which "
            "has to be noted in it once before it can be read: 'wct verify' does so"
        )
        raise LedgerUnusableError(msg)


def _refuse_another(connection: Connection, facts: Facts, location: str) -> None:
    """Refuse to go on, after a lost connection, with what is not the same ledger."""
    found = recorded_facts(connection, location)
    if found is None or found.order_id != facts.order_id:
        msg = (
            f"ledger '{location}' was deleted or replaced while it was open; run "
            f"again, or {_ELSEWHERE}"
        )
        raise LedgerUnusableError(msg)


def _place(keys: Path) -> Path:
    """Make our directory for key stores, for its owner only; no other directory."""
    try:
        if keys.parent.name == OWN_DIRECTORY:
            keys.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = (
            f"the key store '{keys}' cannot be made: {os.strerror(error.errno or 0)}; "
            "make its directory, or name another place with WCT_KEYS"
        )
        raise LedgerUnusableError(msg) from error
    return keys.absolute()
