"""Small events and blobs for tests of ledgers, the same in every run."""

import hashlib
import time
from collections.abc import Iterable

from wct_domain.chain import FIRST, header, link, payload_digest
from wct_domain.events import PluginNoted, RunCompleted
from wct_domain.ports.ledger import Blob, NewEvent
from wct_domain.ports.sealed_log import SealedLog, StoredRow
from wct_domain.upcasting import encode

RUN = "01980000-0000-7000-8000-00000000aaaa"
OTHER = "01980000-0000-7000-8000-00000000bbbb"
DONE = RunCompleted(succeeded=1, failed=0, skipped=0)


def event_id(number: int) -> str:
    """A UUIDv7 that is the same in every test run."""
    return f"01980000-0000-7000-8000-{number:012x}"


def note(number: int, text: str = "") -> NewEvent:
    """A small event whose id and content tell its number."""
    event = PluginNoted(plugin="contract", name=str(number), data={"text": text})
    return NewEvent(event_id(number), event)


def notes(*numbers: int) -> list[NewEvent]:
    return [note(number) for number in numbers]


def blob_of(stored: bytes) -> Blob:
    return Blob(hashlib.sha256(stored).hexdigest(), stored)


def sealed(log: SealedLog, events: int) -> int:
    """Have at least so many events sealed; return how many are.

    Somebody else's transaction may keep them waiting, for a while.
    """
    given_up_at = time.monotonic() + 10
    while (seal := log.seal()) < events and time.monotonic() < given_up_at:
        time.sleep(0.01)
    assert seal >= events, f"{seal} of {events} events are sealed after 10 s"
    return seal


def digest_of(row: StoredRow) -> bytes:
    """What the chain covers of a payload, whether it is there or was pruned."""
    if row.salt is not None and row.payload is not None:
        return payload_digest(row.salt, row.payload)
    assert row.payload_digest is not None
    return row.payload_digest


def hash_of(row: StoredRow, previous: bytes) -> bytes:
    """Recompute the hash of a stored event."""
    covered = header(
        row.stream,
        row.position,
        row.id,
        row.type,
        row.recorded_at,
        row.correlation_id,
        row.causation_id,
    )
    return link(previous, covered, digest_of(row))


def chain_holds(rows: Iterable[StoredRow]) -> bool:
    """Say whether the rows of whole streams have the hashes that follow from them."""
    heads: dict[str, tuple[int, bytes]] = {}
    for row in rows:
        version, head = heads.get(row.stream, (0, FIRST))
        if row.position != version + 1 or row.hash != hash_of(row, head):
            return False
        heads[row.stream] = row.position, row.hash
    return True


def foreign_rows(
    stream: str, *numbers: int, pruned: bool = False, kind: str = PluginNoted.type
) -> list[StoredRow]:
    """A stream as another ledger has it; all but its first event may be pruned."""
    rows: list[StoredRow] = []
    head = FIRST
    for position, number in enumerate(numbers, 1):
        payload = encode(note(number).event)
        salt = number.to_bytes(16, "big")
        gone = pruned and position > 1
        row = StoredRow(
            seal=1000 + position,
            stream=stream,
            position=position,
            id=event_id(number),
            type=kind,
            recorded_at=1_790_000_000_000_000 + number,
            correlation_id=RUN if position % 2 else stream,
            causation_id=event_id(numbers[0]) if position > 1 else None,
            salt=None if gone else salt,
            payload=None if gone else payload,
            payload_digest=payload_digest(salt, payload) if gone else None,
            hash=b"",
        )
        head = hash_of(row, head)
        rows.append(row._replace(hash=head))
    return rows
