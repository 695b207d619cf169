"""A connection to the server that is made again after it was lost.

Nothing is set for a session: what a transaction needs it says itself, and a connection
that was made again is like the one before.
"""

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, Final, LiteralString, TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from wct_adapters.ledgers.postgres.failures import Closed, connection_failure, misread

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]
Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

_DEFAULTS: Final = {
    "connect_timeout": "10",
    # A network or server that dies silently is noticed in a minute, not in hours.
    "keepalives_idle": "30",
    "tcp_user_timeout": "60000",
}


def connect(url: str, environ: Mapping[str, str] = os.environ) -> Connection:
    """Connect; the errors are psycopg's.

    What the URL does not say, libpq looks up itself: PGHOST, PGPASSFILE and so on.
    """
    settings = conninfo_to_dict(url)
    if not ("service" in settings or "PGSERVICE" in environ):
        # A service may have its own.
        for name, value in _DEFAULTS.items():
            if f"PG{name.upper()}" not in environ:
                settings.setdefault(name, value)
    settings.setdefault("fallback_application_name", "wct")
    settings["client_encoding"] = "UTF8"
    return psycopg.connect(make_conninfo("", **settings), autocommit=True)


@contextmanager
def transaction(connection: Connection) -> Generator[None]:
    """Do something rare as a whole, whatever isolation the server has by default."""
    connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.info.transaction_status is not TransactionStatus.IDLE:
            with suppress(psycopg.Error):
                connection.execute("ROLLBACK")


class Channel:
    """One connection, for one thread at a time: hold ``lock`` around every use.

    Args:
        greet: is told of each new connection, before it is used; raises to refuse it.
    """

    def __init__(
        self,
        url: str,
        location: str,
        greet: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        self._url = url
        self._location = location
        self.greet = greet
        self._connection: Connection | None = None
        self._closed = False
        self.lock = Lock()

    def connection(self) -> Connection:
        """Return a connection that was working when it was last used.

        Raises:
            Closed: ``close`` was called.
            LedgerUnusableError: the server cannot be reached.
        """
        if self._closed:
            raise Closed
        found = self._connection
        if found is not None and not found.closed:
            return found
        try:
            made = connect(self._url)
        except psycopg.ProgrammingError:
            # Not as its cause: libpq quotes the part of a URL that it cannot read.
            raise misread(self._location) from None
        except psycopg.Error as error:
            raise connection_failure(self._location, error) from error
        try:
            self.greet(made)
        except BaseException:
            made.close()
            raise
        self._connection = made
        return made

    def fetch(self, sql: LiteralString, parameters: Parameters = ()) -> list[Any]:
        """Return all rows of one statement, which is a transaction of its own.

        A lost connection is made again, once.
        """
        connection = self.connection()
        try:
            return connection.execute(sql, parameters, binary=True).fetchall()
        except psycopg.OperationalError:
            if not self.lost():
                raise
            return self.connection().execute(sql, parameters, binary=True).fetchall()
        except BaseException:
            self.tidy()
            raise

    def tidy(self) -> None:
        """End what an interrupted transaction may have left open."""
        connection = self._connection
        if connection is None or connection.closed:
            return
        if connection.info.transaction_status is TransactionStatus.IDLE:
            return
        with suppress(psycopg.Error):
            if connection.info.transaction_status is not TransactionStatus.ACTIVE:
                connection.execute("ROLLBACK")
                return
        connection.close()

    def lost(self) -> bool:
        """Say whether the connection is no longer there."""
        return self._connection is None or self._connection.broken

    def close(self) -> None:
        self._closed = True
        if self._connection is not None:
            self._connection.close()
