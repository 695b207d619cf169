"""Appending to a PostgreSQL ledger.

A transaction gets its xid with its first write, and readers go by xid. So that the
events of a stream have rising xids, where the stream stands is always known *before*
the first write; when a constraint says that it stands elsewhere, all begins anew in
another transaction.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from wct_adapters.ledgers.batch import (
    Batch,
    Tip,
    as_recorded,
    chained,
    first_recorded,
)
from wct_adapters.ledgers.postgres.connections import Connection
from wct_adapters.ledgers.postgres.transactions import Transactions
from wct_adapters.ledgers.rows import Row
from wct_domain.chain import FIRST, payload_digest
from wct_domain.ports.ledger import Blob, Recorded

_TIP: Final = """
SELECT s.id, coalesce(e.position, 0), coalesce(e.hash, %b)
FROM wct.streams s LEFT JOIN LATERAL (
    SELECT position, hash FROM wct.events WHERE stream = s.id
    ORDER BY position DESC LIMIT 1
) e ON true
WHERE s.name = %s
"""
_NEW_STREAM: Final = "INSERT INTO wct.streams (name) VALUES (%s) RETURNING id"
_INSERT: Final = """
INSERT INTO wct.events (
    stream, position, event_id, type, recorded_at, correlation, causation,
    salt, payload, payload_digest, hash
)
SELECT %s, new.* FROM unnest(
    %b::bigint[], %b::bytea[], %b::text[], %b::bigint[], %b::text[], %b::bytea[],
    %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[]
) AS new (
    position, event_id, type, recorded_at, correlation, causation,
    salt, payload, payload_digest, hash
)
ORDER BY new.position
RETURNING position, global_position, xid::text::bigint
"""
_INSERT_BLOBS: Final = """
INSERT INTO wct.blobs SELECT * FROM unnest(%b::bytea[], %b::bytea[])
ON CONFLICT DO NOTHING
"""
_KNOWN: Final = """
SELECT xid::text::bigint, global_position, stream, position, event_id, type,
    recorded_at, correlation, causation, salt, payload, payload_digest, hash
FROM wct.events WHERE event_id = ANY(%b::bytea[])
"""
_FORGET: Final = "DELETE FROM wct.blobs WHERE digest = ANY(%b::bytea[])"
_PAYLOADS: Final = """
SELECT position, salt, payload FROM wct.events
WHERE stream = %s AND position = ANY(%b::bigint[]) AND payload IS NOT NULL
"""
_REDACT: Final = """
UPDATE wct.events SET salt = NULL, payload = NULL, payload_digest = %s
WHERE stream = %s AND position = %s
"""

_NEW: Final = 0  # number of a stream that has none yet


class Placed(NamedTuple):
    """Rows, and by event id the transactions that stored them."""

    rows: list[Row]
    transactions: Mapping[bytes, int]


class Appender:
    """Appends, and remembers where streams stand.

    Whether that is still true is what the constraint on positions says.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._tips: dict[str, Tip] = {}

    def append(self, batch: Batch) -> tuple[Recorded, ...]:
        """See :class:`wct_adapters.ledgers.facade.Writing`."""

        def attempt(connection: Connection, again: bool) -> Placed:
            tip = None if again else self._tips.get(batch.stream)
            if tip is None or batch.wrong_at(tip):
                tip = tip_of(connection, batch.stream)
                wrong = batch.wrong_at(tip)
                if again or wrong is not None:
                    found = _recorded_before(connection, batch, tip)
                    if found is not None:
                        return found
                if wrong is not None:
                    raise wrong
            tip = with_number(connection, batch.stream, tip)
            rows = chained(batch, tip, after=0)
            store_blobs(connection, batch.blobs)
            _forget(connection, tip.stream, batch)
            return store(connection, rows)

        placed = self._transactions.run(attempt, batch.durability)
        last = placed.rows[-1]
        self._tips[batch.stream] = Tip(last.stream, last.position, last.hash)
        return _described(batch, placed)


def tip_of(connection: Connection, stream: str) -> Tip:
    """Read where a stream stands; a stream that is not there has no number."""
    found = connection.execute(_TIP, (FIRST, stream)).fetchone()
    return Tip(_NEW, 0, FIRST) if found is None else Tip(*found)


def with_number(connection: Connection, stream: str, tip: Tip) -> Tip:
    """Number a stream that is not there yet."""
    if tip.stream != _NEW:
        return tip
    found: Any = connection.execute(_NEW_STREAM, (stream,)).fetchone()
    return tip._replace(stream=found[0])


def store_blobs(connection: Connection, blobs: Sequence[Blob]) -> None:
    """Store blobs that are not there yet.

    In the order of their digests: two that store the same wait for each other, and
    must not both wait.
    """
    pairs = sorted((bytes.fromhex(blob.digest), blob.stored) for blob in blobs)
    if pairs:
        digests, stored = map(list, zip(*pairs, strict=True))
        connection.execute(_INSERT_BLOBS, (digests, stored))


def store(connection: Connection, rows: Sequence[Row]) -> Placed:
    """Store rows of one stream."""
    columns = [list(column) for column in zip(*rows, strict=True)][2:]
    found = connection.execute(_INSERT, (rows[0].stream, *columns)).fetchall()
    places = {position: place for position, place, _ in found}
    return Placed(
        [row._replace(global_position=places[row.position]) for row in rows],
        {row.event_id: found[0][2] for row in rows},
    )


def known_rows(connection: Connection, ids: Sequence[bytes]) -> Placed:
    """Read the rows that have one of these event ids."""
    found = connection.execute(_KNOWN, (list(ids),)).fetchall()
    rows = [Row(*row) for _, *row in found]
    transactions: dict[bytes, int] = {}
    for row, (xid, *_) in zip(rows, found, strict=True):
        transactions[row.event_id] = xid
    return Placed(rows, transactions)


def _recorded_before(connection: Connection, batch: Batch, tip: Tip) -> Placed | None:
    ids = [draft.event_id for draft in batch.drafts]
    rows, transactions = known_rows(connection, ids)
    rows = first_recorded(batch, {row.event_id: row for row in rows}, tip)
    return Placed(rows, transactions) if rows else None


def _forget(connection: Connection, number: int, batch: Batch) -> None:
    if batch.forget:
        gone = [bytes.fromhex(digest) for digest in batch.forget]
        connection.execute(_FORGET, (gone,))
    if batch.redact:
        found = connection.execute(_PAYLOADS, (number, list(batch.redact))).fetchall()
        for position, salt, payload in found:
            digest = payload_digest(salt, payload)
            connection.execute(_REDACT, (digest, number, position))


def _described(batch: Batch, placed: Placed) -> tuple[Recorded, ...]:
    recorded = as_recorded(batch, placed.rows)
    return tuple(
        each._replace(transaction=placed.transactions[row.event_id])
        for each, row in zip(recorded, placed.rows, strict=True)
    )
