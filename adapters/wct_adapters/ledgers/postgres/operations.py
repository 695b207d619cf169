"""Work on a PostgreSQL ledger as a whole: sizes, and room given back."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

import psycopg

from wct_adapters.ledgers.postgres.connections import Channel
from wct_adapters.ledgers.postgres.failures import Closed, write_failure
from wct_adapters.ledgers.postgres.horizon import horizon
from wct_adapters.ledgers.postgres.read import PagedReader
from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.maintenance import Horizon, Maintenance, Space, StreamSize

_TABLES: Final = (
    "wct.events",
    "wct.blobs",
    "wct.seals",
    "wct.streams",
    "wct.checkpoints",
)
_USED: Final = "SELECT coalesce(sum(pg_total_relation_size(t::regclass)), 0)::bigint "
_SPACE: Final = _USED + "FROM unnest(%s::text[]) t"
_STREAM_SIZES: Final = """
SELECT s.name, count(*), sum(
    coalesce(length(salt), 0) + coalesce(length(payload), 0)
    + coalesce(length(payload_digest), 0) + length(event_id)
    + coalesce(length(causation), 0) + length(hash)
)::bigint
FROM wct.events e JOIN wct.streams s ON s.id = e.stream
WHERE starts_with(s.name, %s) GROUP BY s.name ORDER BY s.name
"""
_HOLDING: Final = """
SELECT s.name FROM wct.events e JOIN wct.streams s ON s.id = e.stream
WHERE e.type = ANY(%s) AND EXISTS (
    SELECT 1 FROM unnest(%s::bytea[]) AS t(text) WHERE position(t.text IN e.payload) > 0
)
GROUP BY s.name ORDER BY min(e.global_position)
"""
_BLOB_SIZES: Final = """
SELECT encode(digest, 'hex'), length(stored) FROM wct.blobs
WHERE digest = ANY(%s::bytea[])
"""


class PostgresMaintenance(Maintenance):
    """Looks through the reader's connection, and compacts through one of its own.

    Args:
        make_channel: opens another connection, for what takes long.
    """

    def __init__(self, url: str, reader: PagedReader, location: str) -> None:
        self._url = url
        self._reader = reader
        self._location = location

    def space(self) -> Space:
        """Return what the tables take; the rest is the server's to know."""
        return Space(self._used(), 0, 0, None)

    def stream_sizes(self, prefix: str = "") -> list[StreamSize]:
        return [StreamSize(*row) for row in self._reader.page(_STREAM_SIZES, (prefix,))]

    def streams_holding(
        self, texts: Collection[str], types: Collection[str]
    ) -> list[str]:
        wanted = [text.encode() for text in texts]
        found = self._reader.page(_HOLDING, (list(types), wanted))
        return [name for (name,) in found]

    def blob_sizes(self, digests: Collection[str]) -> dict[str, int]:
        wanted = [bytes.fromhex(digest) for digest in digests]
        return dict(self._reader.page(_BLOB_SIZES, (wanted,)))

    def compact(self) -> int:
        """Rewrite events and blobs (VACUUM FULL), which nobody can use meanwhile."""
        before = self._used()
        channel = Channel(self._url, self._location)
        try:
            connection = channel.connection()
            connection.execute("VACUUM FULL wct.events", prepare=False)
            connection.execute("VACUUM FULL wct.blobs", prepare=False)
        except (psycopg.Error, Closed) as error:
            raise write_failure(self._location, error) from error
        finally:
            channel.close()
        return max(before - self._used(), 0)

    def backup(self, target: Path) -> None:
        msg = (
            f"ledger '{self._location}' is PostgreSQL's to copy, nothing was written "
            f"to '{target}': use pg_dump, or what the server is backed up with"
        )
        raise LedgerUnusableError(msg)

    def horizon(self) -> Horizon | None:
        return horizon(self._reader)

    def _used(self) -> int:
        size: int = self._reader.page(_SPACE, (list(_TABLES),))[0][0]
        return size
