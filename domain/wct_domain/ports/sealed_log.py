"""What verification, checkpoints and export ask of a ledger: what is stored, raw."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Protocol


class StoredRow(NamedTuple):
    """An event exactly as it is stored: what a verifier recomputes hashes from.

    ``seal`` is its place among all sealed events of the ledger: 1, 2, 3 … in an order
    that never changes. A pruned event has no payload, and a ``payload_digest`` instead.
    """

    seal: int
    stream: str
    position: int
    id: str
    type: str
    recorded_at: int  # microseconds since 1970-01-01T00:00Z
    correlation_id: str
    causation_id: str | None
    salt: bytes | None
    payload: bytes | None
    payload_digest: bytes | None
    hash: bytes


class StoredCheckpoint(NamedTuple):
    """A signed statement on the first ``size`` sealed events, and how to go on from it.

    ``frontier`` is :meth:`wct_domain.merkle.Frontier.to_bytes`: with it the next
    checkpoint costs no more than the events that came since.
    """

    size: int
    root: bytes
    note: str
    frontier: bytes
    at: datetime  # UTC


class SealedLog(Protocol):
    """The log as a growing tree of event hashes."""

    @property
    def log_id(self) -> str:
        """Id that the ledger keeps for life; a restored backup gets another."""
        ...

    @property
    def former_ids(self) -> tuple[str, ...]:
        """Ids that this ledger had before it was copied, oldest first.

        Checkpoints from before a copy name one of these as their origin.
        """
        ...

    def seal(self, *, patience: float = 0.0) -> int:
        """Give a seal number to every event that can have one; return the last.

        On SQLite all events have one as soon as they are there. On PostgreSQL events
        whose transaction is not below the horizon yet have to wait. A ledger that is
        open for reading only gives none.

        Args:
            patience: seconds to wait for the events that are there already.

        Raises:
            LedgerWriteError: they could not be numbered.
        """
        ...

    def sealed_hashes(self, after: int, upto: int) -> Iterator[bytes]:
        """Yield the hashes of the events with ``after < seal <= upto``, in order."""
        ...

    def rows(self, *, after: int = 0, stream: str | None = None) -> Iterator[StoredRow]:
        """Yield stored rows with ``seal > after``, of all streams or of one, in order.

        Nothing is decoded or checked, so that damage does not stop the reader.
        """
        ...

    def seal_of(self, stream: str, position: int) -> int | None:
        """Return the seal number of an event; None while it has none.

        Raises:
            LedgerUnusableError: there is no such event.
        """
        ...

    def blob_digests(self) -> Iterator[str]:
        """Yield the digests of all blobs, in any order."""
        ...

    def checkpoints(self, *, since: int = 0) -> Iterator[StoredCheckpoint]:
        """Yield the checkpoints with ``size >= since``, smallest first."""
        ...

    def last_checkpoint(self) -> StoredCheckpoint | None:
        """Return the checkpoint of the greatest size, if there is one."""
        ...

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """Keep a checkpoint; it survives a power cut. One of a size is enough.

        Raises:
            LedgerWriteError: it is not kept.
        """
        ...
