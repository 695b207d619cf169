"""A ledger that lives as long as its process: for tests and runs without a file."""

from collections.abc import Collection, Iterator, Sequence
from threading import Lock
from uuid import uuid4

from wct_adapters.ledgers.batch import (
    Tip,
    as_recorded,
    chained,
    drafts,
    first_recorded,
)
from wct_adapters.ledgers.cursors import cursor_place, cursor_text
from wct_adapters.ledgers.intake import is_here, placed, refuse_no_chain
from wct_adapters.ledgers.keys import KeyRing, MemorySafe
from wct_adapters.ledgers.memory_locks import MemoryLocks
from wct_adapters.ledgers.memory_size import MemoryMaintenance
from wct_adapters.ledgers.rows import (
    Row,
    from_row,
    id_text,
    microseconds,
    optional_id_text,
    redacted,
)
from wct_domain.chain import FIRST
from wct_domain.digests import blob_digest
from wct_domain.errors import (
    BlobDamagedError,
    BlobMissingError,
    EventIdReusedError,
    LedgerUnusableError,
    LedgerWriteError,
    WrongExpectedVersionError,
)
from wct_domain.ports.clock import Clock
from wct_domain.ports.keys import Keys
from wct_domain.ports.ledger import Blob, Cursor, Ledger, NewEvent, Recorded, Stream
from wct_domain.ports.maintenance import Maintenance
from wct_domain.ports.run_locks import RunLocks
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow


class MemoryLedger(Ledger):
    """Keeps rows as the SQLite ledger does, payloads encoded and hashes chained.

    So nobody can change what is stored through an object that was appended or read,
    and what works here works on a file. Its keys are random: digests of two memory
    ledgers never agree.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._log_id = str(uuid4())
        self._keys = KeyRing(MemorySafe(), self._log_id)
        self._lock = Lock()
        self._locks = MemoryLocks()
        self._closed = False
        # Lists only grow, so that readers need no lock.
        self._rows: list[Row] = []
        self._names: list[str] = []  # by number of the stream
        self._of_stream: dict[str, list[Row]] = {}
        self._by_id: dict[bytes, Row] = {}
        self._blobs: dict[str, bytes] = {}
        self._checkpoints: dict[int, StoredCheckpoint] = {}

    @property
    def location(self) -> str:
        return "memory"

    @property
    def log_id(self) -> str:
        return self._log_id

    @property
    def former_ids(self) -> tuple[str, ...]:
        return ()

    @property
    def locks(self) -> RunLocks:
        return self._locks

    @property
    def keys(self) -> Keys:
        return self._keys

    @property
    def maintenance(self) -> Maintenance:
        return MemoryMaintenance(self._of_stream, self._blobs)

    def append(
        self,
        stream: str,
        events: Sequence[NewEvent],
        *,
        expected: int | None,
        blobs: Sequence[Blob] = (),
        correlation_id: str | None = None,
        forget: Collection[str] = (),
        redact: Collection[int] = (),
    ) -> tuple[Recorded, ...]:
        batch = drafts(events, blobs)
        at = microseconds(self._clock())
        with self._lock:
            self._refuse_writing()
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
                self._redact(stream, redact)
                self._store(stream, rows, blobs)
                for digest in forget:
                    self._blobs.pop(digest, None)
        return as_recorded(rows, batch, stream)

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        self._refuse_if_closed()
        return self._events(self._of_stream.get(stream, []), after, None)

    def read_all(
        self,
        *,
        after: Cursor | None = None,
        types: Collection[str] | None = None,
        settled: bool = True,
    ) -> Iterator[Recorded]:
        self._refuse_if_closed()
        place = 0
        if after is not None:
            (place,) = cursor_place(after, self._log_id, self.location, 1)
        return self._events(self._rows, place, types)

    def cursor(self, recorded: Recorded) -> Cursor:
        return cursor_text(self._log_id, recorded.global_position)

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

    def seal(self, *, patience: float = 0.0) -> int:
        return len(self._rows)

    def sealed_hashes(self, after: int, upto: int) -> Iterator[bytes]:
        return (row.hash for row in self._rows[after:upto])

    def rows(self, *, after: int = 0, stream: str | None = None) -> Iterator[StoredRow]:
        self._refuse_if_closed()
        for row in self._rows[after:]:
            name = self._names[row.stream]
            if stream in (None, name):
                yield _stored(row, name)

    def seal_of(self, stream: str, position: int) -> int | None:
        rows = self._of_stream.get(stream, [])
        if not 0 < position <= len(rows):
            msg = f"the ledger in memory has no event {position} of '{stream}'"
            raise LedgerUnusableError(msg)
        return rows[position - 1].global_position

    def blob_digests(self) -> Iterator[str]:
        return iter(list(self._blobs))

    def checkpoints(self, *, since: int = 0) -> Iterator[StoredCheckpoint]:
        return (
            self._checkpoints[size]
            for size in sorted(self._checkpoints)
            if size >= since
        )

    def last_checkpoint(self) -> StoredCheckpoint | None:
        sizes = self._checkpoints
        return sizes[max(sizes)] if sizes else None

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        self._checkpoints.setdefault(checkpoint.size, checkpoint)

    def import_rows(self, rows: Sequence[StoredRow], blobs: Sequence[Blob]) -> int:
        stream = refuse_no_chain(rows)
        with self._lock:
            self._refuse_writing()
            known = self._of_stream.get(stream, [])
            hashes = [row.hash for row in known[: len(rows)]]
            if is_here(rows, hashes, at_all=bool(known)):
                return 0
            taken = placed(rows, len(self._names), after=len(self._rows))
            ids = {row.event_id for row in taken}
            if len(ids) < len(taken) or not ids.isdisjoint(self._by_id):
                msg = f"an event of stream '{stream}' has an id that is taken here"
                raise EventIdReusedError(msg)
            self._store(stream, taken, blobs)
        return len(rows)

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

    def _redact(self, stream: str, positions: Collection[int]) -> None:
        rows = self._of_stream.get(stream, [])
        for position in positions:
            if 0 < position <= len(rows):
                row = redacted(rows[position - 1])
                rows[position - 1] = self._rows[row.global_position - 1] = row

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

    def _refuse_writing(self) -> None:
        if self._closed:
            msg = "the ledger in memory is closed; nothing was recorded"
            raise LedgerWriteError(msg)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            msg = "the ledger in memory is closed; open another one"
            raise LedgerUnusableError(msg)


def _stored(row: Row, stream: str) -> StoredRow:
    return StoredRow(
        row.global_position,
        stream,
        row.position,
        id_text(row.event_id),
        row.type,
        row.recorded_at,
        row.correlation or stream,
        optional_id_text(row.causation),
        row.salt,
        row.payload,
        row.payload_digest,
        row.hash,
    )
