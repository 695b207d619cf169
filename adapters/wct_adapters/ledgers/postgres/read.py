"""Reading a PostgreSQL ledger, a page at a time.

Each page is a statement, and a transaction, of its own. Events become visible in the
order in which their transactions commit, which is no order of their numbers. A reader
of all streams therefore goes by (xid, global position), and not beyond the horizon:
the oldest transaction that still runs. Below it nothing is ever added.
"""

from collections.abc import Collection, Iterator
from typing import Any, Final, LiteralString

import psycopg

from wct_adapters.ledgers.postgres.connections import Channel, Parameters
from wct_adapters.ledgers.postgres.failures import Closed, read_failure
from wct_adapters.ledgers.postgres.schema import RUN_LEVEL
from wct_adapters.ledgers.rows import event_of, id_text, moment, optional_id_text
from wct_domain.ports.ledger import Recorded, Stream

PAGE: Final = 1000  # rows; the statements below repeat it

HORIZON: Final = "pg_snapshot_xmin(pg_current_snapshot())"

_EVENTS: Final = """
SELECT xid::text::bigint AS xid, global_position, stream, position, event_id, type,
    recorded_at, correlation, causation, payload, hash
FROM wct.events
"""
# Not LIMIT, where numbers have no gaps: on a table that is not analysed yet the planner
# would sort the rest of a stream for every page.
_STREAM: Final = (
    _EVENTS + "WHERE stream = %s AND position BETWEEN %s AND %s ORDER BY position"
)
_NEXT: Final = """
SELECT min(position) FROM wct.events WHERE stream = %s AND position > %s
"""
_AFTER: Final = (
    _EVENTS + "WHERE (xid, global_position) > (%(xid)s::text::xid8, %(position)s)"
)
_OF_TYPES: Final = " AND type = ANY(%(types)s::text[])"
# The words of the index run_level_events: so the planner knows that it may use it.
_RUN_LEVEL: Final = (
    " AND split_part(type, '.', 1) IN ('run', 'erasure', 'data', 'evidence')"
)
_ORDER: Final = " ORDER BY events.xid, global_position LIMIT 1000"
# Outside of the LIMIT, for the same reason. What is not settled comes last in a page.
_SETTLED: Final = "SELECT * FROM ({}) page WHERE xid < ({})::text::bigint"
_STREAM_ID: Final = "SELECT id FROM wct.streams WHERE name = %s"
_STREAM_NAMES: Final = "SELECT id, name FROM wct.streams WHERE id = ANY(%s::bigint[])"
_STREAMS: Final = """
SELECT s.name, e.position, e.hash FROM wct.streams s CROSS JOIN LATERAL (
    SELECT position, hash FROM wct.events WHERE stream = s.id
    ORDER BY position DESC LIMIT 1
) e
WHERE s.name >= %s AND starts_with(s.name, %s) ORDER BY s.name
"""
_BLOB: Final = "SELECT stored FROM wct.blobs WHERE digest = %s"

_XID, _GLOBAL_POSITION, _STREAM_NUMBER, _POSITION = range(4)  # of _EVENTS


class PagedReader:
    """Reads through a connection of its own, shared by all threads of this process."""

    def __init__(self, channel: Channel, location: str) -> None:
        self._channel = channel
        self._location = location
        self._names: dict[int, str] = {}

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        found = self.page(_STREAM_ID, (stream,))
        if not found:
            return
        number: int = found[0][0]
        while True:
            page = self.page(_STREAM, (number, after + 1, after + PAGE))
            yield from self._recorded(page)
            after = page[-1][_POSITION] if page else after
            if len(page) < PAGE:
                # The end; or an event is missing, which is not for a reader to find.
                following: int | None = self.page(_NEXT, (number, after))[0][0]
                if following is None:
                    return
                after = following - 1

    def read_all(
        self, *, after: tuple[int, int], types: Collection[str] | None, settled: bool
    ) -> Iterator[Recorded]:
        xid, position = after
        sql: LiteralString = _AFTER
        wanted = None if types is None else list(types)
        if wanted is not None:
            sql += _OF_TYPES
            if all(wire.partition(".")[0] in RUN_LEVEL for wire in wanted):
                sql += _RUN_LEVEL
        sql += _ORDER
        if settled:
            sql = _SETTLED.format(sql, HORIZON)
        while page := self.page(
            sql, {"xid": str(xid), "position": position, "types": wanted}
        ):
            yield from self._recorded(page)
            xid, position = page[-1][_XID], page[-1][_GLOBAL_POSITION]

    def streams(self, prefix: str = "") -> list[Stream]:
        return [Stream(*row) for row in self.page(_STREAMS, (prefix, prefix))]

    def stored(self, digest: str) -> bytes | None:
        found = self.page(_BLOB, (bytes.fromhex(digest),))
        return found[0][0] if found else None

    def page(self, sql: LiteralString, parameters: Parameters = ()) -> list[Any]:
        """Return all rows of a statement, which is a transaction of its own.

        Raises:
            LedgerUnusableError: the server refused, or cannot be reached.
        """
        try:
            with self._channel.lock:
                return self._channel.fetch(sql, parameters)
        except (psycopg.Error, Closed) as error:
            raise read_failure(self._location, error) from error

    def close(self) -> None:
        with self._channel.lock:
            self._channel.close()

    def _recorded(self, page: list[Any]) -> Iterator[Recorded]:
        self._learn_names({row[_STREAM_NUMBER] for row in page})
        names = self._names
        for xid, place, number, position, raw, wire, at, other, cause, *rest in page:
            payload, link = rest
            name = names[number]
            yield Recorded(
                name,
                position,
                place,
                id_text(raw),
                moment(at),
                other or name,
                optional_id_text(cause),
                link,
                event_of(name, position, wire, payload),
                xid,
            )

    def _learn_names(self, numbers: set[int]) -> None:
        if missing := numbers - self._names.keys():
            found = self.page(_STREAM_NAMES, (list(missing),))
            self._names.update(found)
