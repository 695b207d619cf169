"""What a ledger in memory holds: rows as the SQLite ledger has them, and blobs."""

from collections.abc import Collection, Sequence
from threading import Lock

from wct_adapters.ledgers.batch import Tip
from wct_adapters.ledgers.rows import Row, redacted
from wct_domain.chain import FIRST
from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.ledger import Blob
from wct_domain.ports.sealed_log import StoredCheckpoint


class Contents:
    """Shared by who reads and who writes, who holds ``lock``.

    Lists only grow, so that readers need no lock.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.closed = False
        self.rows: list[Row] = []
        self.names: list[str] = []  # by number of the stream
        self.of_stream: dict[str, list[Row]] = {}
        self.by_id: dict[bytes, Row] = {}
        self.blobs: dict[str, bytes] = {}
        self.checkpoints: dict[int, StoredCheckpoint] = {}  # by size

    def refuse_if_closed(self) -> None:
        """Refuse to show anything of a ledger that was closed.

        Raises:
            LedgerUnusableError
        """
        if self.closed:
            msg = "the ledger in memory is closed; open another one"
            raise LedgerUnusableError(msg)

    def tip(self, stream: str) -> Tip:
        """Tell where a stream stands; a new one has the next number."""
        if rows := self.of_stream.get(stream):
            return Tip(rows[-1].stream, rows[-1].position, rows[-1].hash)
        return Tip(len(self.names), 0, FIRST)

    def store(self, stream: str, rows: list[Row], blobs: Sequence[Blob]) -> None:
        """Add rows at the end of a stream, with what belongs to them."""
        if stream not in self.of_stream:
            self.names.append(stream)
            self.of_stream[stream] = []
        for blob in blobs:
            self.blobs.setdefault(blob.digest, blob.stored)
        self.by_id.update((row.event_id, row) for row in rows)
        self.of_stream[stream] += rows
        self.rows += rows

    def redact(self, stream: str, positions: Collection[int]) -> None:
        """Take the payloads of events away."""
        rows = self.of_stream.get(stream, [])
        for position in positions:
            if 0 < position <= len(rows):
                row = redacted(rows[position - 1])
                rows[position - 1] = self.rows[row.global_position - 1] = row
