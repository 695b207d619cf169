"""What else a SQLite ledger takes in: streams of other ledgers, and checkpoints."""

from collections.abc import Sequence

import apsw

from wct_adapters.ledgers.intake import is_here, placed, refuse_no_chain
from wct_adapters.ledgers.rows import microseconds
from wct_adapters.ledgers.sqlite.append import (
    INSERT_BLOB,
    INSERT_EVENT,
    LAST,
    NEW_STREAM,
)
from wct_adapters.ledgers.sqlite.connections import Database
from wct_adapters.ledgers.sqlite.contents import add_types
from wct_adapters.ledgers.sqlite.writing import Writer
from wct_domain.errors import EventIdReusedError
from wct_domain.ports.ledger import Blob
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow

_STREAM = "SELECT id FROM streams WHERE name = ?"
_HASHES = "SELECT hash FROM events WHERE stream = ? ORDER BY position LIMIT ?"
_CHECKPOINT = "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"


def import_rows(
    writer: Writer, rows: Sequence[StoredRow], blobs: Sequence[Blob]
) -> int:
    """See :class:`wct_domain.ports.ledger.Ledger`."""
    stream = refuse_no_chain(rows)
    with writer.alone("power") as connection:
        connection.execute("BEGIN IMMEDIATE")
        writer.refuse_if_gone()
        number = connection.execute(_STREAM, (stream,)).get
        known = connection.execute(_HASHES, (number, len(rows)))
        if is_here(rows, [each for (each,) in known], at_all=number is not None):
            return 0
        try:
            _insert(connection, stream, rows, blobs)
        except apsw.ConstraintError as error:
            msg = (
                f"stream '{stream}' has an event whose id is taken by another stream "
                "of this ledger; import it into another ledger"
            )
            raise EventIdReusedError(msg) from error
        writer.commit()
    return len(rows)


def add_checkpoint(writer: Writer, checkpoint: StoredCheckpoint) -> None:
    """See :class:`wct_domain.ports.sealed_log.SealedLog`."""
    size, root, note, frontier, at = checkpoint
    with writer.alone("power") as connection:
        writer.refuse_if_gone()
        connection.execute(_CHECKPOINT, (size, root, note, frontier, microseconds(at)))


def _insert(
    connection: Database,
    stream: str,
    rows: Sequence[StoredRow],
    blobs: Sequence[Blob],
) -> None:
    add_types(connection, {row.type for row in rows})
    number = connection.execute(NEW_STREAM, (stream,)).get
    last = connection.execute(LAST).get or 0
    connection.executemany(INSERT_EVENT, placed(rows, number, after=last))
    stored = ((bytes.fromhex(blob.digest), blob.stored) for blob in blobs)
    connection.executemany(INSERT_BLOB, stored)
