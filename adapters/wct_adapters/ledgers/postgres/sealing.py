"""Gapless numbers for events whose order nothing can change any more.

Commits are in no order that could be read off the events; transactions below the
horizon are all over. So these, and only these, are numbered by (xid, global
position), one sealer at a time.
"""

import time
from typing import Any, Final, LiteralString

from wct_adapters.ledgers.postgres.connections import Connection
from wct_adapters.ledgers.postgres.read import HORIZON, PagedReader
from wct_adapters.ledgers.postgres.schema import SEALING_LOCK
from wct_adapters.ledgers.postgres.transactions import Transactions
from wct_adapters.ledgers.rows import microseconds
from wct_domain.ports.sealed_log import StoredCheckpoint

_LOCK: Final = "SELECT pg_advisory_xact_lock(%s)"
_LAST: Final = """
SELECT s.seal, e.xid::text,
    CASE WHEN e.xid = '3' THEN 9223372036854775807 ELSE e.global_position END
FROM wct.seals s JOIN wct.events e USING (global_position)
ORDER BY s.seal DESC LIMIT 1
"""
"""Events of a ledger that was moved here have the xid 3, and all have their numbers."""

_UNSEALED: Final[LiteralString] = """
SELECT %s + row_number() OVER (ORDER BY xid, global_position), global_position
FROM wct.events WHERE (xid, global_position) > (%s::text::xid8, %s)
"""
_SEAL: Final = (
    "INSERT INTO wct.seals (seal, global_position) "
    + _UNSEALED
    + "AND xid < "
    + HORIZON
    + " ORDER BY xid, global_position LIMIT 100000"  # _PAGE
)
SEAL_ALL: Final = "INSERT INTO wct.seals (seal, global_position) " + _UNSEALED
_NEWEST: Final = "SELECT max(xid)::text FROM wct.events"
_PASSED: Final[LiteralString] = "SELECT %s::text::xid8 < " + HORIZON
_INSERT_CHECKPOINT: Final = """
INSERT INTO wct.checkpoints (size, root, note, frontier, at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_PAGE: Final = 100_000  # events that are numbered in one transaction
_SHORTEST_PAUSE: Final = 0.002  # seconds
_LONGEST_PAUSE: Final = 0.05


class Sealer:
    """Seals, and keeps checkpoints."""

    def __init__(self, transactions: Transactions, reader: PagedReader) -> None:
        self._transactions = transactions
        self._reader = reader

    def seal(self, *, patience: float) -> None:
        """Number what is settled, after waiting so many seconds for what is not."""
        if patience:
            self._wait(patience)
        # Not on disk before it returns: what is lost is numbered the same again, and
        # the checkpoint over it takes it along.
        while self._transactions.run(seal_page, "process") == _PAGE:
            pass

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """See :class:`wct_domain.ports.sealed_log.SealedLog`."""
        size, root, note, frontier, at = checkpoint
        row = (size, root, note, frontier, microseconds(at))

        def attempt(connection: Connection, _again: bool) -> None:
            connection.execute(_INSERT_CHECKPOINT, row)

        self._transactions.run(attempt, "power")

    def _wait(self, patience: float) -> None:
        given_up_at = time.monotonic() + patience
        newest: str | None = self._reader.page(_NEWEST)[0][0]
        pause = _SHORTEST_PAUSE
        while newest is not None and not self._reader.page(_PASSED, (newest,))[0][0]:
            if time.monotonic() + pause > given_up_at:
                return
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


def seal_page(connection: Connection, _again: bool) -> int:
    """Number the next settled events; return how many."""
    return number(connection, _SEAL)


def number(connection: Connection, statement: LiteralString) -> int:
    """Number events that follow the last one that has a number."""
    connection.execute(_LOCK, (SEALING_LOCK,))
    # A statement of its own: it sees what the sealer before us has committed.
    last: Any = connection.execute(_LAST).fetchone() or (0, "0", 0)
    return connection.execute(statement, last).rowcount
