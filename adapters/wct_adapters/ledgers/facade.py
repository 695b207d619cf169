"""A ledger put together from the parts that its technology makes.

What a ledger is asked for goes to one of them. Left to each technology are the two
questions on where a reader of all streams stands: that is of another form in each.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from wct_adapters.ledgers.batch import Batch, drafts, durability_of
from wct_adapters.ledgers.rows import microseconds
from wct_domain.digests import blob_digest
from wct_domain.errors import BlobDamagedError, BlobMissingError, LedgerWriteError
from wct_domain.ports.clock import Clock
from wct_domain.ports.cursors import Cursors
from wct_domain.ports.keys import Keys
from wct_domain.ports.ledger import Blob, Ledger, NewEvent, Recorded, Stream
from wct_domain.ports.maintenance import Maintenance
from wct_domain.ports.run_locks import RunLocks
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow


class Reading(Protocol):
    """Reads events and blobs. Raises as :class:`wct_domain.ports.ledger.Ledger`."""

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]: ...

    def streams(self, prefix: str = "") -> list[Stream]: ...

    def stored(self, digest: str) -> bytes | None:
        """Return what is stored under a digest, whatever it is; None: nothing is."""
        ...

    def close(self) -> None: ...


class Sealed(Protocol):
    """Reads what a verifier looks at, raw.

    Raises as :class:`wct_domain.ports.sealed_log.SealedLog`.
    """

    def last_seal(self) -> int: ...

    def sealed_hashes(self, after: int, upto: int) -> Iterator[bytes]: ...

    def rows(
        self, *, after: int = 0, stream: str | None = None
    ) -> Iterator[StoredRow]: ...

    def seal_of(self, stream: str, position: int) -> int | None: ...

    def blob_digests(self) -> Iterator[str]: ...

    def checkpoints(self, *, since: int = 0) -> Iterator[StoredCheckpoint]: ...

    def last_checkpoint(self) -> StoredCheckpoint | None: ...


class Writing(Protocol):
    """Adds to what is stored. Raises as :class:`wct_domain.ports.ledger.Ledger`."""

    def append(self, batch: Batch) -> tuple[Recorded, ...]:
        """Store a batch that has at least one event, or find it stored already."""
        ...

    def seal(self, patience: float) -> None:
        """Number the events that are settled, if numbers are not given as they come."""
        ...

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None: ...

    def import_rows(self, rows: Sequence[StoredRow], blobs: Sequence[Blob]) -> int: ...

    def close(self) -> None: ...


ReadingT = TypeVar("ReadingT", bound=Reading)


class Parts(NamedTuple, Generic[ReadingT]):
    """What a ledger consists of, and what it is called.

    ``writing`` is None in a ledger that is open for reading only.
    """

    location: str
    log_id: str
    former_ids: tuple[str, ...]
    reading: ReadingT
    sealed: Sealed
    writing: Writing | None
    keys: Keys
    maintenance: Maintenance
    locks: RunLocks
    cursors: Cursors
    clock: Clock


class LedgerOfParts(Ledger, Generic[ReadingT]):
    """All of a ledger but ``read_all`` and ``cursor``."""

    def __init__(self, parts: Parts[ReadingT]) -> None:
        self._parts = parts

    @property
    def location(self) -> str:
        return self._parts.location

    @property
    def log_id(self) -> str:
        return self._parts.log_id

    @property
    def former_ids(self) -> tuple[str, ...]:
        return self._parts.former_ids

    @property
    def locks(self) -> RunLocks:
        return self._parts.locks

    @property
    def cursors(self) -> Cursors:
        return self._parts.cursors

    @property
    def keys(self) -> Keys:
        return self._parts.keys

    @property
    def maintenance(self) -> Maintenance:
        return self._parts.maintenance

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
        writing = self._for_writing
        batch = Batch(
            stream,
            drafts(events, blobs),
            expected,
            microseconds(self._parts.clock()),
            correlation_id,
            durability_of(events),
            blobs,
            forget,
            redact,
        )
        return writing.append(batch) if events else ()

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        return self._parts.reading.read(stream, after=after)

    def streams(self, prefix: str = "") -> list[Stream]:
        return self._parts.reading.streams(prefix)

    def blob(self, digest: str) -> bytes:
        stored = self._parts.reading.stored(digest)
        if stored is None:
            msg = f"ledger '{self.location}' has no blob {digest}"
            raise BlobMissingError(msg)
        if blob_digest(stored) != digest:
            msg = (
                f"blob {digest} in ledger '{self.location}' is damaged: its bytes "
                "have another digest; restore a backup"
            )
            raise BlobDamagedError(msg)
        return stored

    def seal(self, *, patience: float = 0.0) -> int:
        if self._parts.writing is not None:
            self._parts.writing.seal(patience)
        return self._parts.sealed.last_seal()

    def sealed_hashes(self, after: int, upto: int) -> Iterator[bytes]:
        return self._parts.sealed.sealed_hashes(after, upto)

    def rows(self, *, after: int = 0, stream: str | None = None) -> Iterator[StoredRow]:
        return self._parts.sealed.rows(after=after, stream=stream)

    def seal_of(self, stream: str, position: int) -> int | None:
        return self._parts.sealed.seal_of(stream, position)

    def blob_digests(self) -> Iterator[str]:
        return self._parts.sealed.blob_digests()

    def checkpoints(self, *, since: int = 0) -> Iterator[StoredCheckpoint]:
        return self._parts.sealed.checkpoints(since=since)

    def last_checkpoint(self) -> StoredCheckpoint | None:
        return self._parts.sealed.last_checkpoint()

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        self._for_writing.add_checkpoint(checkpoint)

    def import_rows(self, rows: Sequence[StoredRow], blobs: Sequence[Blob]) -> int:
        return self._for_writing.import_rows(rows, blobs)

    @property
    def _for_writing(self) -> Writing:
        if self._parts.writing is None:
            msg = (
                f"ledger '{self.location}' is open for reading only, nothing was "
                "recorded; open it for writing"
            )
            raise LedgerWriteError(msg)
        return self._parts.writing

    def close(self) -> None:
        self._parts.reading.close()
        if self._parts.writing is not None:
            self._parts.writing.close()
