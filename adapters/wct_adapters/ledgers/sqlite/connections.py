"""Connections to a ledger file: one to write with, others to read with."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

import apsw

from wct_adapters.ledgers.sqlite.failures import PATIENCE
from wct_adapters.ledgers.sqlite.places import may

_SHORTEST_PAUSE: Final = 0.0002  # seconds
_LONGEST_PAUSE: Final = 0.01


class Result(Protocol):
    """Rows of a statement. ``get``: the first row, or its only value; None if none."""

    @property
    def get(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """The part of ``apsw.Connection`` in use: its own types need Python 3.12."""

    @property
    def in_transaction(self) -> bool: ...

    def execute(self, statements: str, bindings: Sequence[Any] = ...) -> Result: ...

    def executemany(
        self, statements: str, sequenceofbindings: Iterable[Sequence[Any]]
    ) -> Result: ...

    def set_wal_hook(self, callable: Callable[[Any, str, int], int], /) -> None: ...

    def set_busy_handler(self, callable: Callable[[int], bool], /) -> None: ...

    def set_busy_timeout(self, milliseconds: int, /) -> None: ...

    def wal_checkpoint(self, *, mode: int) -> tuple[int, int]: ...

    def close(self) -> None: ...


def connect_for_writing(path: Path) -> Database:
    return _connect(path, "mode=rw")


def connect_for_reading(path: Path) -> Database:
    """Open a connection that cannot change the ledger.

    Where files may be written, SQLite is let do so: a reader may have to recover the
    log of a writer that was killed. Where they may not and nobody else is writing,
    SQLite must be told that nothing will change.
    """
    if may(path, os.W_OK) and may(path.parent, os.W_OK):
        access = "mode=rw"
    elif path.with_name(path.name + "-wal").exists():
        access = "mode=ro"
    else:
        access = "immutable=1"
    connection = _connect(path, access)
    connection.execute("PRAGMA query_only = ON")
    return connection


def use_write_ahead_log(connection: Database) -> bool:
    """Let readers read while one writes; say whether the file system can do that.

    The file remembers it. NORMAL: a commit survives the end of the process at once,
    the end of power only after the next checkpoint, and never in part. What is deleted
    is overwritten, so that what was forgotten is not in the file either.
    """
    pause = _patience()
    attempt = 0
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").get
        except apsw.BusyError:  # the switch does not ask the busy handler
            if not pause(attempt):
                raise
            attempt += 1
        else:
            connection.execute("PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON")
            return bool(mode == "wal")


def empty_log(connection: Database, seconds: float) -> bool:
    """Move the log into the database and cut it off; say whether that worked.

    Where readers or another checkpoint are in the way, try again for so long.
    """
    given_up_at = time.monotonic() + seconds
    while True:
        try:
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except apsw.BusyError:  # another checkpoint is not waited for by SQLite
            if time.monotonic() > given_up_at:
                return False
            time.sleep(_LONGEST_PAUSE)
        else:
            return True


def _connect(path: Path, access: str) -> Database:
    # Who shares a connection between threads locks it. SQLite's own mutex, taken for
    # each value of each row, is a quarter of what a fetch costs.
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
    connection = apsw.Connection(
        f"file:{quote(os.fsencode(path))}?{access}",
        flags=flags | apsw.SQLITE_OPEN_NOMUTEX,
    )
    be_patient(connection)
    return connection


def be_patient(connection: Database) -> None:
    """Have a connection wait for ``PATIENCE`` seconds where another is in its way."""
    connection.set_busy_handler(_patience())


def _patience() -> Callable[[int], bool]:
    """Make a busy handler: short pauses, for ``PATIENCE`` seconds.

    SQLite's own waits in C, up to 100 ms at a time, and is deaf to Ctrl-C.
    """
    given_up_at = 0.0

    def wait(attempt: int) -> bool:
        nonlocal given_up_at
        if attempt == 0:
            given_up_at = time.monotonic() + PATIENCE
        time.sleep(min(_SHORTEST_PAUSE * 2 ** min(attempt, 9), _LONGEST_PAUSE))
        return time.monotonic() < given_up_at

    return wait
