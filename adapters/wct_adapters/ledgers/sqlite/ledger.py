"""The SQLite ledger as its port sees it: a writer and a reader over one file."""

from collections.abc import Sequence

from wct_adapters.ledgers.batch import Batch
from wct_adapters.ledgers.facade import Writing
from wct_adapters.ledgers.in_order import LedgerInOrder
from wct_adapters.ledgers.sqlite.append import Appender
from wct_adapters.ledgers.sqlite.taking_in import add_checkpoint, import_rows
from wct_adapters.ledgers.sqlite.writing import Writer
from wct_domain.ports.ledger import Blob, Recorded
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow


class SqliteLedger(LedgerInOrder):
    """Made by :func:`wct_adapters.ledgers.sqlite.opening.open_sqlite_ledger`."""


class SqliteWriting(Writing):
    """All that is written goes through one connection."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._appender = Appender(writer)

    def append(self, batch: Batch) -> tuple[Recorded, ...]:
        return self._appender.append(batch)

    def seal(self, patience: float) -> None:
        """Do nothing: commits are in order, and an event's place is its number."""

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        add_checkpoint(self._writer, checkpoint)

    def import_rows(self, rows: Sequence[StoredRow], blobs: Sequence[Blob]) -> int:
        return import_rows(self._writer, rows, blobs)

    def close(self) -> None:
        self._writer.close()
