"""A PostgreSQL ledger as its verifier sees it: sealed rows, blobs and checkpoints."""

from collections.abc import Iterator
from typing import Any, Final

from wct_adapters.ledgers.postgres.read import PagedReader
from wct_adapters.ledgers.rows import id_text, moment, optional_id_text
from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow

_LAST: Final = "SELECT coalesce(max(seal), 0) FROM wct.seals"
_HASHES: Final = """
SELECT n.seal, e.hash FROM wct.seals n JOIN wct.events e USING (global_position)
WHERE n.seal > %s AND n.seal <= %s ORDER BY n.seal LIMIT 1000
"""
_ROWS: Final = """
SELECT n.seal, s.name, e.position, e.event_id, e.type, e.recorded_at,
    coalesce(e.correlation, s.name), e.causation, e.salt, e.payload,
    e.payload_digest, e.hash
FROM wct.seals n JOIN wct.events e USING (global_position)
JOIN wct.streams s ON s.id = e.stream
"""
_ALL_ROWS: Final = _ROWS + "WHERE n.seal > %s ORDER BY n.seal LIMIT 1000"
_ROWS_OF_STREAM: Final = (
    _ROWS + "WHERE s.name = %s AND e.position > %s ORDER BY e.position LIMIT 1000"
)
_SEAL: Final = """
SELECT n.seal FROM wct.events e JOIN wct.streams s ON s.id = e.stream
LEFT JOIN wct.seals n USING (global_position)
WHERE s.name = %s AND e.position = %s
"""
_DIGESTS: Final = """
SELECT digest FROM wct.blobs WHERE digest > %s ORDER BY digest LIMIT 1000
"""
_CHECKPOINTS: Final = """
SELECT size, root, note, frontier, at FROM wct.checkpoints
WHERE size >= %s ORDER BY size LIMIT 1000
"""
_LAST_CHECKPOINT: Final = """
SELECT size, root, note, frontier, at FROM wct.checkpoints ORDER BY size DESC LIMIT 1
"""


class SealedReader:
    """Reads pages through the connection of a :class:`PagedReader`."""

    def __init__(self, reader: PagedReader, location: str) -> None:
        self._page = reader.page
        self._location = location

    def last_seal(self) -> int:
        last: int = self._page(_LAST)[0][0]
        return last

    def sealed_hashes(self, after: int, upto: int) -> Iterator[bytes]:
        while page := self._page(_HASHES, (after, upto)):
            yield from (link for _, link in page)
            after = page[-1][0]

    def rows(self, *, after: int = 0, stream: str | None = None) -> Iterator[StoredRow]:
        if stream is None:
            while page := self._page(_ALL_ROWS, (after,)):
                yield from map(_stored, page)
                after = page[-1][0]
            return
        position = 0
        while page := self._page(_ROWS_OF_STREAM, (stream, position)):
            yield from (_stored(row) for row in page if row[0] > after)
            position = page[-1][2]

    def seal_of(self, stream: str, position: int) -> int | None:
        found = self._page(_SEAL, (stream, position))
        if not found:
            msg = f"ledger '{self._location}' has no event {position} of '{stream}'"
            raise LedgerUnusableError(msg)
        seal: int | None = found[0][0]
        return seal

    def blob_digests(self) -> Iterator[str]:
        last = b""
        while page := self._page(_DIGESTS, (last,)):
            yield from (digest.hex() for (digest,) in page)
            last = page[-1][0]

    def checkpoints(self, *, since: int = 0) -> Iterator[StoredCheckpoint]:
        while page := self._page(_CHECKPOINTS, (since,)):
            yield from map(_checkpoint, page)
            since = page[-1][0] + 1

    def last_checkpoint(self) -> StoredCheckpoint | None:
        found = self._page(_LAST_CHECKPOINT)
        return _checkpoint(found[0]) if found else None


def _stored(row: Any) -> StoredRow:
    seal, stream, position, event_id, wire, at, correlation, causation, *rest = row
    return StoredRow(
        seal,
        stream,
        position,
        id_text(event_id),
        wire,
        at,
        correlation,
        optional_id_text(causation),
        *rest,
    )


def _checkpoint(row: Any) -> StoredCheckpoint:
    size, root, note, frontier, at = row
    return StoredCheckpoint(size, root, note, frontier, moment(at))
