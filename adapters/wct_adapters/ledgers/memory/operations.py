"""Work on a ledger in memory as a whole: there is little to do."""

from collections.abc import Collection
from pathlib import Path

from wct_adapters.ledgers.memory.contents import Contents
from wct_adapters.ledgers.rows import Row
from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.maintenance import Maintenance, Space, StreamSize


class MemoryMaintenance(Maintenance):
    """Looks at what a memory ledger holds."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents

    def space(self) -> Space:
        events = sum(each.size for each in self.stream_sizes())
        return Space(events + sum(map(len, self._contents.blobs.values())), 0, 0, None)

    def stream_sizes(self, prefix: str = "") -> list[StreamSize]:
        return [
            StreamSize(name, len(rows), sum(map(_size, rows)))
            for name, rows in sorted(self._contents.of_stream.items())
            if name.startswith(prefix)
        ]

    def streams_holding(
        self, texts: Collection[str], types: Collection[str]
    ) -> list[str]:
        wanted = [text.encode() for text in texts]

        def holds(row: Row) -> bool:
            payload = row.payload or b""
            return row.type in types and any(text in payload for text in wanted)

        first = {
            name: row.global_position
            for name, rows in self._contents.of_stream.items()
            if (row := next(filter(holds, rows), None)) is not None
        }
        return sorted(first, key=first.__getitem__)

    def blob_sizes(self, digests: Collection[str]) -> dict[str, int]:
        return {
            digest: len(self._contents.blobs[digest])
            for digest in digests
            if digest in self._contents.blobs
        }

    def horizon(self) -> None:
        return None

    def compact(self) -> int:
        return 0

    def backup(self, target: Path) -> None:
        msg = f"a ledger in memory cannot be copied to '{target}': record in a file"
        raise LedgerUnusableError(msg)


def _size(row: Row) -> int:
    columns = (
        row.salt,
        row.payload,
        row.payload_digest,
        row.event_id,
        row.causation,
        row.hash,
    )
    return sum(len(column) for column in columns if column is not None)
