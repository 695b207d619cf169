"""Reading a ledger in memory: its events, and what a verifier looks at."""

from collections.abc import Collection, Iterator

from wct_adapters.ledgers.facade import Reading, Sealed
from wct_adapters.ledgers.memory.contents import Contents
from wct_adapters.ledgers.rows import Row, from_row, id_text, optional_id_text
from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.ledger import Recorded, Stream
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow


class MemoryReading(Reading):
    """Decodes events of what is held when they are asked for."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        self._contents.refuse_if_closed()
        return self._events(self._contents.of_stream.get(stream, []), after, None)

    def read_all(
        self, *, after: int, types: Collection[str] | None
    ) -> Iterator[Recorded]:
        self._contents.refuse_if_closed()
        return self._events(self._contents.rows, after, types)

    def streams(self, prefix: str = "") -> list[Stream]:
        self._contents.refuse_if_closed()
        with self._contents.lock:
            return [
                Stream(name, rows[-1].position, rows[-1].hash)
                for name, rows in sorted(self._contents.of_stream.items())
                if name.startswith(prefix)
            ]

    def stored(self, digest: str) -> bytes | None:
        self._contents.refuse_if_closed()
        return self._contents.blobs.get(digest)

    def close(self) -> None:
        self._contents.closed = True

    def _events(
        self, rows: list[Row], after: int, types: Collection[str] | None
    ) -> Iterator[Recorded]:
        index = max(after, 0)
        while index < len(rows):
            row = rows[index]
            index += 1
            if types is None or row.type in types:
                yield from_row(row, self._contents.names[row.stream])


class MemorySealed(Sealed):
    """Global positions are seal numbers: they are gapless, and in order."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents

    def last_seal(self) -> int:
        return len(self._open.rows)

    def sealed_hashes(self, after: int, upto: int) -> Iterator[bytes]:
        return (row.hash for row in self._open.rows[after:upto])

    def rows(self, *, after: int = 0, stream: str | None = None) -> Iterator[StoredRow]:
        for row in self._open.rows[after:]:
            name = self._open.names[row.stream]
            if stream in (None, name):
                yield _stored(row, name)

    def seal_of(self, stream: str, position: int) -> int | None:
        rows = self._open.of_stream.get(stream, [])
        if not 0 < position <= len(rows):
            msg = f"ledger 'memory' has no event {position} of '{stream}'"
            raise LedgerUnusableError(msg)
        return rows[position - 1].global_position

    def blob_digests(self) -> Iterator[str]:
        return iter(list(self._open.blobs))

    def checkpoints(self, *, since: int = 0) -> Iterator[StoredCheckpoint]:
        kept = self._open.checkpoints
        return (kept[size] for size in sorted(kept) if size >= since)

    def last_checkpoint(self) -> StoredCheckpoint | None:
        kept = self._open.checkpoints
        return kept[max(kept)] if kept else None

    @property
    def _open(self) -> Contents:
        self._contents.refuse_if_closed()
        return self._contents


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
