"""Appending to a SQLite ledger: one connection, one transaction at a time."""

from collections.abc import Mapping
from typing import Any

import apsw

from wct_adapters.ledgers.batch import (
    Batch,
    Tip,
    as_recorded,
    chained,
    first_recorded,
)
from wct_adapters.ledgers.rows import Row
from wct_adapters.ledgers.sqlite.connections import Database
from wct_adapters.ledgers.sqlite.writing import Writer
from wct_domain.chain import FIRST, payload_digest
from wct_domain.ports.ledger import Recorded

LAST = "SELECT max(global_position) FROM events"
_TIP = (
    "SELECT s.id, e.position, e.hash FROM streams s JOIN events e ON e.stream = s.id "
    "WHERE s.name = ? ORDER BY e.position DESC LIMIT 1"
)
NEW_STREAM = "INSERT INTO streams (name) VALUES (?) RETURNING id"
INSERT_EVENT = (
    "INSERT INTO events VALUES "
    "(?, ?, ?, ?, (SELECT id FROM types WHERE name = ?), ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_BLOB = "INSERT INTO blobs VALUES (?, ?) ON CONFLICT DO NOTHING"
_KNOWN = (
    "SELECT global_position, stream, position, event_id, types.name, recorded_at, "
    "correlation, causation, salt, payload, payload_digest, hash "
    "FROM json_each(?) id JOIN events ON event_id = unhex(id.value) "
    "JOIN types ON types.id = events.type"
)
_FORGET = "DELETE FROM blobs WHERE digest = ?"
_PAYLOAD = (
    "SELECT salt, payload FROM events "
    "WHERE stream = ? AND position = ? AND payload IS NOT NULL"
)
_REDACT = (
    "UPDATE events SET salt = NULL, payload = NULL, payload_digest = ? "
    "WHERE stream = ? AND position = ?"
)
_NEW = 0  # number of a stream that has none yet


class Appender:
    """Places batches at the end of their streams.

    Where streams stand is remembered between appends. Positions are gapless, so the
    last one tells whether somebody else has written since; then all is forgotten.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._last = 0  # global position that the tips belong to
        self._tips: dict[str, Tip] = {}

    def append(self, batch: Batch) -> tuple[Recorded, ...]:
        """See :class:`wct_adapters.ledgers.facade.Writing`."""
        with self._writer.alone(batch.durability) as connection:
            rows = self._commit(connection, batch)
        return as_recorded(batch, rows)

    def _commit(self, connection: Database, batch: Batch) -> list[Row]:
        execute = connection.execute
        try:
            execute("BEGIN IMMEDIATE")
            tip = self._tip(connection, batch.stream)
            wrong = batch.wrong_at(tip)
            if wrong is not None:
                if rows := self._first_recorded(connection, batch, tip):
                    return rows
                raise wrong
            if tip.stream == _NEW:
                number = execute(NEW_STREAM, (batch.stream,)).get
                tip = tip._replace(stream=number)
            rows = chained(batch, tip, after=self._last)
            _change(connection, tip.stream, batch)
            connection.executemany(INSERT_EVENT, rows)
            self._writer.commit()
        except apsw.ConstraintError:
            # An id of the batch is known. Rolled back first: some rows may be in.
            self._writer.roll_back()
            tip = self._tip(connection, batch.stream)
            if rows := self._first_recorded(connection, batch, tip):
                return rows
            raise
        last = rows[-1]
        self._tips[batch.stream] = Tip(last.stream, last.position, last.hash)
        self._last = last.global_position  # last: interrupted before, all is forgotten
        if batch.forget or batch.redact:
            self._writer.empty_log()
        return rows

    def _tip(self, connection: Database, stream: str) -> Tip:
        last = connection.execute(LAST).get or 0
        if last != self._last:
            self._tips.clear()
            self._last = last
        tip = self._tips.get(stream)
        if tip is None:
            found: Any = connection.execute(_TIP, (stream,)).get
            tip = Tip(_NEW, 0, FIRST) if found is None else Tip(*found)
        return tip

    def _first_recorded(
        self, connection: Database, batch: Batch, tip: Tip
    ) -> list[Row]:
        self._writer.refuse_if_gone()
        return first_recorded(batch, _known(connection, batch), tip)


def _change(connection: Database, number: int, batch: Batch) -> None:
    if batch.blobs:
        stored = ((bytes.fromhex(blob.digest), blob.stored) for blob in batch.blobs)
        connection.executemany(INSERT_BLOB, stored)
    if batch.forget:
        gone = ((bytes.fromhex(digest),) for digest in batch.forget)
        connection.executemany(_FORGET, gone)
    for position in batch.redact:
        found = connection.execute(_PAYLOAD, (number, position)).get
        if found is not None:
            digest = payload_digest(*found)
            connection.execute(_REDACT, (digest, number, position))


def _known(connection: Database, batch: Batch) -> Mapping[bytes, Row]:
    ids = ",".join(f'"{draft.event_id.hex()}"' for draft in batch.drafts)
    found = map(Row._make, connection.execute(_KNOWN, (f"[{ids}]",)))
    return {row.event_id: row for row in found}
