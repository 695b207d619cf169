"""A ledger that lives as long as its process: for tests and runs without a file."""

import os
from collections.abc import Collection, Iterator, Sequence
from threading import Lock

from wct_adapters.ledgers.batch import (
    Tip,
    as_recorded,
    chained,
    drafts,
    first_recorded,
)
from wct_adapters.ledgers.rows import Row, from_row, microseconds
from wct_domain.chain import FIRST
from wct_domain.digests import blob_digest
from wct_domain.errors import (
    BlobDamagedError,
    BlobMissingError,
    LedgerUnusableError,
    LedgerWriteError,
    WrongExpectedVersionError,
)
from wct_domain.ports.clock import Clock
from wct_domain.ports.ledger import Blob, Ledger, NewEvent, Recorded, Stream

KEY_SIZE = 32  # bytes


class MemoryLedger(Ledger):
    """Keeps rows as the SQLite ledger does, payloads encoded and hashes chained.

    So nobody can change what is stored through an object that was appended or read,
    and what works here works on a file. The content key is random: digests of two
    memory ledgers never agree.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = os.urandom(KEY_SIZE)
        self._lock = Lock()
        self._closed = False
        # Lists only grow, so that readers need no lock.
        self._rows: list[Row] = []
        self._names: list[str] = []  # by number of the stream
        self._of_stream: dict[str, list[Row]] = {}
        self._by_id: dict[bytes, Row] = {}
        self._blobs: dict[str, bytes] = {}

    @property
    def location(self) -> str:
        return "memory"

    @property
    def content_key(self) -> bytes:
        return self._key

    def append(
        self,
        stream: str,
        events: Sequence[NewEvent],
        *,
        expected: int | None,
        blobs: Sequence[Blob] = (),
        correlation_id: str | None = None,
    ) -> tuple[Recorded, ...]:
        batch = drafts(events, blobs)
        at = microseconds(self._clock())
        with self._lock:
            if self._closed:
                msg = "the ledger in memory is closed; nothing was recorded"
                raise LedgerWriteError(msg)
            tip = self._tip(stream)
            known = {
                draft.event_id: self._by_id[draft.event_id]
                for draft in batch
                if draft.event_id in self._by_id
            }
            rows = first_recorded(batch, known, tip.stream)
            if not rows and batch:
                if expected not in (None, tip.version):
                    raise WrongExpectedVersionError(stream, expected, tip.version)
                rows = chained(
                    batch,
                    stream,
                    tip,
                    after=len(self._rows),
                    at=at,
                    correlation_id=correlation_id,
                )
                self._store(stream, rows, blobs)
        return as_recorded(rows, batch, stream)

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        self._refuse_if_closed()
        return self._events(self._of_stream.get(stream, []), after, None)

    def read_all(
        self, *, after: int = 0, types: Collection[str] | None = None
    ) -> Iterator[Recorded]:
        self._refuse_if_closed()
        return self._events(self._rows, after, types)

    def streams(self, prefix: str = "") -> list[Stream]:
        self._refuse_if_closed()
        with self._lock:
            return [
                Stream(name, rows[-1].position, rows[-1].hash)
                for name, rows in sorted(self._of_stream.items())
                if name.startswith(prefix)
            ]

    def blob(self, digest: str) -> bytes:
        self._refuse_if_closed()
        stored = self._blobs.get(digest)
        if stored is None:
            msg = f"the ledger in memory has no blob {digest}"
            raise BlobMissingError(msg)
        if blob_digest(stored) != digest:
            msg = f"blob {digest} in the ledger in memory is damaged"
            raise BlobDamagedError(msg)
        return stored

    def close(self) -> None:
        self._closed = True

    def _tip(self, stream: str) -> Tip:
        if rows := self._of_stream.get(stream):
            return Tip(rows[-1].stream, rows[-1].position, rows[-1].hash)
        return Tip(len(self._names), 0, FIRST)

    def _store(self, stream: str, rows: list[Row], blobs: Sequence[Blob]) -> None:
        if stream not in self._of_stream:
            self._names.append(stream)
            self._of_stream[stream] = []
        for blob in blobs:
            self._blobs.setdefault(blob.digest, blob.stored)
        self._by_id.update((row.event_id, row) for row in rows)
        self._of_stream[stream] += rows
        self._rows += rows

    def _events(
        self, rows: list[Row], after: int, types: Collection[str] | None
    ) -> Iterator[Recorded]:
        index = max(after, 0)
        while index < len(rows):
            row = rows[index]
            index += 1
            if types is None or row.type in types:
                name = self._names[row.stream]
                yield from_row(row, name)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            msg = "the ledger in memory is closed; open another one"
            raise LedgerUnusableError(msg)
