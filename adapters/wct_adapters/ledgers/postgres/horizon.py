"""How far behind readers of a PostgreSQL ledger are, and what holds them back."""

from typing import Final

from wct_adapters.ledgers.postgres.read import PagedReader
from wct_domain.ports.maintenance import Holder, Horizon

_WAITING: Final = """
SELECT count(*), coalesce(
    extract(epoch FROM clock_timestamp()) - min(recorded_at) / 1e6, 0
)::float8
FROM wct.events WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())
"""
# Of other users' sessions a role without pg_read_all_stats sees only that they exist.
# Never the query: it may have anything in it.
_SESSIONS: Final = """
SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::float8,
    coalesce(application_name, ''), coalesce(datname, '')
FROM pg_stat_activity
WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
ORDER BY age(backend_xid) DESC LIMIT 10
"""
_PREPARED: Final = """
SELECT NULL::int, extract(epoch FROM clock_timestamp() - prepared)::float8,
    'prepared transaction', coalesce(database, '')
FROM pg_prepared_xacts ORDER BY age(transaction) DESC LIMIT 10
"""


def horizon(reader: PagedReader) -> Horizon:
    """Return what waits for the horizon, and the transactions that hold it back.

    Raises:
        LedgerUnusableError: the server cannot be asked.
    """
    ((waiting, age),) = reader.page(_WAITING)
    found = [*reader.page(_SESSIONS), *reader.page(_PREPARED)]
    holders = [Holder(pid, seconds or 0.0, *names) for pid, seconds, *names in found]
    holders.sort(key=lambda holder: holder.seconds, reverse=True)
    return Horizon(waiting, max(age, 0.0), tuple(holders))
