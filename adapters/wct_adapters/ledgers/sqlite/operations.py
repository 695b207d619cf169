"""Work on a SQLite ledger as a whole: sizes, compaction, copies."""

import json
import os
from collections.abc import Collection, Iterable
from pathlib import Path

import apsw

from wct_adapters.ledgers.sqlite.backup_marks import is_backup, mark_as_backup
from wct_adapters.ledgers.sqlite.connections import (
    connect_for_reading,
    connect_for_writing,
    empty_log,
)
from wct_adapters.ledgers.sqlite.contents import rename
from wct_adapters.ledgers.sqlite.copying import copied, refuse_existing
from wct_adapters.ledgers.sqlite.failures import (
    PATIENCE,
    read_failure,
    write_failure,
)
from wct_adapters.ledgers.sqlite.read import PagedReader
from wct_adapters.ledgers.sqlite.schema import FIRST_OF_STEPS
from wct_domain.ports.maintenance import Maintenance, Space, StreamSize

_USED = """
SELECT page_size * page_count, page_size * freelist_count
FROM pragma_page_size, pragma_page_count, pragma_freelist_count
"""
_STREAM_SIZES = """
SELECT name, count(*), sum(
    coalesce(length(salt), 0) + coalesce(length(payload), 0)
    + coalesce(length(payload_digest), 0) + length(event_id)
    + coalesce(length(causation), 0) + length(hash)
)
FROM events JOIN streams ON streams.id = stream
WHERE stream IN (SELECT id FROM streams WHERE substr(name, 1, ?2) = ?1)
GROUP BY stream ORDER BY name
"""
_TYPES = "SELECT id FROM types WHERE name IN (SELECT value FROM json_each(?))"
_HOLDING = """
SELECT name FROM events JOIN streams ON streams.id = stream
WHERE type IN (SELECT value FROM json_each(?)) {and_run_level} AND EXISTS (
    SELECT 1 FROM json_each(?) WHERE instr(payload, CAST(value AS BLOB))
)
GROUP BY stream ORDER BY min(global_position)
"""
_BLOB_SIZES = """
SELECT lower(hex(digest)), length(stored)
FROM json_each(?) each JOIN blobs ON digest = unhex(each.value)
"""


class SqliteMaintenance(Maintenance):
    """Works through connections of its own, beside the ledger's."""

    def __init__(
        self,
        path: Path,
        reader: PagedReader,
    ) -> None:
        self._path = path.absolute()
        self._location = str(path)
        self._reader = reader

    def space(self) -> Space:
        ((ledger, unused),) = self._reader.page(_USED, ())
        log = self._path.with_name(self._path.name + "-wal")
        disk = os.statvfs(self._path.parent)
        return Space(ledger, _size(log), unused, disk.f_bavail * disk.f_frsize)

    def stream_sizes(self, prefix: str = "") -> list[StreamSize]:
        rows = self._reader.page(_STREAM_SIZES, (prefix, len(prefix)))
        return [StreamSize(*row) for row in rows]

    def streams_holding(
        self, texts: Collection[str], types: Collection[str]
    ) -> list[str]:
        numbers = [each for (each,) in self._reader.page(_TYPES, (_json(types),))]
        few = max(numbers, default=0) < FIRST_OF_STEPS  # there is an index of them
        sql = _HOLDING.format(
            and_run_level=f"AND type < {FIRST_OF_STEPS}" if few else ""
        )
        found = self._reader.page(sql, (_json(numbers), _json(texts)))
        return [name for (name,) in found]

    def blob_sizes(self, digests: Collection[str]) -> dict[str, int]:
        listed = ",".join(f'"{digest}"' for digest in digests)
        return dict(self._reader.page(_BLOB_SIZES, (f"[{listed}]",)))

    def horizon(self) -> None:
        return None

    def compact(self) -> int:
        before = _size(self._path)
        try:
            connection = connect_for_writing(self._path)
            try:
                connection.execute("VACUUM")
                if not empty_log(connection, PATIENCE):
                    raise apsw.BusyError
            finally:
                connection.close()
        except apsw.Error as error:
            raise write_failure(self._location, error) from error
        return max(before - _size(self._path), 0)

    def backup(self, target: Path) -> None:
        refuse_existing(target)
        try:
            source = connect_for_reading(self._path)
        except apsw.Error as error:
            raise read_failure(self._location, error) from error
        try:
            with copied(source, target) as copy:
                rename(copy, keep_former=is_backup(copy))
                mark_as_backup(copy)
        finally:
            source.close()


def _json(values: Iterable[object]) -> str:
    return json.dumps(list(values))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
