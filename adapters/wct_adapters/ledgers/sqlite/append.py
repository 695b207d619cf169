"""Appending to a SQLite ledger: one connection, one transaction at a time."""

from collections.abc import Collection, Mapping, Sequence
from threading import Lock
from typing import Any, Final, NamedTuple

import apsw

from wct_adapters.ledgers.batch import (
    Draft,
    Tip,
    as_recorded,
    chained,
    drafts,
    durability_of,
    first_recorded,
)
from wct_adapters.ledgers.rows import Row, microseconds
from wct_adapters.ledgers.sqlite.connections import Database
from wct_adapters.ledgers.sqlite.failures import gone_while_writing, write_failure
from wct_adapters.ledgers.sqlite.presence import OpenedFile
from wct_domain.chain import FIRST, payload_digest
from wct_domain.errors import WrongExpectedVersionError
from wct_domain.events import Durability
from wct_domain.ports.clock import Clock
from wct_domain.ports.ledger import Blob, NewEvent, Recorded
from wct_domain.ports.sealed_log import StoredCheckpoint

_LAST = "SELECT max(global_position) FROM events"
_TIP = (
    "SELECT s.id, e.position, e.hash FROM streams s JOIN events e ON e.stream = s.id "
    "WHERE s.name = ? ORDER BY e.position DESC LIMIT 1"
)
_NEW_STREAM = "INSERT INTO streams (name) VALUES (?) RETURNING id"
_INSERT = (
    "INSERT INTO events VALUES "
    "(?, ?, ?, ?, (SELECT id FROM types WHERE name = ?), ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_BLOB = "INSERT INTO blobs VALUES (?, ?) ON CONFLICT DO NOTHING"
_KNOWN = (
    "SELECT global_position, stream, position, event_id, types.name, recorded_at, "
    "correlation, causation, salt, payload, payload_digest, hash "
    "FROM json_each(?) id JOIN events ON event_id = unhex(id.value) "
    "JOIN types ON types.id = events.type"
)

_INSERT_CHECKPOINT = (
    "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
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
_SYNC: Final[dict[Durability, str]] = {"process": "NORMAL", "power": "FULL"}

_NEW = 0  # number of a stream that has none yet


class Changes(NamedTuple):
    """What goes with the events of one append, as SQLite takes it."""

    blobs: list[tuple[bytes, bytes]]
    forget: list[tuple[bytes]]
    redact: Collection[int]


class Appender:
    """Writes through one connection, shared by all threads of this process.

    Where streams stand is remembered between appends. Positions are gapless, so the
    last one tells whether another process has written since; then all is forgotten.
    """

    def __init__(
        self, connection: Database, file: OpenedFile, location: str, clock: Clock
    ) -> None:
        self._connection = connection
        self._file = file
        self._location = location
        self._clock = clock
        self._lock = Lock()
        self._last = 0  # global position that the tips belong to
        self._tips: dict[str, Tip] = {}
        self._durability: Durability = "process"  # as the connection was set up

    def append(
        self,
        stream: str,
        events: Sequence[NewEvent],
        *,
        expected: int | None,
        blobs: Sequence[Blob] = (),
        correlation_id: str | None = None,
        forget: Collection[str] = (),
        redact: Collection[int] = (),
    ) -> tuple[Recorded, ...]:
        """See :class:`wct_domain.ports.ledger.EventLog`."""
        batch = drafts(events, blobs)
        if not batch:
            return ()
        changes = Changes(
            [(bytes.fromhex(blob.digest), blob.stored) for blob in blobs],
            [(bytes.fromhex(digest),) for digest in forget],
            redact,
        )
        at = microseconds(self._clock())
        with self._lock:
            try:
                self._survive(durability_of(events))
                rows = self._commit(
                    stream, batch, expected, changes, at, correlation_id
                )
            except apsw.Error as error:
                raise write_failure(self._location, error) from error
        return as_recorded(rows, batch, stream)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _commit(
        self,
        stream: str,
        batch: list[Draft],
        expected: int | None,
        changes: Changes,
        at: int,
        correlation_id: str | None,
    ) -> list[Row]:
        execute = self._connection.execute
        try:
            self._roll_back()  # what an interrupted append may have left open
            execute("BEGIN IMMEDIATE")
            tip = self._tip(stream)
            if expected is not None and expected != tip.version:
                if rows := self._first_recorded(batch, tip):
                    return rows
                raise WrongExpectedVersionError(stream, expected, tip.version)
            if tip.stream == _NEW:
                number = execute(_NEW_STREAM, (stream,)).get
                tip = tip._replace(stream=number)
            rows = chained(
                batch,
                stream,
                tip,
                after=self._last,
                at=at,
                correlation_id=correlation_id,
            )
            self._change(rows[0].stream, changes)
            self._connection.executemany(_INSERT, rows)
            self._refuse_if_gone()
            execute("COMMIT")
        except apsw.ConstraintError:
            # An id of the batch is known. Rolled back first: some rows may be in.
            self._roll_back()
            if rows := self._first_recorded(batch, self._tip(stream)):
                return rows
            raise
        finally:
            self._roll_back()
        last = rows[-1]
        self._tips[stream] = Tip(last.stream, last.position, last.hash)
        self._last = last.global_position  # last: interrupted before, all is forgotten
        return rows

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """See :class:`wct_domain.ports.sealed_log.SealedLog`."""
        size, root, note, frontier, at = checkpoint
        row = (size, root, note, frontier, microseconds(at))
        with self._lock:
            try:
                self._survive("power")
                self._refuse_if_gone()
                self._connection.execute(_INSERT_CHECKPOINT, row)
            except apsw.Error as error:
                raise write_failure(self._location, error) from error

    def _survive(self, durability: Durability) -> None:
        """Have the next commit on disk when it returns, or in the system's hands."""
        if durability != self._durability:
            self._connection.execute(f"PRAGMA synchronous = {_SYNC[durability]}")
            self._durability = durability

    def _change(self, number: int, changes: Changes) -> None:
        many = self._connection.executemany
        if changes.blobs:
            many(_INSERT_BLOB, changes.blobs)
        if changes.forget:
            many(_FORGET, changes.forget)
        for position in changes.redact:
            found = self._connection.execute(_PAYLOAD, (number, position)).get
            if found is not None:
                digest = payload_digest(*found)
                self._connection.execute(_REDACT, (digest, number, position))

    def _tip(self, stream: str) -> Tip:
        last = self._connection.execute(_LAST).get or 0
        if last != self._last:
            self._tips.clear()
            self._last = last
        tip = self._tips.get(stream)
        if tip is None:
            found: Any = self._connection.execute(_TIP, (stream,)).get
            tip = Tip(_NEW, 0, FIRST) if found is None else Tip(*found)
        return tip

    def _first_recorded(self, batch: list[Draft], tip: Tip) -> list[Row]:
        self._refuse_if_gone()
        return first_recorded(batch, self._known(batch), tip.stream)

    def _known(self, batch: Sequence[Draft]) -> Mapping[bytes, Row]:
        ids = ",".join(f'"{draft.event_id.hex()}"' for draft in batch)
        found = map(Row._make, self._connection.execute(_KNOWN, (f"[{ids}]",)))
        return {row.event_id: row for row in found}

    def _refuse_if_gone(self) -> None:
        if self._file.is_gone():
            raise gone_while_writing(self._location)

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
