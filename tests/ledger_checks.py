"""Checks of a ledger file that trust none of the code that wrote it."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import apsw


class Stored(NamedTuple):
    """One event as it is on disk, with names for numbers."""

    global_position: int
    stream: str
    position: int
    event_id: bytes
    type: str
    recorded_at: int
    correlation: str | None
    causation: bytes | None
    salt: bytes
    payload: bytes
    hash: bytes


def stored_events(path: Path) -> list[Stored]:
    """Read all events straight from the file, in the order of commits."""
    connection: Any = apsw.Connection(str(path))
    try:
        rows = connection.execute(
            "SELECT global_position, streams.name, position, event_id, types.name, "
            "recorded_at, correlation, causation, salt, payload, hash "
            "FROM events JOIN streams ON streams.id = stream "
            "JOIN types ON types.id = type ORDER BY global_position"
        )
        return [Stored(*row) for row in rows]
    finally:
        connection.close()


def first_broken(events: Iterable[Stored]) -> tuple[str, int] | None:
    """Recompute every hash; return stream and position of the first that is wrong.

    Written from docs/reference/ledger-format.md, not from the code under test.
    """
    heads: dict[str, tuple[int, bytes]] = {}
    for event in events:
        position, previous = heads.get(event.stream, (0, bytes(32)))
        header = [
            1,
            event.stream,
            event.position,
            str(UUID(bytes=event.event_id)),
            event.type,
            event.recorded_at,
            event.correlation or event.stream,
            None if event.causation is None else str(UUID(bytes=event.causation)),
        ]
        covered = json.dumps(header, separators=(",", ":")).encode()
        digest = hashlib.sha256(event.salt + event.payload).digest()
        expected = hashlib.sha256(previous + covered + digest).digest()
        if event.position != position + 1 or event.hash != expected:
            return event.stream, event.position
        heads[event.stream] = event.position, event.hash
    return None


def is_gapless(events: Iterable[Stored]) -> bool:
    """Say whether global positions are 1, 2, 3 ..."""
    positions = [event.global_position for event in events]
    return positions == list(range(1, len(positions) + 1))


def damaged_blobs(path: Path) -> list[str]:
    """Return the digests of blobs whose bytes have another one."""
    connection: Any = apsw.Connection(str(path))
    try:
        return [
            digest.hex()
            for digest, blob in connection.execute("SELECT digest, stored FROM blobs")
            if hashlib.sha256(blob).digest() != digest
        ]
    finally:
        connection.close()
