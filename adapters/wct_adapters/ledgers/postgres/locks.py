"""Locks of runs as advisory locks: the server frees them when a session ends."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import psycopg

from wct_adapters.ledgers.held import held
from wct_adapters.ledgers.postgres.connections import Channel, connect
from wct_adapters.ledgers.postgres.failures import connection_failure
from wct_domain.ports.run_locks import RunLocks

_TRY: Final = (
    "SELECT pg_try_advisory_lock(hashtextextended('wct ' || %s || ' ' || %s, 0))"
)
_IS_HELD: Final = """
SELECT EXISTS (
    SELECT FROM pg_locks,
    (SELECT hashtextextended('wct ' || %s || ' ' || %s, 0) AS key) AS wanted
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint = (key >> 32) & 4294967295 AND objid::bigint = key & 4294967295
)
"""


class AdvisoryLocks(RunLocks):
    """A session of its own holds the lock of a run; it is idle, in no transaction.

    So the horizon is not held up. A pooler must hand out whole sessions for it.
    """

    def __init__(self, url: str, location: str, log_id: str) -> None:
        self._url = url
        self._location = location
        self._log_id = log_id

    @contextmanager
    def hold(self, run: str) -> Generator[None]:
        try:
            connection = connect(self._url)
            try:
                found = connection.execute(_TRY, (self._log_id, run)).fetchone()
            except psycopg.Error:
                connection.close()
                raise
        except psycopg.Error as error:
            raise connection_failure(self._location, error) from error
        with connection:
            if found is None or not found[0]:
                raise held(run)
            yield

    def is_held(self, run: str) -> bool:
        channel = Channel(self._url, self._location)
        try:
            return bool(channel.fetch(_IS_HELD, (self._log_id, run))[0][0])
        except psycopg.Error as error:
            raise connection_failure(self._location, error) from error
        finally:
            channel.close()
