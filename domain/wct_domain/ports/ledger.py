"""What the core asks of a ledger: an event log, with its blobs, in one place."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from wct_domain.events import AnyEvent, Event
from wct_domain.ports.cursors import Cursor, Cursors
from wct_domain.ports.keys import Keys
from wct_domain.ports.maintenance import Maintenance
from wct_domain.ports.run_locks import RunLocks
from wct_domain.ports.sealed_log import SealedLog, StoredRow

ANY_VERSION = None
"""Append without caring what is in the stream already."""


class NewEvent(NamedTuple):
    """An event about to be appended.

    ``id`` is chosen by the caller, so that a retry after a lost answer is
    recognised. ``causation_id`` names the event that led to this one.
    """

    id: str  # UUIDv7, canonical text
    event: Event
    causation_id: str | None = None


class Blob(NamedTuple):
    """Bytes to be stored under their SHA-256, exactly as they are."""

    digest: str
    stored: bytes


class Recorded(NamedTuple):
    """An event with its place in the log. Technical facts live here, not in the event.

    ``correlation_id`` is the run that an event belongs to: its stream, for a run's
    own events. A named tuple, because a fold makes one for each event: a frozen
    dataclass costs three times as much, a sixth of the fold.
    """

    stream: str
    position: int  # 1, 2, 3 ... within the stream
    global_position: int  # order of commits on SQLite; elsewhere a number, no order
    id: str
    at: datetime  # UTC, when it was appended
    correlation_id: str
    causation_id: str | None
    hash: bytes
    event: AnyEvent
    transaction: int = 0  # what PostgreSQL knows the append by; 0 elsewhere


class Stream(NamedTuple):
    """One stream as it stands: ``version`` is the position of its last event."""

    name: str
    version: int
    head: bytes  # hash of the last event


class EventLog(Protocol):
    """An append-only history, one sequence per stream.

    1. Positions in a stream are 1, 2, 3 ... with no gap.
    2. What ``append`` returned is still there after the process is killed.
    3. ``append`` stores all of its events and blobs, or nothing.
    4. ``read`` and ``read_all`` yield whole events in order, never hold a transaction
       open between two of them, and miss nothing that was appended before they
       were called.
    5. What ``append`` returned is still there after the power is cut, if an event of
       the batch is of the class ``power``; else a power cut takes at most the last
       appends, whole ones, and none before them.
    6. A reader that goes on from its cursor misses nothing and sees nothing twice,
       whoever else is writing.
    """

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
        """Add events at the end of a stream, with the blobs that they refer to.

        Args:
            expected: the version that the caller saw (0: the stream is new), or
                ``ANY_VERSION``.
            correlation_id: the run that these events belong to; the stream itself by
                default.
            forget: digests of blobs that go, in the same transaction; one that is not
                there is no error.
            redact: positions of this stream whose payloads go, in the same
                transaction: salt and payload, while digest and hash stay.

        A retry, that is the same ids with the same stream, types and payloads,
        stores nothing and returns the events as they were first recorded, whatever
        version is expected. A blob that is already there stays as it is. A batch
        without events changes nothing.

        Raises:
            ValueError: an id is not a UUID in canonical text, or there are blobs
                without an event.
            WrongExpectedVersionError: the stream is at another version.
            EventIdReusedError: an id is taken by something else, or twice in the
                batch; or the batch is recorded in another order.
            PartialRetryError: a part of the batch is recorded, another is not.
            LedgerWriteError: disk full, read-only, or closed; nothing was recorded.
            LedgerUnusableError: what is there is damaged; nothing was recorded.
        """
        ...

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        """Yield the events of one stream with ``position > after``.

        A stream that was never written yields nothing.

        Raises:
            LedgerUnusableError: the ledger is closed, or damaged at the next event.
        """
        ...

    def read_all(
        self,
        *,
        after: Cursor | None = None,
        types: Collection[str] | None = None,
        settled: bool = True,
    ) -> Iterator[Recorded]:
        """Yield the events of all streams that follow a cursor; None: from the start.

        What is yielded ends where the order is not settled yet: an event of an
        append that is under way on PostgreSQL, or of a later one, comes with a later
        call. Raises as ``read``, and

        Args:
            types: wire names, as stored; None means all.
            settled: False also yields what is there and not settled, last and each
                stream in its order: for who looks once and keeps no cursor.

        Raises:
            LedgerUnusableError: the cursor is none of this ledger's.
        """
        ...

    def cursor(self, recorded: Recorded) -> Cursor:
        """Return where a reader stands that has just read this event."""
        ...

    def streams(self, prefix: str = "") -> list[Stream]:
        """Return the streams whose name begins with ``prefix``, by name."""
        ...


class BlobStore(Protocol):
    """Immutable bytes under their digest; written only together with an event."""

    def blob(self, digest: str) -> bytes:
        """Return stored bytes.

        Raises:
            BlobMissingError: there is no such blob.
            BlobDamagedError: the bytes there do not have this digest.
        """
        ...


class Ledger(EventLog, BlobStore, SealedLog, Protocol):
    """What one path or URL opens: events, blobs, cursors, and its keys."""

    @property
    def location(self) -> str:
        """Where it is, for people; without passwords."""
        ...

    @property
    def locks(self) -> RunLocks:
        """Who is at work on which run."""
        ...

    @property
    def cursors(self) -> Cursors:
        """How far each subscriber has come, and the rows that it made."""
        ...

    @property
    def keys(self) -> Keys:
        """The keys of this ledger, which are never in the log."""
        ...

    @property
    def maintenance(self) -> Maintenance:
        """Sizes, copies and compaction of this ledger."""
        ...

    def import_rows(self, rows: Sequence[StoredRow], blobs: Sequence[Blob]) -> int:
        """Take in a stream of another ledger, from its first event on.

        Ids, times, salts, payloads and hashes stay as they are; seals and global
        positions are this ledger's. Rows and blobs are stored in one transaction that
        survives a power cut. Blobs are stored as they are, sealed or not: whether
        they belong to the rows is for the caller to know.

        Args:
            rows: all of one stream, in order; their seals are of no account.

        Returns:
            How many events were stored: all, or none where the stream is here already
            and begins with the same hashes. Then no blob is stored either, so that
            what was erased or pruned here stays away.

        Raises:
            ValueError: the rows are no whole chain: of several streams, not from
                position 1 on, or with hashes that do not follow from them.
            StreamTakenError: the stream is here with other events.
            EventIdReusedError: an id is taken by an event of another stream.
            LedgerWriteError, LedgerUnusableError: as ``append``.
        """
        ...

    def close(self) -> None:
        """Release files and locks. Closing twice is harmless."""
        ...
