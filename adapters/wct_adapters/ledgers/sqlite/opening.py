"""Opening a ledger file: everything that can be wrong with it is said here, once."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import apsw

from wct_adapters.ledgers.facade import Parts
from wct_adapters.ledgers.file_locks import FileLocks
from wct_adapters.ledgers.key_store import FileSafe
from wct_adapters.ledgers.keys import KeyRing
from wct_adapters.ledgers.sqlite.checkpointer import Checkpointer
from wct_adapters.ledgers.sqlite.connections import (
    Database,
    connect_for_reading,
    connect_for_writing,
    use_write_ahead_log,
)
from wct_adapters.ledgers.sqlite.contents import (
    Identity,
    add_subscriber_tables,
    add_types,
    has_events,
    identity_of,
    make_tables,
    recorded_format,
)
from wct_adapters.ledgers.sqlite.failures import opening_failure
from wct_adapters.ledgers.sqlite.ledger import SqliteLedger, SqliteWriting
from wct_adapters.ledgers.sqlite.operations import SqliteMaintenance
from wct_adapters.ledgers.sqlite.places import (
    make_file,
    refuse_missing,
    refuse_unfit,
    refuse_unwritable,
)
from wct_adapters.ledgers.sqlite.presence import OpenedFile
from wct_adapters.ledgers.sqlite.read import PagedReader
from wct_adapters.ledgers.sqlite.schema import FORMAT
from wct_adapters.ledgers.sqlite.sealed import SealedReader
from wct_adapters.ledgers.sqlite.subscribers import SqliteCursors
from wct_adapters.ledgers.sqlite.writing import Writer
from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.clock import Clock
from wct_domain.upcasting import CURRENT

FIRST_SOUND_SQLITE: Final = "3.51.3"


def open_sqlite_ledger(
    path: Path,
    *,
    clock: Clock,
    keys: Path | None = None,
    create: bool = True,
    read_only: bool = False,
    signing_key: str | None = None,
) -> SqliteLedger:
    """Open the ledger in ``path``.

    Threads may share it and several processes may have it open, but it must not be
    taken through a fork: SQLite's locks do not survive one. Open it in the child.

    Args:
        keys: the key store; ``<path>.keys`` by default.
        create: make a ledger where there is none, and the directory if it is ``.wct``.
        read_only: never write and never create. Needs no keys, and reads what a newer
            wct has written as far as it can.
        signing_key: signs checkpoints instead of the key store's own.

    Raises:
        LedgerUnusableError: the text says why, and what to do.
        LedgerWriteError: there is no room for a new ledger.
    """
    refuse_unsound_sqlite(apsw.sqlite_lib_version())
    refuse_unfit(path)
    keys = keys or path.with_name(path.name + ".keys")
    if read_only:
        refuse_missing(path)
        return _open_for_reading(path, keys, clock)
    if create:
        make_file(path)
    else:
        refuse_missing(path)
    refuse_unwritable(path)
    return _open_for_writing(path, keys, clock, signing_key, create=create)


def refuse_unsound_sqlite(version: str) -> None:
    """Refuse a SQLite that may corrupt a file that two connections write.

    https://sqlite.org/wal.html#walresetbug

    Raises:
        LedgerUnusableError
    """
    if _numbers(version) < _numbers(FIRST_SOUND_SQLITE):
        msg = (
            f"SQLite {version} can corrupt a ledger that is written by two processes "
            f"(its WAL-reset bug); install apsw {FIRST_SOUND_SQLITE} or newer"
        )
        raise LedgerUnusableError(msg)


def format_of(path: Path) -> int | None:
    """Return the format of the ledger in a file; None if the file is empty.

    Raises:
        LedgerUnusableError: it is something else, or damaged.
    """
    location = str(path)
    with _opened(location, partial(connect_for_reading, path.absolute())) as connection:
        found = recorded_format(connection, location)
        connection.close()
    return found


def _open_for_writing(
    path: Path, keys: Path, clock: Clock, signing_key: str | None, *, create: bool
) -> SqliteLedger:
    location = str(path)
    with _opened(location, partial(connect_for_writing, path.absolute())) as connection:
        file = OpenedFile(path)
        found = recorded_format(connection, location)
        if found is None and create:
            make_tables(connection, clock())
            found = recorded_format(connection, location)
        if found is None:
            raise _empty(location)
        if found != FORMAT:
            msg = (
                f"ledger '{location}' has format {found}, this wct writes format "
                f"{FORMAT}: it can be read, not written; install a newer wct"
            )
            raise LedgerUnusableError(msg)
        if not use_write_ahead_log(connection):
            msg = (
                f"ledger '{location}' is on a file system that lets no two processes "
                "share memory; put it on a local disk (--ledger or WCT_LEDGER)"
            )
            raise LedgerUnusableError(msg)
        add_types(connection, CURRENT)
        add_subscriber_tables(connection)
        file.watch_log()
        identity = identity_of(connection)
        safe = FileSafe(keys.absolute(), identity.log_id, location)
        if has_events(connection):
            safe.read()
        else:
            safe.make()
    connect = partial(connect_for_writing, path.absolute())
    writer = Writer(connection, file, location, Checkpointer(connect, file))
    return _ledger(
        path,
        identity,
        PagedReader(partial(connect_for_reading, path.absolute()), file, location),
        writer,
        KeyRing(safe, identity.log_id, signing_key=signing_key),
        clock,
    )


def _open_for_reading(path: Path, keys: Path, clock: Clock) -> SqliteLedger:
    location = str(path)
    connect = partial(connect_for_reading, path.absolute())
    with _opened(location, connect) as connection:
        file = OpenedFile(path)
        if recorded_format(connection, location) is None:
            raise _empty(location)
        identity = identity_of(connection)
        file.watch_log()
    return _ledger(
        path,
        identity,
        PagedReader(connect, file, location, connection),
        None,
        KeyRing(FileSafe(keys.absolute(), identity.log_id, location), identity.log_id),
        clock,
    )


def _ledger(
    path: Path,
    identity: Identity,
    reader: PagedReader,
    writer: Writer | None,
    keys: KeyRing,
    clock: Clock,
) -> SqliteLedger:
    location = str(path)
    return SqliteLedger(
        Parts(
            location,
            identity.log_id,
            identity.former_ids,
            reader,
            SealedReader(reader, location),
            None if writer is None else SqliteWriting(writer),
            keys,
            SqliteMaintenance(path, reader),
            FileLocks(path.absolute().with_name(path.name + ".locks")),
            SqliteCursors(reader, writer, identity.log_id, location),
            clock,
        )
    )


def _empty(location: str) -> LedgerUnusableError:
    return LedgerUnusableError(
        f"ledger '{location}' is an empty database: nothing is recorded there yet; "
        "name another file with --ledger or WCT_LEDGER"
    )


@contextmanager
def _opened(location: str, connect: Callable[[], Database]) -> Generator[Database]:
    """Connect, and close again if what follows fails; SQLite's errors become ours."""
    connection: Database | None = None
    try:
        connection = connect()
        yield connection
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, apsw.Error):
            raise opening_failure(location, error) from error
        raise


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
