"""Streams of other ledgers, taken into a PostgreSQL ledger."""

from collections.abc import Sequence
from typing import Any, Final

from psycopg import errors

from wct_adapters.ledgers.intake import is_here, placed, refuse_no_chain
from wct_adapters.ledgers.postgres.append import store, store_blobs, tip_of, with_number
from wct_adapters.ledgers.postgres.connections import Connection
from wct_adapters.ledgers.postgres.transactions import Transactions
from wct_domain.errors import EventIdReusedError
from wct_domain.ports.ledger import Blob
from wct_domain.ports.sealed_log import StoredRow

_HASHES: Final = """
SELECT hash FROM wct.events WHERE stream = %s ORDER BY position LIMIT %s
"""


def import_rows(
    transactions: Transactions, rows: Sequence[StoredRow], blobs: Sequence[Blob]
) -> int:
    """See :class:`wct_domain.ports.ledger.Ledger`."""
    stream = refuse_no_chain(rows)

    def attempt(connection: Connection, _again: bool) -> int:
        tip = tip_of(connection, stream)
        found: Any = connection.execute(_HASHES, (tip.stream, len(rows)))
        hashes = [link for (link,) in found.fetchall()]
        if is_here(rows, hashes, at_all=tip.version > 0):
            return 0
        number = with_number(connection, stream, tip).stream
        store_blobs(connection, blobs)
        try:
            store(connection, placed(rows, number, after=0))
        except errors.UniqueViolation as error:
            if error.diag.constraint_name != "events_have_ids":
                raise  # somebody else took it in just now
            msg = (
                f"stream '{stream}' has an event whose id is taken by another stream "
                "of this ledger; import it into another ledger"
            )
            raise EventIdReusedError(msg) from error
        return len(rows)

    return transactions.run(attempt, "power")
