"""What the core asks of a ledger: an event log, with its blobs, in one place."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from wct_domain.events import AnyEvent, Event

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
    global_position: int  # order of commits in the whole ledger
    id: str
    at: datetime  # UTC, when it was appended
    correlation_id: str
    causation_id: str | None
    hash: bytes
    event: AnyEvent


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
    """

    def append(
        self,
        stream: str,
        events: Sequence[NewEvent],
        *,
        expected: int | None,
        blobs: Sequence[Blob] = (),
        correlation_id: str | None = None,
    ) -> tuple[Recorded, ...]:
        """Add events at the end of a stream, with the blobs that they refer to.

        Args:
            expected: the version that the caller saw (0: the stream is new), or
                ``ANY_VERSION``.
            correlation_id: the run that these events belong to; the stream itself by
                default.

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
        self, *, after: int = 0, types: Collection[str] | None = None
    ) -> Iterator[Recorded]:
        """Yield the events of all streams with ``global_position > after``.

        ``types`` are wire names, as stored; None means all. Raises as ``read``.
        """
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


class Ledger(EventLog, BlobStore, Protocol):
    """What one path opens: events, blobs, and the key of content digests."""

    @property
    def location(self) -> str:
        """Where it is, for people; without passwords."""
        ...

    @property
    def content_key(self) -> bytes:
        """Key of every content digest of this ledger: 32 bytes, never in the log."""
        ...

    def close(self) -> None:
        """Release files and locks. Closing twice is harmless."""
        ...
