"""What a SQLite ledger keeps of its subscribers, in tables beside the log's."""

import secrets
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from wct_adapters.ledgers.cursors import cursor_place, cursor_text
from wct_adapters.ledgers.kept_rows import FIRST_REVISIONS, new_texts
from wct_adapters.ledgers.sqlite.append import LAST
from wct_adapters.ledgers.sqlite.connections import Database
from wct_adapters.ledgers.sqlite.read import PagedReader
from wct_adapters.ledgers.sqlite.writing import Writer
from wct_adapters.ledgers.standings import (
    attempt_of,
    attempt_row,
    for_reading_only,
    parked_of,
    parked_row,
    rows_of,
)
from wct_domain.errors import CursorMovedError
from wct_domain.ports.cursors import (
    OWN,
    Cursor,
    Cursors,
    KeptRow,
    Parked,
    Row,
    Standing,
)

_HAS_TABLES: Final = "SELECT 1 FROM sqlite_schema WHERE name = 'subscribers'"
_STANDINGS: Final = """
SELECT name, revision, place, handed, attempted, attempt, again_at, reason
FROM subscribers
"""
_BEGIN: Final = """
INSERT INTO subscribers (name, revision, place) VALUES (?, ?, ?)
ON CONFLICT DO NOTHING
"""
_MOVE: Final = """
UPDATE subscribers SET revision = revision + 1, place = ?, handed = ?,
    attempted = ?, attempt = ?, again_at = ?, reason = ?
WHERE name = ? AND revision = ? RETURNING shelf
"""
_ROW: Final = "SELECT value FROM kept_rows WHERE shelf = ? AND key = ?"
_KEEP: Final = """
INSERT INTO kept_rows (shelf, key, stream, value) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET stream = excluded.stream, value = excluded.value
"""
_DROP: Final = "DELETE FROM kept_rows WHERE shelf = ? AND key = ?"
_PARK: Final = "REPLACE INTO parked VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_RELEASE: Final = "DELETE FROM parked WHERE shelf = ? AND stream = ?"
_PARKED: Final = """
SELECT stream, position, event, last, waiting, attempts, reason, since
FROM parked WHERE shelf = (SELECT shelf FROM subscribers WHERE name = ?)
ORDER BY since, stream
"""
_ROWS: Final = """
SELECT key, value, stream FROM kept_rows
WHERE shelf = (SELECT shelf FROM subscribers WHERE name = ?) AND key >= ?
ORDER BY key LIMIT 1000
"""
_SHELF: Final = "SELECT shelf, revision FROM subscribers WHERE name = ?"
_FORGET: Final = """
DELETE FROM kept_rows WHERE stream = ? AND shelf NOT IN (
    SELECT shelf FROM subscribers WHERE substr(name, 1, length(?)) = ?
) RETURNING 1
"""

_REMOVE: Final = (
    "DELETE FROM kept_rows WHERE shelf = ?",
    "DELETE FROM parked WHERE shelf = ?",
    "DELETE FROM subscribers WHERE shelf = ?",
)


class SqliteCursors(Cursors):
    """Places are kept without the ledger's id: in a restored copy they are as true.

    Args:
        writer: None in a ledger that is open for reading only.
    """

    def __init__(
        self, reader: PagedReader, writer: Writer | None, log_id: str, location: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._log_id = log_id
        self._location = location
        self._has_tables = writer is not None

    def head(self) -> Cursor | None:
        return self._cursor(self._reader.page(LAST, ())[0][0])

    def standings(self) -> list[Standing]:
        return list(map(self._standing, self._page(_STANDINGS + " ORDER BY name")))

    def standing(self, subscriber: str) -> Standing | None:
        found = self._page(_STANDINGS + " WHERE name = ?", subscriber)
        return self._standing(found[0]) if found else None

    def begin(self, subscriber: str, cursor: Cursor | None) -> Standing:
        place = self._place(cursor)
        revision = secrets.randbelow(FIRST_REVISIONS)
        writer = self._for_writing
        with writer.alone("process") as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_BEGIN, (subscriber, revision, place))
            row = connection.execute(_STANDINGS + " WHERE name = ?", (subscriber,)).get
            writer.commit()
        return self._standing(row)

    def move(
        self,
        before: Standing,
        after: Standing,
        *,
        rows: Sequence[tuple[str, Row]] = (),
        park: Collection[Parked] = (),
        release: Collection[str] = (),
    ) -> Standing:
        name = before.subscriber
        values = (*self._values(after), name, before.revision)
        writer = self._for_writing
        with writer.alone("process") as connection:
            connection.execute("BEGIN IMMEDIATE")
            shelf = connection.execute(_MOVE, values).get
            if shelf is None:
                raise CursorMovedError(name)
            _keep(connection, shelf, rows)
            if park:
                connection.executemany(
                    _PARK, [parked_row(shelf, each) for each in park]
                )
            if release:
                connection.executemany(_RELEASE, [(shelf, each) for each in release])
            writer.commit()
        return after._replace(subscriber=name, revision=before.revision + 1)

    def parked(self, subscriber: str) -> list[Parked]:
        return parked_of(self._page(_PARKED, subscriber))

    def rows(self, subscriber: str, *, prefix: str = "") -> Iterator[KeptRow]:
        return rows_of(lambda first: self._page(_ROWS, subscriber, first), prefix)

    def take_over(self, subscriber: str, by: Standing) -> Standing:
        writer = self._for_writing
        with writer.alone("process") as connection:
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute(_SHELF, (by.subscriber,)).get
            if found is None or found[1] != by.revision:
                raise CursorMovedError(by.subscriber)
            old = connection.execute(_SHELF, (subscriber,)).get
            revision = max(by.revision, old[1] if old else 0) + 1
            _remove(connection, subscriber)
            connection.execute(
                "UPDATE subscribers SET name = ?, revision = ? WHERE shelf = ?",
                (subscriber, revision, found[0]),
            )
            writer.commit()
        return by._replace(subscriber=subscriber, revision=revision)

    def remove(self, subscriber: str) -> None:
        writer = self._for_writing
        with writer.alone("process") as connection:
            connection.execute("BEGIN IMMEDIATE")
            _remove(connection, subscriber)
            writer.commit()

    def forget(self, stream: str) -> int:
        writer = self._for_writing
        with writer.alone("power") as connection:
            connection.execute("BEGIN IMMEDIATE")
            gone = len(connection.execute(_FORGET, (stream, OWN, OWN)).fetchall())
            writer.commit()
            if gone:
                writer.empty_log()
        return gone

    def _page(self, sql: str, *bindings: str) -> list[Any]:
        if not self._has_tables:
            # Of a file that only an older wct has written.
            self._has_tables = bool(self._reader.page(_HAS_TABLES, ()))
        return self._reader.page(sql, bindings) if self._has_tables else []

    def _standing(self, row: Any) -> Standing:
        name, revision, place, handed, event, number, again, reason = row
        attempt = attempt_of(event, number, again, reason)
        cursors = self._cursor(place), self._cursor(handed)
        return Standing(name, revision, *cursors, attempt)

    def _values(self, standing: Standing) -> tuple[Any, ...]:
        places = self._place(standing.cursor), self._place(standing.handed)
        return (*places, *attempt_row(standing.attempt))

    def _cursor(self, place: int | None) -> Cursor | None:
        return None if place is None else cursor_text(self._log_id, place)

    def _place(self, cursor: Cursor | None) -> int | None:
        if cursor is None:
            return None
        return cursor_place(cursor, self._log_id, self._location, 1)[0]

    @property
    def _for_writing(self) -> Writer:
        if self._writer is None:
            raise for_reading_only(self._location)
        return self._writer


def _keep(connection: Database, shelf: int, rows: Sequence[tuple[str, Row]]) -> None:
    texts = new_texts(rows, lambda key: connection.execute(_ROW, (shelf, key)).get)
    kept = [text for text in texts if text.value is not None]
    gone = [(shelf, text.key) for text in texts if text.value is None]
    if kept:
        connection.executemany(_KEEP, [(shelf, *text) for text in kept])
    if gone:
        connection.executemany(_DROP, gone)


def _remove(connection: Database, subscriber: str) -> None:
    shelf = connection.execute(_SHELF, (subscriber,)).get
    if shelf is not None:
        for statement in _REMOVE:
            connection.execute(statement, shelf[:1])
