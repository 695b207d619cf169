"""A database copied as of one moment, to a file that is there whole or not at all."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, cast

import apsw

from wct_adapters.ledgers.sqlite.connections import Database, connect_for_writing
from wct_adapters.ledgers.sqlite.failures import write_failure
from wct_domain.errors import LedgerWriteError

_STEP: Final = 4096  # pages between two looks at whether Ctrl-C was pressed


def refuse_existing(target: Path) -> None:
    """Refuse to write where something is.

    Raises:
        LedgerWriteError
    """
    for path in (target, target.with_name(target.name + "-wal")):
        if os.path.lexists(path):
            raise _there_already(path)


@contextmanager
def copied(source: Database, target: Path) -> Generator[Database]:
    """Copy a database; let the caller change the copy; then give it its name.

    Others may write the source meanwhile: one read transaction sees all of it.

    Raises:
        LedgerWriteError: there is no room, no directory, or something is there
            already; then no file is left behind.
    """
    part = target.absolute().with_name(f"{target.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            copy = connect_for_writing(part)
            try:
                # What is not on disk when it gets its name is synced once, below.
                copy.execute("PRAGMA synchronous = OFF")
                _copy(source, copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, no log
                yield copy
            finally:
                copy.close()
            _name(part, target)
        finally:
            for suffix in ("", "-wal", "-shm", "-journal"):
                with suppress(FileNotFoundError):
                    part.with_name(part.name + suffix).unlink()
    except apsw.Error as error:
        raise write_failure(str(target), error) from error
    except OSError as error:
        msg = (
            f"'{target}' could not be written: {error.strerror}; name a place on a "
            "disk with room, in a directory that is there"
        )
        raise LedgerWriteError(msg) from error


def _copy(source: Database, copy: Database) -> None:
    source.execute("BEGIN")
    try:
        # A first read: from here on the source stays as it is, for this connection.
        source.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        backup: Any = cast("Any", copy).backup("main", source, "main")
        try:
            while not backup.done:
                backup.step(_STEP)
        finally:
            backup.finish()
    finally:
        source.execute("ROLLBACK")


def _name(part: Path, target: Path) -> None:
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(part, target)  # unlike rename, takes nobody's place
    except FileExistsError as error:
        raise _there_already(target) from error
    except OSError:  # a file system without links
        refuse_existing(target)
        part.rename(target)
    directory = os.open(target.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _there_already(path: Path) -> LedgerWriteError:
    return LedgerWriteError(
        f"'{path}' is there already, nothing was written; move it away, or name "
        "another file"
    )
