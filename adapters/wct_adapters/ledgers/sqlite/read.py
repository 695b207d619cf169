"""Reading a SQLite ledger, in pages, so that no transaction outlives a page.

An open read transaction keeps the write-ahead log from being emptied: a reader that
dawdles between two events must not hold one.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain, repeat, takewhile
from threading import Lock
from typing import Any

import apsw

from wct_adapters.ledgers.rows import (
    id_texts,
    moments,
    texts_of_causes,
    unreadable,
)
from wct_adapters.ledgers.sqlite.connections import Database
from wct_adapters.ledgers.sqlite.failures import (
    damaged,
    gone_while_reading,
    read_failure,
)
from wct_adapters.ledgers.sqlite.names import Names
from wct_adapters.ledgers.sqlite.presence import OpenedFile
from wct_adapters.ledgers.sqlite.schema import FIRST_OF_STEPS
from wct_domain.events import AnyEvent, PrunedEvent
from wct_domain.ports.ledger import Recorded, Stream
from wct_domain.upcasting import decoder_of

PAGE = 256  # rows: with more, what was fetched first has left the processor's cache

_EVENTS = (
    "SELECT global_position, stream, position, event_id, type, recorded_at, "
    "correlation, causation, payload, hash FROM events "
)
_STREAM = f"{_EVENTS} WHERE stream = ? AND position > ? ORDER BY position LIMIT {PAGE}"
_ALL = f"{_EVENTS} WHERE global_position > ? ORDER BY global_position LIMIT {PAGE}"
_TYPES = (
    f"{_EVENTS} WHERE global_position > ? AND type IN "  # noqa: S608  # constants
    "(SELECT value FROM json_each(?)) "
)
_IN_ORDER = f"ORDER BY global_position LIMIT {PAGE}"
OF_TYPES = _TYPES + _IN_ORDER
OF_RUNS = f"{_TYPES} AND type < {FIRST_OF_STEPS} {_IN_ORDER}"  # by an index
_NUMBERS = "SELECT id FROM types WHERE name IN (SELECT value FROM json_each(?))"
_STREAM_ID = "SELECT id FROM streams WHERE name = ?"
_STREAMS = (
    "SELECT s.name, e.position, e.hash FROM streams s JOIN events e "
    "ON e.stream = s.id AND e.position = "
    "(SELECT max(position) FROM events WHERE stream = s.id) "
    "WHERE s.name >= ? ORDER BY s.name"
)
_BLOB = "SELECT stored FROM blobs WHERE digest = ?"

_GLOBAL_POSITION, _STREAM_NUMBER, _POSITION = range(3)  # of _EVENTS

_TUPLE: Any = tuple
_RECORD: Callable[[Iterable[Any]], Recorded] = partial(_TUPLE.__new__, Recorded)
"""As ``Recorded._make``, which is a function in Python."""


class PagedReader:
    """Reads through a connection of its own: the one given, or opened when needed.

    It is shared by all threads of this process and locked for one page at a time;
    a writer never waits for it.
    """

    def __init__(
        self,
        connect: Callable[[], Database],
        file: OpenedFile,
        location: str,
        connection: Database | None = None,
    ) -> None:
        self._connect = connect
        self._file = file
        self._location = location
        self._connection = connection  # closed with this reader, also if never used
        self._closed = False
        self._lock = Lock()
        self.stream_names = Names("streams", location)
        self.type_names = Names("types", location)

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        return chain.from_iterable(self._of_stream(stream, after))

    def read_all(
        self, *, after: int, types: Collection[str] | None
    ) -> Iterator[Recorded]:
        return chain.from_iterable(self._of_all(after, types))

    def _of_stream(self, stream: str, after: int) -> Iterator[Iterator[Recorded]]:
        found = self.page(_STREAM_ID, (stream,))
        if not found:
            return
        number: int = found[0][0]
        while page := self.page(_STREAM, (number, after)):
            yield self._recorded(page)
            after = self.beyond(page[-1][_POSITION], after)

    def _of_all(
        self, after: int, types: Collection[str] | None
    ) -> Iterator[Iterator[Recorded]]:
        sql: str = _ALL
        wanted: tuple[str, ...] = ()
        if types is not None:
            numbers = [each for (each,) in self.page(_NUMBERS, (_json(types),))]
            if not numbers:
                return
            sql = OF_RUNS if max(numbers) < FIRST_OF_STEPS else OF_TYPES
            wanted = (_json(numbers),)
        while page := self.page(sql, (after, *wanted)):
            yield self._recorded(page)
            after = self.beyond(page[-1][_GLOBAL_POSITION], after)

    def beyond(self, last: Any, before: Any) -> Any:
        """Return where the next page begins, which is after this one.

        SQLite trusts the order of a damaged file: its pages may lead in a circle.

        Raises:
            LedgerUnusableError: they do.
        """
        if last <= before:
            raise damaged(self._location, "its rows are not in order")
        return last

    def streams(self, prefix: str = "") -> list[Stream]:
        found = (Stream(*row) for row in self.page(_STREAMS, (prefix,)))
        return list(takewhile(lambda stream: stream.name.startswith(prefix), found))

    def stored(self, digest: str) -> bytes | None:
        found = self.page(_BLOB, (bytes.fromhex(digest),))
        return found[0][0] if found else None

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()

    def _recorded(self, page: list[Any]) -> Iterator[Recorded]:
        """Make events of rows, column by column: half the price of row by row."""
        columns: list[tuple[Any, ...]] = list(zip(*page, strict=True))
        orders, numbers, positions, raws, types, ats, others, causes = columns[:8]
        payloads, links = columns[8:]
        names = self.stream_names.of(numbers, self.page)
        ids = id_texts(raws)
        return map(
            _RECORD,
            zip(
                names,
                positions,
                orders,
                ids,
                self._moments(ats),
                [other or name for other, name in zip(others, names, strict=True)],
                texts_of_causes(causes, raws, ids),
                links,
                self._events(names, positions, types, payloads),
                repeat(0),
                strict=False,  # the last one has no end
            ),
        )

    def _moments(self, ats: Sequence[int]) -> list[datetime]:
        try:
            return moments(ats)
        except (ValueError, OverflowError, OSError) as error:
            reason = "an event is dated before year 1 or after year 9999"
            raise damaged(self._location, reason) from error

    def _events(
        self,
        names: Sequence[str],
        positions: Sequence[int],
        types: Sequence[int],
        payloads: Sequence[bytes | None],
    ) -> Iterator[AnyEvent]:
        """Decode each event when it is asked for.

        What a fold drops at once gives its memory, still warm, to the next.
        """
        wires = self.type_names.of(types, self.page)
        decoders = {wire: decoder_of(wire) for wire in set(wires)}
        for name, position, wire, payload in zip(
            names, positions, wires, payloads, strict=True
        ):
            if payload is None:
                yield PrunedEvent(wire)
                continue
            try:
                event = decoders[wire](payload)
            except ValueError as error:
                raise unreadable(name, position, wire) from error
            yield event

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
