"""Taking in a stream of another ledger: what every ledger of rows does alike."""

from collections.abc import Sequence

from wct_adapters.ledgers.rows import Row, id_bytes
from wct_domain.chain import FIRST, header, link, payload_digest
from wct_domain.errors import StreamTakenError
from wct_domain.ports.sealed_log import StoredRow


def refuse_no_chain(rows: Sequence[StoredRow]) -> str:
    """Return the stream that the rows are of.

    Raises:
        ValueError: they are no whole chain; the text names the first bad position.
    """
    if not rows:
        msg = "there are no events to take in"
        raise ValueError(msg)
    stream, head = rows[0].stream, FIRST
    for position, row in enumerate(rows, 1):
        if (row.stream, row.position) != (stream, position):
            msg = (
                f"event {row.position} of stream '{row.stream}' stands where event "
                f"{position} of stream '{stream}' is expected"
            )
            raise ValueError(msg)
        head = link(head, _covered(row), _digest_of(row))
        if head != row.hash:
            msg = f"event {position} of stream '{stream}' does not have its hash"
            raise ValueError(msg)
    return stream


def is_here(rows: Sequence[StoredRow], known: Sequence[bytes], *, at_all: bool) -> bool:
    """Say whether a stream that is to be taken in is here already.

    Args:
        known: the first hashes of the stream of that name, at most as many as rows.
        at_all: there is a stream of that name.

    Raises:
        StreamTakenError: there is one with other events.
    """
    if not at_all:
        return False
    if list(known) != [row.hash for row in rows]:
        raise StreamTakenError(rows[0].stream)
    return True


def placed(rows: Sequence[StoredRow], number: int, *, after: int) -> list[Row]:
    """Make the rows this ledger's.

    Args:
        number: of the stream in this ledger.
        after: global position of the ledger's last event.
    """
    return [
        Row(
            place,
            number,
            row.position,
            id_bytes(row.id),
            row.type,
            row.recorded_at,
            None if row.correlation_id == row.stream else row.correlation_id,
            None if row.causation_id is None else id_bytes(row.causation_id),
            row.salt,
            row.payload,
            row.payload_digest if row.payload is None else None,
            row.hash,
        )
        for place, row in enumerate(rows, after + 1)
    ]


def _covered(row: StoredRow) -> bytes:
    return header(
        row.stream,
        row.position,
        row.id,
        row.type,
        row.recorded_at,
        row.correlation_id,
        row.causation_id,
    )


def _digest_of(row: StoredRow) -> bytes:
    if row.salt is not None and row.payload is not None:
        return payload_digest(row.salt, row.payload)
    if row.payload_digest is None or row.salt is not None or row.payload is not None:
        msg = (
            f"event {row.position} of stream '{row.stream}' is neither whole nor pruned"
        )
        raise ValueError(msg)
    return row.payload_digest
