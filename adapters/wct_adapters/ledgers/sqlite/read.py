"""Reading a SQLite ledger, in pages, so that no transaction outlives a page.

An open read transaction keeps the write-ahead log from being emptied: a reader that
dawdles between two events must not hold one.
"""

import json
from collections.abc import Callable, Collection, Iterator
from itertools import takewhile
from threading import Lock
from typing import Any

import apsw

from wct_adapters.ledgers.rows import event_of, id_text, moment
from wct_adapters.ledgers.sqlite.connections import Database
from wct_adapters.ledgers.sqlite.failures import gone_while_reading, read_failure
from wct_adapters.ledgers.sqlite.presence import OpenedFile
from wct_adapters.ledgers.sqlite.schema import FIRST_OF_STEPS
from wct_domain.digests import blob_digest
from wct_domain.errors import BlobDamagedError, BlobMissingError
from wct_domain.ports.ledger import Recorded, Stream

PAGE = 1000  # rows

# CROSS JOIN: events are read in their order, whatever the planner thinks.
_EVENTS = (
    "SELECT global_position, stream, position, event_id, types.name, recorded_at, "
    "correlation, causation, payload, hash "
    "FROM events CROSS JOIN types ON types.id = events.type "
)
_STREAM = f"{_EVENTS} WHERE stream = ? AND position > ? ORDER BY position LIMIT {PAGE}"
_ALL = f"{_EVENTS} WHERE global_position > ? ORDER BY global_position LIMIT {PAGE}"
_TYPES = (
    f"{_EVENTS} WHERE global_position > ? AND events.type IN "  # noqa: S608  # constants
    "(SELECT value FROM json_each(?)) "
)
_IN_ORDER = f"ORDER BY global_position LIMIT {PAGE}"
OF_TYPES = _TYPES + _IN_ORDER
OF_RUNS = f"{_TYPES} AND events.type < {FIRST_OF_STEPS} {_IN_ORDER}"  # by an index
_NUMBERS = "SELECT id FROM types WHERE name IN (SELECT value FROM json_each(?))"
_STREAM_ID = "SELECT id FROM streams WHERE name = ?"
_STREAM_NAME = "SELECT name FROM streams WHERE id = ?"
_STREAMS = (
    "SELECT s.name, e.position, e.hash FROM streams s JOIN events e "
    "ON e.stream = s.id AND e.position = "
    "(SELECT max(position) FROM events WHERE stream = s.id) "
    "WHERE s.name >= ? ORDER BY s.name"
)
_BLOB = "SELECT stored FROM blobs WHERE digest = ?"

_GLOBAL_POSITION, _STREAM_NUMBER, _POSITION = range(3)  # of _EVENTS


class PagedReader:
    """Reads through a connection of its own, opened when first needed.

    It is shared by all threads of this process and locked for one page at a time;
    a writer never waits for it.
    """

    def __init__(
        self, connect: Callable[[], Database], file: OpenedFile, location: str
    ) -> None:
        self._connect = connect
        self._file = file
        self._location = location
        self._connection: Database | None = None
        self._closed = False
        self._lock = Lock()
        self._names: dict[int, str] = {}

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        found = self.page(_STREAM_ID, (stream,))
        if not found:
            return
        number: int = found[0][0]
        self._names[number] = stream
        while page := self.page(_STREAM, (number, after)):
            yield from self._recorded(page)
            after = page[-1][_POSITION]

    def read_all(
        self, *, after: int, types: Collection[str] | None
    ) -> Iterator[Recorded]:
        sql: str = _ALL
        wanted: tuple[str, ...] = ()
        if types is not None:
            numbers = [each for (each,) in self.page(_NUMBERS, (_json(types),))]
            if not numbers:
                return
            sql = OF_RUNS if max(numbers) < FIRST_OF_STEPS else OF_TYPES
            wanted = (_json(numbers),)
        while page := self.page(sql, (after, *wanted)):
            yield from self._recorded(page)
            after = page[-1][_GLOBAL_POSITION]

    def streams(self, prefix: str = "") -> list[Stream]:
        found = (Stream(*row) for row in self.page(_STREAMS, (prefix,)))
        return list(takewhile(lambda stream: stream.name.startswith(prefix), found))

    def blob(self, digest: str) -> bytes:
        found = self.page(_BLOB, (bytes.fromhex(digest),))
        if not found:
            msg = f"ledger '{self._location}' has no blob {digest}"
            raise BlobMissingError(msg)
        stored: bytes = found[0][0]
        if blob_digest(stored) != digest:
            msg = (
                f"blob {digest} in ledger '{self._location}' is damaged: its bytes "
                "have another digest; restore a backup"
            )
            raise BlobDamagedError(msg)
        return stored

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()

    def _recorded(self, page: list[Any]) -> Iterator[Recorded]:
        names = self._names
        # A cause is mostly a recent event, and events of one batch share their moment.
        ids: dict[bytes, str] = {}
        recorded_at, moment_of_it = 0, moment(0)
        for order, number, position, raw, wire, at, other, cause, payload, link in page:
            name = names.get(number) or self._name(number)
            ids[raw] = id_text(raw)
            if at != recorded_at:
                recorded_at, moment_of_it = at, moment(at)
            yield Recorded(
                name,
                position,
                order,
                ids[raw],
                moment_of_it,
                other or name,
                None if cause is None else ids.get(cause) or id_text(cause),
                link,
                event_of(name, position, wire, payload),
            )

    def _name(self, number: int) -> str:
        name: str = self.page(_STREAM_NAME, (number,))[0][0]
        self._names[number] = name
        return name

    def page(self, sql: str, bindings: tuple[str | int | bytes, ...]) -> list[Any]:
        """Return all rows of a statement; the transaction ends with the last one."""
        try:
            with self._lock:
                if self._closed:
                    raise apsw.ConnectionClosedError
                if self._file.is_gone():
                    raise gone_while_reading(self._location)
                if self._connection is None:
                    self._connection = self._connect()
                return self._connection.execute(sql, bindings).fetchall()
        except apsw.Error as error:
            raise read_failure(self._location, error) from error


def _json(values: Collection[str] | Collection[int]) -> str:
    return json.dumps(list(values))
