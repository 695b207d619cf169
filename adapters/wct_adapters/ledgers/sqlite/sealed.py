"""A SQLite ledger as its verifier sees it: stored rows, blobs and checkpoints.

Seal numbers are global positions: commits are in their order, without a gap.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any

from wct_adapters.ledgers.rows import id_texts, moment, texts_of_causes
from wct_adapters.ledgers.sqlite.names import Names
from wct_adapters.ledgers.sqlite.read import PAGE, PagedReader
from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow

_LAST = "SELECT coalesce(max(global_position), 0) FROM events"
_HASHES = """
SELECT global_position, hash FROM events
WHERE global_position > ? AND global_position <= ? ORDER BY global_position LIMIT 1000
"""
_ROWS = """
SELECT global_position, stream, position, event_id, type, recorded_at,
correlation, causation, salt, payload, payload_digest, hash FROM events
"""
_ALL_ROWS = f"{_ROWS} WHERE global_position > ? ORDER BY global_position LIMIT {PAGE}"
# None of ours: they are for a verifier to find, as readers of a stream would see them.
_BELOW = _ROWS + "WHERE global_position <= 0 ORDER BY global_position LIMIT 1000"
_OF_STREAM = "WHERE stream = (SELECT id FROM streams WHERE name = ?) "
_ROWS_OF_STREAM = f"{_ROWS}{_OF_STREAM} AND position > ? ORDER BY position LIMIT {PAGE}"
_SEAL = """
SELECT global_position FROM events
WHERE stream = (SELECT id FROM streams WHERE name = ?) AND position = ?
"""
_DIGESTS = "SELECT digest FROM blobs WHERE digest > ? ORDER BY digest LIMIT 1000"
_CHECKPOINTS = """
SELECT size, root, note, frontier, at FROM checkpoints
WHERE size >= ? ORDER BY size LIMIT 1000
"""
_LAST_CHECKPOINT = (
    "SELECT size, root, note, frontier, at FROM checkpoints ORDER BY size DESC LIMIT 1"
)
_LINK = itemgetter(1)  # of _HASHES

_TUPLE: Any = tuple
_STORED: Callable[[Iterable[Any]], StoredRow] = partial(_TUPLE.__new__, StoredRow)
"""As ``StoredRow._make``, which is a function in Python."""


class SealedReader:
    """Reads pages through the connection of a :class:`PagedReader`."""

    def __init__(self, reader: PagedReader, location: str) -> None:
        self._page = reader.page
        self._beyond = reader.beyond
        self._stream_names = reader.stream_names
        self._type_names = reader.type_names
        self._location = location

    def last_seal(self) -> int:
        last: int = self._page(_LAST, ())[0][0]
        return last

    def sealed_hashes(self, after: int, upto: int) -> Iterator[bytes]:
        while page := self._page(_HASHES, (after, upto)):
            yield from map(_LINK, page)
            after = self._beyond(page[-1][0], after)

    def rows(self, *, after: int = 0, stream: str | None = None) -> Iterator[StoredRow]:
        if stream is None:
            return chain.from_iterable(self._pages(after))
        of_stream = chain.from_iterable(self._pages_of(stream))
        return (row for row in of_stream if row.seal > after) if after else of_stream

    def _pages(self, after: int) -> Iterator[Iterator[StoredRow]]:
        below = after == 0
        while page := self._page(_ALL_ROWS, (after,)):
            yield self._stored(page)
            after = self._beyond(page[-1][0], after)
        if below and (page := self._page(_BELOW, ())):
            yield self._stored(page)

    def _pages_of(self, stream: str) -> Iterator[Iterator[StoredRow]]:
        position = 0
        while page := self._page(_ROWS_OF_STREAM, (stream, position)):
            yield self._stored(page)
            position = self._beyond(page[-1][2], position)

    def _stored(self, page: list[Any]) -> Iterator[StoredRow]:
        """Make rows as a verifier takes them, column by column."""
        columns: list[Any] = list(zip(*page, strict=True))
        names = columns[1] = self._names(self._stream_names, columns[1])
        raws, others, causes = columns[3], columns[6], columns[7]
        ids = columns[3] = id_texts(raws)
        columns[4] = self._names(self._type_names, columns[4])
        columns[6] = [other or name for other, name in zip(others, names, strict=True)]
        columns[7] = texts_of_causes(causes, raws, ids)
        return map(_STORED, zip(*columns, strict=True))

    def _names(self, names: Names, numbers: Sequence[int]) -> list[str]:
        return names.of(numbers, self._page, damaged_too=True)

    def seal_of(self, stream: str, position: int) -> int | None:
        found = self._page(_SEAL, (stream, position))
        if not found:
            msg = f"ledger '{self._location}' has no event {position} of '{stream}'"
            raise LedgerUnusableError(msg)
        seal: int = found[0][0]
        return seal

    def blob_digests(self) -> Iterator[str]:
        last = b""
        while page := self._page(_DIGESTS, (last,)):
            yield from (digest.hex() for (digest,) in page)
            last = self._beyond(page[-1][0], last)

    def checkpoints(self, *, since: int = 0) -> Iterator[StoredCheckpoint]:
        while page := self._page(_CHECKPOINTS, (since,)):
            yield from map(_checkpoint, page)
            since = self._beyond(page[-1][0] + 1, since)

    def last_checkpoint(self) -> StoredCheckpoint | None:
        found = self._page(_LAST_CHECKPOINT, ())
        return _checkpoint(found[0]) if found else None


def _checkpoint(row: Any) -> StoredCheckpoint:
    size, root, note, frontier, at = row
    return StoredCheckpoint(size, root, note, frontier, moment(at))
