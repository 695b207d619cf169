"""What operators ask of a ledger: how large it is, a copy of it, less of it."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple, Protocol


class Space(NamedTuple):
    """How much room a ledger takes, in bytes."""

    ledger: int  # events, blobs and indexes; what is unused included
    log: int  # write-ahead log beside it; 0 where the ledger has no log of its own
    unused: int  # of ``ledger``: kept for what comes next, given back by ``compact``
    free: int | None  # left on its disk; None where that cannot be known


class StreamSize(NamedTuple):
    """What the events of one stream take; blobs are not part of it."""

    stream: str
    events: int
    size: int  # bytes: salts, payloads, ids and hashes, without indexes


class Holder(NamedTuple):
    """A transaction that may hold back readers, anywhere on the database server."""

    pid: int | None  # of the server's process; None: a prepared transaction has none
    seconds: float  # since it began; 0 where the server does not say
    application: str  # as it names itself; "" where it does not
    database: str


class Horizon(NamedTuple):
    """What readers that keep a cursor, and checkpoints, have to wait for."""

    waiting: int  # events that are there and have no fixed order yet
    seconds: float  # age of the oldest of them; 0 where none waits
    holders: tuple[Holder, ...]  # transactions that write now, the oldest first


class Maintenance(Protocol):
    """Work on a ledger as a whole; everybody else may go on using it meanwhile."""

    def space(self) -> Space:
        """Return what the ledger takes now.

        Raises:
            LedgerUnusableError: it cannot be read.
        """
        ...

    def stream_sizes(self, prefix: str = "") -> list[StreamSize]:
        """Return the size of each stream whose name begins with ``prefix``, by name.

        Raises:
            LedgerUnusableError: it cannot be read.
        """
        ...

    def streams_holding(
        self, texts: Collection[str], types: Collection[str]
    ) -> list[str]:
        """Return the streams with an event whose stored payload has one of these texts.

        For who looks for a few streams among many: nothing is decoded. The stream whose
        event of that kind was numbered first comes first, whether its order is settled
        or not.

        Args:
            texts: of ASCII letters and digits, which are stored as they are.
            types: wire names of the events that are looked at.

        Raises:
            LedgerUnusableError: it cannot be read.
        """
        ...

    def blob_sizes(self, digests: Collection[str]) -> dict[str, int]:
        """Map each of these blobs that is there to its stored bytes.

        Raises:
            LedgerUnusableError: it cannot be read.
        """
        ...

    def horizon(self) -> Horizon | None:
        """Return how far the order of events is settled; None: it always is.

        Raises:
            LedgerUnusableError: it cannot be read.
        """
        ...

    def compact(self) -> int:
        """Give unused room back, and overwrite what was forgotten; return bytes given.

        On SQLite it takes as much free room as the ledger has used, and other writers
        wait. Nothing is lost if it fails.

        Raises:
            LedgerWriteError: no room for it, or a reader stayed in the way.
        """
        ...

    def backup(self, target: Path) -> None:
        """Write a copy as of one moment, while others read and write.

        The copy has another log id, under which nobody has keys: it is to be
        restored, not opened. ``target`` is there as a whole, on disk, or not at all.

        Raises:
            LedgerWriteError: it cannot be written; or something is there already.
            LedgerUnusableError: the ledger cannot be read, or is not one that wct
                can copy (PostgreSQL has its own tools; the text names them).
        """
        ...
