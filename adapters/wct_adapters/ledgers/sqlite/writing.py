"""The one connection that writes: a transaction at a time, as durable as it must be."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from typing import Final

import apsw

from wct_adapters.ledgers.sqlite.checkpointer import STANDSTILL, Checkpointer
from wct_adapters.ledgers.sqlite.connections import (
    Database,
    be_patient,
    empty_log,
)
from wct_adapters.ledgers.sqlite.failures import gone_while_writing, write_failure
from wct_adapters.ledgers.sqlite.presence import OpenedFile
from wct_domain.events import Durability

_SYNC: Final[dict[Durability, str]] = {"process": "NORMAL", "power": "FULL"}
_BRIEFLY: Final = 0.5  # seconds that a batch which forgets something waits for readers


class Writer:
    """Shared by all threads of this process.

    Args:
        connection: as :func:`connections.use_write_ahead_log` has set it up.
        checkpointer: is told of every commit, and ends with the connection.
    """

    def __init__(
        self,
        connection: Database,
        file: OpenedFile,
        location: str,
        checkpointer: Checkpointer,
    ) -> None:
        self._connection = connection
        self._file = file
        self._location = location
        self._checkpointer = checkpointer
        self._lock = Lock()
        self._durability: Durability = "process"
        # In the place of SQLite's own hook, which checkpoints in the writer's time.
        connection.set_wal_hook(checkpointer.committed)

    @contextmanager
    def alone(self, durability: Durability) -> Generator[Database]:
        """Hold the connection, to begin one transaction and commit it.

        What is committed is on disk then, or in the system's hands; what is not, is
        rolled back.

        Raises:
            LedgerWriteError, LedgerUnusableError: what SQLite raised, in our words.
        """
        with self._lock:
            try:
                try:
                    self.roll_back()  # what an interrupt may have left open
                    self._survive(durability)
                    yield self._connection
                finally:
                    self.roll_back()
            except apsw.Error as error:
                raise write_failure(self._location, error) from error

    def commit(self) -> None:
        """Commit what is begun, unless the file is gone."""
        self.refuse_if_gone()
        self._connection.execute("COMMIT")

    def roll_back(self) -> None:
        """Undo what is begun, if anything is."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def refuse_if_gone(self) -> None:
        """Refuse to go on with a file that has no name any more.

        Raises:
            LedgerWriteError
        """
        if self._file.is_gone():
            raise gone_while_writing(self._location)

    def empty_log(self) -> None:
        """Move the log into the database and cut it off: what went is in neither then.

        To be called after a commit. Where somebody is in the way, or the disk is full,
        it is done later: when nobody has written for a while, or by the last to close.
        """
        self._connection.set_busy_timeout(STANDSTILL)
        try:
            done = empty_log(self._connection, _BRIEFLY)
        except apsw.Error:
            done = False
        finally:
            be_patient(self._connection)
        if not done:
            self._checkpointer.empty_when_quiet()

    def close(self) -> None:
        """Close the connection; whoever is the last to close empties the log."""
        self._checkpointer.stop()
        with self._lock:
            self._connection.close()

    def _survive(self, durability: Durability) -> None:
        if durability != self._durability:
            self._connection.execute(f"PRAGMA synchronous = {_SYNC[durability]}")
            self._durability = durability
