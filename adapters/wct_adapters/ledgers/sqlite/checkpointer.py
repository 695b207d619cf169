"""Moving the write-ahead log into the database, beside the writer.

A writer that does it itself pauses for it, again and again. Here a thread of its own
does it, with a connection of its own; writers go on meanwhile. It is started when the
log is long for the first time, so that short work starts none.
"""

from collections.abc import Callable
from threading import Condition, Thread
from typing import Final

import apsw

from wct_adapters.ledgers.sqlite.connections import Database
from wct_adapters.ledgers.sqlite.presence import OpenedFile

GROWTH: Final = 1000  # pages of 4 KiB; SQLite's own measure
LARGE: Final = 16_384  # pages, 64 MiB: from here on writers are made to wait
QUIET: Final = 2.0  # seconds without a commit, after which the log is emptied
STANDSTILL: Final = 100  # ms that writers may be made to wait for a reader


class Checkpointer:
    """Checkpoints when the log has grown by ``GROWTH`` pages, and when it is quiet.

    While writers never pause, the log cannot be started over, however much of it is
    in the database: from ``LARGE`` on they are made to wait for that. Whatever fails
    is left for the next time: the log has everything.
    """

    def __init__(self, connect: Callable[[], Database], file: OpenedFile) -> None:
        self._connect = connect
        self._file = file
        self._changed = Condition()
        self._thread: Thread | None = None
        self._pages = 0  # of the log, after the last commit
        self._done = 0  # pages of the log at the last checkpoint
        self._due = False
        self._stopped = False

    def committed(self, _: object, __: str, pages: int) -> int:
        """Take note of a commit, as SQLite tells it: ``pages`` is the log's length."""
        if pages < self._pages:  # it was started over
            self._done = 0
        self._pages = pages
        if pages - self._done >= GROWTH:
            self._done = pages
            self._wake()
        return apsw.SQLITE_OK

    def empty_when_quiet(self) -> None:
        """Cut the log off as soon as nobody has committed for a while."""
        self._pages = max(self._pages, 1)
        self._wake()

    def stop(self) -> None:
        """End the thread, if there is one; the log stays for the last who closes."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _wake(self) -> None:
        with self._changed:
            self._due = True
            if self._thread is None and not self._stopped:
                thread = Thread(target=self._work, name="wct-checkpointer", daemon=True)
                try:
                    thread.start()
                except RuntimeError:  # no thread is to be had; the next who closes will
                    return
                self._thread = thread
            self._changed.notify()

    def _work(self) -> None:
        try:
            if self._file.is_gone():
                return
            connection = self._connect()
            connection.set_busy_timeout(STANDSTILL)
            # A connection that has read nothing does not know that there is a log.
            connection.execute("PRAGMA user_version").fetchall()
        except apsw.Error:
            return
        try:
            while self._next(connection):
                pass
        finally:
            connection.close()

    def _next(self, connection: Database) -> bool:
        """Wait for something to do, and do it; say whether there is more to come."""
        with self._changed:
            pages = self._pages
            if not (self._due or self._stopped):
                self._changed.wait(None if pages == 0 else QUIET)
            if self._stopped:
                return False
            due, self._due = self._due, False
        if due:
            mode = apsw.SQLITE_CHECKPOINT_PASSIVE
            if self._pages >= LARGE:
                mode = apsw.SQLITE_CHECKPOINT_RESTART
            self._checkpoint(connection, mode)
        elif self._pages == pages and self._checkpoint(
            connection, apsw.SQLITE_CHECKPOINT_TRUNCATE
        ):
            with self._changed:
                if self._pages == pages:
                    self._pages = self._done = 0
        return True

    def _checkpoint(self, connection: Database, mode: int) -> bool:
        if self._file.is_gone():
            return False
        try:
            connection.wal_checkpoint(mode=mode)
        except apsw.Error:  # somebody is in the way, or the disk is full
            return False
        return True
