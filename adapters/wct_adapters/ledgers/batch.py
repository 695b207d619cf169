"""From new events to rows: what every ledger of rows does alike.

Nothing here touches storage. ``drafts`` is the part of an append that needs no lock,
``chained`` the part that does, because a row depends on the one before it.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from wct_adapters.ledgers.rows import Row, id_bytes, moment, optional_id_text
from wct_domain.chain import SALT_SIZE, header, link, payload_digest
from wct_domain.errors import (
    EventIdReusedError,
    PartialRetryError,
    WrongExpectedVersionError,
)
from wct_domain.events import Durability
from wct_domain.ports.ledger import Blob, NewEvent, Recorded
from wct_domain.upcasting import encode


class Tip(NamedTuple):
    """Where a stream stands: what the next event is chained to."""

    stream: int
    version: int
    head: bytes


class Draft(NamedTuple):
    """A new event in its stored form, not yet placed."""

    new: NewEvent
    event_id: bytes
    causation: bytes | None
    salt: bytes
    payload: bytes


class Batch(NamedTuple):
    """What one append is to store: see :meth:`wct_domain.ports.ledger.EventLog.append`.

    ``durability`` is what it must survive.
    """

    stream: str
    drafts: Sequence[Draft]
    expected: int | None
    at: int  # microseconds since 1970-01-01T00:00Z
    correlation_id: str | None
    durability: Durability
    blobs: Sequence[Blob] = ()
    forget: Collection[str] = ()
    redact: Collection[int] = ()

    def wrong_at(self, tip: Tip) -> WrongExpectedVersionError | None:
        """Return what to raise where the stream is not as the caller saw it."""
        if self.expected is None or self.expected == tip.version:
            return None
        return WrongExpectedVersionError(self.stream, self.expected, tip.version)


def durability_of(events: Iterable[NewEvent]) -> Durability:
    """What a batch must survive: as much as the event of it that asks for most."""
    for new in events:
        if new.event.durability == "power":
            return "power"
    return "process"


def drafts(events: Sequence[NewEvent], blobs: Sequence[Blob]) -> list[Draft]:
    """Encode a batch.

    Raises:
        ValueError: an id is not a UUID in canonical text (it would come back in
            another spelling than the one that was hashed), or there are blobs
            without an event.
        EventIdReusedError: two events of the batch have one id.
    """
    if blobs and not events:
        msg = "blobs are stored only together with an event"
        raise ValueError(msg)
    salts = os.urandom(SALT_SIZE * len(events))
    batch = [
        Draft(
            new,
            id_bytes(new.id),
            None if new.causation_id is None else id_bytes(new.causation_id),
            salts[index * SALT_SIZE : (index + 1) * SALT_SIZE],
            encode(new.event),
        )
        for index, new in enumerate(events)
    ]
    if len(batch) > 1 and len({draft.event_id for draft in batch}) < len(batch):
        msg = "two events of one batch have the same id; give each its own"
        raise EventIdReusedError(msg)
    return batch


def chained(batch: Batch, tip: Tip, *, after: int) -> list[Row]:
    """Place a batch at the end of its stream, as rows with their hashes.

    Args:
        tip: where the stream stands.
        after: global position of the ledger's last event.
    """
    number, position, head = tip
    stream, at = batch.stream, batch.at
    correlation = batch.correlation_id or stream
    column = None if correlation == stream else correlation
    rows: list[Row] = []
    for new, event_id, causation, salt, payload in batch.drafts:
        position += 1
        after += 1
        wire = new.event.type
        covered = header(
            stream, position, new.id, wire, at, correlation, new.causation_id
        )
        head = link(head, covered, payload_digest(salt, payload))
        rows.append(
            Row(
                after,
                number,
                position,
                event_id,
                wire,
                at,
                column,
                causation,
                salt,
                payload,
                None,
                head,
            )
        )
    return rows


def first_recorded(batch: Batch, known: Mapping[bytes, Row], tip: Tip) -> list[Row]:
    """Return the rows under which a retried batch is recorded; none if it is new.

    Args:
        known: by event id, the rows that have an id of this batch.
        tip: where the stream that the batch is for stands.

    Raises:
        EventIdReusedError: an id is taken by another event, or the batch's events
            were not recorded one after the other.
        PartialRetryError: some are recorded, others not.
    """
    if not known:
        return []
    for draft in batch.drafts:
        row = known.get(draft.event_id)
        if row is not None and (row.stream, row.type, row.payload) != (
            tip.stream,
            draft.new.event.type,
            draft.payload,
        ):
            msg = f"event id {draft.new.id} is already taken by another event"
            raise EventIdReusedError(msg)
    if len(known) < len(batch.drafts):
        msg = (
            f"{len(known)} of the {len(batch.drafts)} events of this batch are "
            "recorded already: retry a batch as it was, or give new events new ids"
        )
        raise PartialRetryError(msg)
    rows = [known[draft.event_id] for draft in batch.drafts]
    start = rows[0].position
    if [row.position - start for row in rows] != list(range(len(rows))):
        msg = "the events of this batch are recorded already, but not in this order"
        raise EventIdReusedError(msg)
    return rows


def as_recorded(batch: Batch, rows: Sequence[Row]) -> tuple[Recorded, ...]:
    """Describe the events of a batch as their rows have it: just now or long ago."""
    stream = batch.stream
    recorded: list[Recorded] = []
    for row, draft in zip(rows, batch.drafts, strict=True):
        place, _, position, _, _, at, correlation, causation, _, _, _, link = row
        new = draft.new
        recorded.append(
            Recorded(
                stream,
                position,
                place,
                new.id,
                moment(at),
                correlation or stream,
                new.causation_id
                if causation == draft.causation
                else optional_id_text(causation),
                link,
                new.event,
            )
        )
    return tuple(recorded)
