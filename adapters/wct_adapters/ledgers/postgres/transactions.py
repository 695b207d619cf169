"""Short write transactions: again when others were faster, or the server was away."""

import time
from collections.abc import Callable
from typing import Final, LiteralString, TypeVar

import psycopg
from psycopg import errors

from wct_adapters.ledgers.postgres.connections import Channel, Connection
from wct_adapters.ledgers.postgres.failures import (
    Closed,
    UnreachableError,
    lost_while_writing,
    write_failure,
)
from wct_domain.errors import LedgerUnusableError, LedgerWriteError
from wct_domain.events import Durability

PATIENCE: Final = 30.0
"""Seconds to try again while others are faster. One try takes about 1 ms."""

OUTAGE: Final = 5.0
"""Seconds to try to connect again to a server that was there: one that restarts."""

_PAUSE: Final = 0.2

_FASTER: Final = (
    errors.UniqueViolation,
    errors.DeadlockDetected,
    errors.SerializationFailure,
)

# READ COMMITTED: a statement sees what was committed before it, or before a lock that
# it waited for. An open transaction holds back every reader of the whole server: it is
# cut off if we hang.
_BEGIN: Final[dict[Durability, LiteralString]] = {
    "process": """
        BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
        SET LOCAL lock_timeout = '30s';
        SET LOCAL idle_in_transaction_session_timeout = '60s';
        SET LOCAL synchronous_commit TO off
    """,
    "power": """
        BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
        SET LOCAL lock_timeout = '30s';
        SET LOCAL idle_in_transaction_session_timeout = '60s';
        SET LOCAL synchronous_commit TO on
    """,
}

Result = TypeVar("Result")


class Transactions:
    """Write transactions through one connection, shared by all threads."""

    def __init__(self, channel: Channel, location: str) -> None:
        self._channel = channel
        self._location = location

    def run(
        self, attempt: Callable[[Connection, bool], Result], durability: Durability
    ) -> Result:
        """Do something in a transaction, and commit it.

        Args:
            attempt: does it, and is called once more in another transaction where a
                constraint says that somebody was faster, or the connection went. It
                is told so by its second argument: it then has to look at things anew,
                and whether it is done already.

        Raises:
            LedgerWriteError: the server refused, or cannot be reached.
            LedgerError: what ``attempt`` raises; nothing is stored.
        """
        with self._channel.lock:
            again = False
            faster_until = time.monotonic() + PATIENCE
            while True:
                try:
                    return self._committed(attempt, durability, again=again)
                except _FASTER as error:
                    if time.monotonic() > faster_until:
                        raise write_failure(self._location, error) from error
                except Closed as error:
                    raise write_failure(self._location, error) from error
                except psycopg.Error as error:
                    if not self._channel.lost():
                        raise write_failure(self._location, error) from error
                    self._connect_again(error)
                again = True

    def _committed(
        self,
        attempt: Callable[[Connection, bool], Result],
        durability: Durability,
        *,
        again: bool,
    ) -> Result:
        try:
            connection = self._channel.connection()
        except LedgerUnusableError as error:
            raise _unwritten(error) from error
        try:
            # Several statements: they cannot be prepared.
            connection.execute(_BEGIN[durability], prepare=False)
            result = attempt(connection, again)
            connection.execute("COMMIT")
        finally:
            self._channel.tidy()
        return result

    def _connect_again(self, error: psycopg.Error) -> None:
        given_up_at = time.monotonic() + OUTAGE
        while True:
            try:
                self._channel.connection()
            except UnreachableError as unreachable:
                if time.monotonic() > given_up_at:
                    raise lost_while_writing(unreachable) from error
                time.sleep(_PAUSE)
            except LedgerUnusableError as unusable:
                raise _unwritten(unusable) from unusable
            else:
                return

    def close(self) -> None:
        with self._channel.lock:
            self._channel.close()


def _unwritten(error: LedgerUnusableError) -> LedgerWriteError:
    return LedgerWriteError(f"{error}; nothing more is recorded")
