"""The PostgreSQL ledger as its port sees it."""

from collections.abc import Collection, Iterator, Sequence

from wct_adapters.ledgers.batch import Batch
from wct_adapters.ledgers.cursors import cursor_place, cursor_text
from wct_adapters.ledgers.facade import LedgerOfParts, Parts, Writing
from wct_adapters.ledgers.postgres.append import Appender
from wct_adapters.ledgers.postgres.read import PagedReader
from wct_adapters.ledgers.postgres.sealing import Sealer
from wct_adapters.ledgers.postgres.taking_in import import_rows
from wct_adapters.ledgers.postgres.transactions import Transactions
from wct_domain.ports.cursors import Cursor
from wct_domain.ports.ledger import Blob, Recorded
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow


class PostgresLedger(LedgerOfParts[PagedReader]):
    """Made by :func:`wct_adapters.ledgers.postgres.opening.open_postgres_ledger`.

    Args:
        order_id: changes when the order of reading does: cursors name it.
    """

    def __init__(self, parts: Parts[PagedReader], order_id: str) -> None:
        super().__init__(parts)
        self._order_id = order_id

    def read_all(
        self,
        *,
        after: Cursor | None = None,
        types: Collection[str] | None = None,
        settled: bool = True,
    ) -> Iterator[Recorded]:
        xid = position = 0
        if after is not None:
            xid, position = cursor_place(after, self._order_id, self.location, 2)
        return self._parts.reading.read_all(
            after=(xid, position), types=types, settled=settled
        )

    def cursor(self, recorded: Recorded) -> Cursor:
        place = recorded.transaction, recorded.global_position
        return cursor_text(self._order_id, *place)


class PostgresWriting(Writing):
    """All that is written goes through one connection.

    Args:
        reader: has another one, to see what others are writing.
    """

    def __init__(self, transactions: Transactions, reader: PagedReader) -> None:
        self._transactions = transactions
        self._sealer = Sealer(transactions, reader)
        self._appender = Appender(transactions)

    def append(self, batch: Batch) -> tuple[Recorded, ...]:
        return self._appender.append(batch)

    def seal(self, patience: float) -> None:
        self._sealer.seal(patience=patience)

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        self._sealer.add_checkpoint(checkpoint)

    def import_rows(self, rows: Sequence[StoredRow], blobs: Sequence[Blob]) -> int:
        return import_rows(self._transactions, rows, blobs)

    def close(self) -> None:
        self._transactions.close()
