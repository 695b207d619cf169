"""What a PostgreSQL ledger keeps of its subscribers, in tables beside the log's."""

import secrets
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, LiteralString

from wct_adapters.ledgers.cursors import cursor_place, cursor_text
from wct_adapters.ledgers.kept_rows import FIRST_REVISIONS, new_texts
from wct_adapters.ledgers.postgres.connections import Connection
from wct_adapters.ledgers.postgres.read import PagedReader
from wct_adapters.ledgers.postgres.transactions import Transactions
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

# Descending, and not max(): of a row comparison the planner has no other index scan.
_HEAD: Final = """
SELECT xid::text::bigint, global_position FROM wct.events
WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY events.xid DESC, global_position DESC LIMIT 1
"""
_HAS_TABLES: Final = "SELECT 1 WHERE to_regclass('wct.subscribers') IS NOT NULL"
_STANDINGS: Final = """
SELECT name, revision, xid, place, handed_xid, handed, attempted, attempt, again_at,
    reason
FROM wct.subscribers
"""
_BY_NAME: Final = " WHERE name = %s"
_BEGIN: Final = """
INSERT INTO wct.subscribers (name, revision, xid, place) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
_MOVE: Final = """
UPDATE wct.subscribers SET revision = revision + 1, xid = %s, place = %s,
    handed_xid = %s, handed = %s, attempted = %s, attempt = %s, again_at = %s,
    reason = %s
WHERE name = %s AND revision = %s RETURNING shelf
"""
_ROW: Final = "SELECT value FROM wct.kept_rows WHERE shelf = %s AND key = %s"
_KEEP: Final = """
INSERT INTO wct.kept_rows (shelf, key, stream, value) VALUES (%s, %s, %s, %s)
ON CONFLICT (shelf, key) DO UPDATE
SET stream = excluded.stream, value = excluded.value
"""
_DROP: Final = "DELETE FROM wct.kept_rows WHERE shelf = %s AND key = %s"
_PARK: Final = """
INSERT INTO wct.parked VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (shelf, stream) DO UPDATE SET position = excluded.position,
    event = excluded.event, last = excluded.last, waiting = excluded.waiting,
    attempts = excluded.attempts, reason = excluded.reason, since = excluded.since
"""
_RELEASE: Final = "DELETE FROM wct.parked WHERE shelf = %s AND stream = %s"
_PARKED: Final = """
SELECT stream, position, event, last, waiting, attempts, reason, since
FROM wct.parked WHERE shelf = (SELECT shelf FROM wct.subscribers WHERE name = %s)
ORDER BY since, stream
"""
_ROWS: Final = """
SELECT key, value, stream FROM wct.kept_rows
WHERE shelf = (SELECT shelf FROM wct.subscribers WHERE name = %s) AND key >= %s
ORDER BY key LIMIT 1000
"""
_SHELF: Final = "SELECT shelf, revision FROM wct.subscribers WHERE name = %s FOR UPDATE"
_RENAME: Final = "UPDATE wct.subscribers SET name = %s, revision = %s WHERE shelf = %s"
_FORGET: Final = """
DELETE FROM wct.kept_rows WHERE stream = %s AND shelf NOT IN (
    SELECT shelf FROM wct.subscribers WHERE starts_with(name, %s)
)
"""
_REMOVE: Final[tuple[LiteralString, ...]] = (
    "DELETE FROM wct.kept_rows WHERE shelf = %s",
    "DELETE FROM wct.parked WHERE shelf = %s",
    "DELETE FROM wct.subscribers WHERE shelf = %s",
)


class PostgresCursors(Cursors):
    """Each change is a transaction that locks the row of its subscriber.

    Args:
        transactions: None in a ledger that is open for reading only.
        order_id: changes when the order of reading does; places are kept without it.
    """

    def __init__(
        self,
        reader: PagedReader,
        transactions: Transactions | None,
        order_id: str,
        location: str,
    ) -> None:
        self._reader = reader
        self._transactions = transactions
        self._order_id = order_id
        self._location = location
        self._has_tables = False

    def head(self) -> Cursor | None:
        found = self._reader.page(_HEAD)
        return cursor_text(self._order_id, *found[0]) if found else None

    def standings(self) -> list[Standing]:
        return list(map(self._standing, self._page(_STANDINGS + " ORDER BY name")))

    def standing(self, subscriber: str) -> Standing | None:
        found = self._page(_STANDINGS + _BY_NAME, subscriber)
        return self._standing(found[0]) if found else None

    def begin(self, subscriber: str, cursor: Cursor | None) -> Standing:
        place = self._place(cursor)
        revision = secrets.randbelow(FIRST_REVISIONS)

        def attempt(connection: Connection, _again: bool) -> Any:
            connection.execute(_BEGIN, (subscriber, revision, *place))
            return connection.execute(_STANDINGS + _BY_NAME, (subscriber,)).fetchone()

        return self._standing(self._for_writing.run(attempt, "process"))

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
        values = self._values(after)
        moved = after._replace(subscriber=name, revision=before.revision + 1)

        def attempt(connection: Connection, again: bool) -> None:
            found = connection.execute(_MOVE, (*values, name, before.revision))
            shelf = found.fetchone()
            if shelf is None:
                if again and self._is_done(connection, moved):
                    return
                raise CursorMovedError(name)
            _keep(connection, shelf[0], rows)
            for each in park:
                connection.execute(_PARK, parked_row(shelf[0], each))
            for stream in release:
                connection.execute(_RELEASE, (shelf[0], stream))

        self._for_writing.run(attempt, "process")
        return moved

    def parked(self, subscriber: str) -> list[Parked]:
        return parked_of(self._page(_PARKED, subscriber))

    def rows(self, subscriber: str, *, prefix: str = "") -> Iterator[KeptRow]:
        return rows_of(lambda first: self._page(_ROWS, subscriber, first), prefix)

    def take_over(self, subscriber: str, by: Standing) -> Standing:
        def attempt(connection: Connection, _again: bool) -> int:
            found = connection.execute(_SHELF, (by.subscriber,)).fetchone()
            if found is None or found[1] != by.revision:
                raise CursorMovedError(by.subscriber)
            old = connection.execute(_SHELF, (subscriber,)).fetchone()
            revision: int = max(by.revision, old[1] if old else 0) + 1
            _remove(connection, subscriber)
            connection.execute(_RENAME, (subscriber, revision, found[0]))
            return revision

        revision = self._for_writing.run(attempt, "process")
        return by._replace(subscriber=subscriber, revision=revision)

    def remove(self, subscriber: str) -> None:
        self._for_writing.run(
            lambda connection, _: _remove(connection, subscriber), "process"
        )

    def forget(self, stream: str) -> int:
        return self._for_writing.run(
            lambda connection, _: connection.execute(_FORGET, (stream, OWN)).rowcount,
            "power",
        )

    def _is_done(self, connection: Connection, moved: Standing) -> bool:
        """Say whether the change was made, by a try whose answer was lost."""
        found = connection.execute(_STANDINGS + _BY_NAME, (moved.subscriber,))
        row = found.fetchone()
        return row is not None and self._standing(row) == moved

    def _page(self, sql: LiteralString, *parameters: str) -> list[Any]:
        if not self._has_tables:
            # Of a ledger that only an older wct has written.
            self._has_tables = bool(self._reader.page(_HAS_TABLES))
        return self._reader.page(sql, parameters) if self._has_tables else []

    def _standing(self, row: Any) -> Standing:
        name, revision, *places, event, number, again, reason = row
        cursors = self._cursor(*places[:2]), self._cursor(*places[2:])
        attempt = attempt_of(event, number, again, reason)
        return Standing(name, revision, *cursors, attempt)

    def _values(self, standing: Standing) -> tuple[Any, ...]:
        places = *self._place(standing.cursor), *self._place(standing.handed)
        return (*places, *attempt_row(standing.attempt))

    def _cursor(self, xid: int | None, place: int | None) -> Cursor | None:
        if xid is None or place is None:
            return None
        return cursor_text(self._order_id, xid, place)

    def _place(self, cursor: Cursor | None) -> tuple[int | None, int | None]:
        if cursor is None:
            return None, None
        xid, place = cursor_place(cursor, self._order_id, self._location, 2)
        return xid, place

    @property
    def _for_writing(self) -> Transactions:
        if self._transactions is None:
            raise for_reading_only(self._location)
        return self._transactions


def _keep(connection: Connection, shelf: int, rows: Sequence[tuple[str, Row]]) -> None:
    def stored(key: str) -> str | None:
        found = connection.execute(_ROW, (shelf, key)).fetchone()
        return None if found is None else found[0]

    for text in new_texts(rows, stored):
        if text.value is None:
            connection.execute(_DROP, (shelf, text.key))
        else:
            connection.execute(_KEEP, (shelf, *text))


def _remove(connection: Connection, subscriber: str) -> None:
    found = connection.execute(_SHELF, (subscriber,)).fetchone()
    if found is not None:
        for statement in _REMOVE:
            connection.execute(statement, found[:1])
