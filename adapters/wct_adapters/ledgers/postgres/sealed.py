"""A PostgreSQL ledger as its verifier sees it: sealed rows, blobs and checkpoints."""

from collections.abc import Iterator
from typing import Any, Final, LiteralString

from wct_adapters.ledgers.postgres.read import PAGE, PagedReader
from wct_adapters.ledgers.rows import id_text, moment, optional_id_text
from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow

_LAST: Final = "SELECT coalesce(max(seal), 0) FROM wct.seals"
# A page is a range of numbers that have no gaps, and what belongs to it is looked up
# row by row (LATERAL with LIMIT): on tables that are not analysed yet the planner would
# read them as a whole for every page.
_HASHES: Final = """
SELECT e.hash FROM wct.seals n CROSS JOIN LATERAL (
    SELECT hash FROM wct.events WHERE global_position = n.global_position LIMIT 1
) e
WHERE n.seal BETWEEN %s AND %s ORDER BY n.seal
"""
_ALL_ROWS: Final = """
SELECT n.seal, s.name, e.position, e.event_id, e.type, e.recorded_at,
    coalesce(e.correlation, s.name), e.causation, e.salt, e.payload,
    e.payload_digest, e.hash
FROM wct.seals n CROSS JOIN LATERAL (
    SELECT * FROM wct.events WHERE global_position = n.global_position LIMIT 1
) e
CROSS JOIN LATERAL (SELECT name FROM wct.streams WHERE id = e.stream LIMIT 1) s
WHERE n.seal BETWEEN %s AND %s ORDER BY n.seal
"""
# As sealing.py orders them. What is not numbered, and comes before what is, was put
# there by somebody else: readers of its stream would see it.
_LAST_NUMBERED: Final[LiteralString] = """(
    SELECT e.xid, CASE WHEN e.xid = '3' THEN 9223372036854775807
        ELSE e.global_position END
    FROM wct.seals s JOIN wct.events e USING (global_position)
    ORDER BY s.seal DESC LIMIT 1
)"""
_PASSED_OVER: Final = f"""
SELECT (
    SELECT count(*) FROM wct.events WHERE (xid, global_position) <= {_LAST_NUMBERED}
) - (SELECT count(*) FROM wct.seals)
"""  # noqa: S608  # constants
_ROWS_PASSED_OVER: Final = f"""
SELECT 0, s.name, e.position, e.event_id, e.type, e.recorded_at,
    coalesce(e.correlation, s.name), e.causation, e.salt, e.payload,
    e.payload_digest, e.hash
FROM wct.events e JOIN wct.streams s ON s.id = e.stream
WHERE (e.xid, e.global_position) <= {_LAST_NUMBERED} AND NOT EXISTS (
    SELECT FROM wct.seals n WHERE n.global_position = e.global_position
)
ORDER BY e.xid, e.global_position LIMIT 1000
"""  # noqa: S608  # constants
_ROWS_OF_STREAM: Final = f"""
SELECT coalesce(n.seal, 0), s.name, e.position, e.event_id, e.type, e.recorded_at,
    coalesce(e.correlation, s.name), e.causation, e.salt, e.payload,
    e.payload_digest, e.hash
FROM wct.streams s JOIN wct.events e ON e.stream = s.id LEFT JOIN LATERAL (
    SELECT seal FROM wct.seals WHERE global_position = e.global_position LIMIT 1
) n ON true
WHERE s.name = %s AND e.position BETWEEN %s AND %s AND (
    n.seal IS NOT NULL OR (e.xid, e.global_position) <= {_LAST_NUMBERED}
)
ORDER BY e.position
"""  # noqa: S608  # constants
_LENGTH: Final = """
SELECT coalesce(max(position), 0) FROM wct.events
WHERE stream = (SELECT id FROM wct.streams WHERE name = %s)
"""
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
        for first, last in _ranges(after, upto):
            yield from (link for (link,) in self._page(_HASHES, (first, last)))

    def rows(self, *, after: int = 0, stream: str | None = None) -> Iterator[StoredRow]:
        if stream is None:
            for first, last in _ranges(after, self.last_seal()):
                yield from map(_stored, self._page(_ALL_ROWS, (first, last)))
            if after == 0 and self._page(_PASSED_OVER)[0][0]:
                yield from map(_stored, self._page(_ROWS_PASSED_OVER))
            return
        length: int = self._page(_LENGTH, (stream,))[0][0]
        for first, last in _ranges(0, length):
            page = self._page(_ROWS_OF_STREAM, (stream, first, last))
            yield from (_stored(row) for row in page if not after or row[0] > after)

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


def _ranges(after: int, upto: int) -> Iterator[tuple[int, int]]:
    """Cut ``after < number <= upto`` into pages, each by its first and last number."""
    for last in range(after, upto, PAGE):
        yield last + 1, min(last + PAGE, upto)


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
