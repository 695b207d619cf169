"""The PostgreSQL ledger as its port sees it."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from wct_adapters.ledgers.cursors import cursor_place, cursor_text
from wct_adapters.ledgers.postgres.append import Appender
from wct_adapters.ledgers.postgres.contents import Facts
from wct_adapters.ledgers.postgres.read import PagedReader
from wct_adapters.ledgers.postgres.sealed import SealedReader
from wct_adapters.ledgers.postgres.sealing import Sealer
from wct_adapters.ledgers.postgres.taking_in import import_rows
from wct_adapters.ledgers.postgres.transactions import Transactions
from wct_domain.errors import LedgerWriteError
from wct_domain.ports.keys import Keys
from wct_domain.ports.ledger import Blob, Cursor, Ledger, NewEvent, Recorded, Stream
from wct_domain.ports.maintenance import Maintenance
from wct_domain.ports.run_locks import RunLocks
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow


class Writing(NamedTuple):
    """What a ledger that is open for writing has beside its reader."""

    transactions: Transactions
    appender: Appender
    sealer: Sealer


class PostgresLedger(Ledger):
    """Made by :func:`wct_adapters.ledgers.postgres.opening.open_postgres_ledger`."""

    def __init__(
        self,
        location: str,
        facts: Facts,
        reader: PagedReader,
        writing: Writing | None,
        keys: Keys,
        maintenance: Maintenance,
        locks: RunLocks,
    ) -> None:
        self._location = location
        self._facts = facts
        self._reader = reader
        self._writing = writing
        self._sealed = SealedReader(reader, location)
        self._keys = keys
        self._maintenance = maintenance
        self._locks = locks

    @property
    def location(self) -> str:
        return self._location

    @property
    def log_id(self) -> str:
        return self._facts.log_id

    @property
    def former_ids(self) -> tuple[str, ...]:
        return self._facts.former_ids

    @property
    def locks(self) -> RunLocks:
        return self._locks

    @property
    def keys(self) -> Keys:
        return self._keys

    @property
    def maintenance(self) -> Maintenance:
        return self._maintenance

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
        return self._for_writing.appender.append(
            stream,
            events,
            expected=expected,
            blobs=blobs,
            correlation_id=correlation_id,
            forget=forget,
            redact=redact,
        )

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        return self._reader.read(stream, after=after)

    def read_all(
        self,
        *,
        after: Cursor | None = None,
        types: Collection[str] | None = None,
        settled: bool = True,
    ) -> Iterator[Recorded]:
        xid = position = 0
        if after is not None:
            log, place = self._facts.order_id, self._location
            xid, position = cursor_place(after, log, place, 2)
        return self._reader.read_all(
            after=(xid, position), types=types, settled=settled
        )

    def cursor(self, recorded: Recorded) -> Cursor:
        order = self._facts.order_id
        return cursor_text(order, recorded.transaction, recorded.global_position)

    def streams(self, prefix: str = "") -> list[Stream]:
        return self._reader.streams(prefix)

    def blob(self, digest: str) -> bytes:
        return self._reader.blob(digest)

    def seal(self, *, patience: float = 0.0) -> int:
        if self._writing is not None:
            self._writing.sealer.seal(patience=patience)
        return self._sealed.last_seal()

    def sealed_hashes(self, after: int, upto: int) -> Iterator[bytes]:
        return self._sealed.sealed_hashes(after, upto)

    def rows(self, *, after: int = 0, stream: str | None = None) -> Iterator[StoredRow]:
        return self._sealed.rows(after=after, stream=stream)

    def seal_of(self, stream: str, position: int) -> int | None:
        return self._sealed.seal_of(stream, position)

    def blob_digests(self) -> Iterator[str]:
        return self._sealed.blob_digests()

    def checkpoints(self, *, since: int = 0) -> Iterator[StoredCheckpoint]:
        return self._sealed.checkpoints(since=since)

    def last_checkpoint(self) -> StoredCheckpoint | None:
        return self._sealed.last_checkpoint()

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        self._for_writing.sealer.add_checkpoint(checkpoint)

    def import_rows(self, rows: Sequence[StoredRow], blobs: Sequence[Blob]) -> int:
        return import_rows(self._for_writing.transactions, rows, blobs)

    @property
    def _for_writing(self) -> Writing:
        if self._writing is None:
            msg = (
                f"ledger '{self._location}' is open for reading only, nothing was "
                "recorded; open it for writing"
            )
            raise LedgerWriteError(msg)
        return self._writing

    def close(self) -> None:
        self._reader.close()
        if self._writing is not None:
            self._writing.transactions.close()
