"""An event as a row, and from a row to the event again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from wct_domain.chain import payload_digest
from wct_domain.errors import LedgerUnusableError
from wct_domain.events import AnyEvent, PrunedEvent
from wct_domain.ports.ledger import Recorded
from wct_domain.upcasting import decode

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Row(NamedTuple):
    """One event as it is stored; the order is that of the table's columns."""

    global_position: int
    stream: int  # number of the stream in this ledger
    position: int
    event_id: bytes
    type: str
    recorded_at: int  # microseconds since 1970-01-01T00:00Z
    correlation: str | None  # None: the stream itself
    causation: bytes | None
    salt: bytes | None
    payload: bytes | None  # None: it was pruned
    payload_digest: bytes | None  # None: salt and payload tell it
    hash: bytes


def from_row(row: Row, stream: str) -> Recorded:
    """Rebuild an event from its row.

    Raises:
        LedgerUnusableError: the payload is not what its type says.
    """
    return Recorded(
        stream,
        row.position,
        row.global_position,
        id_text(row.event_id),
        moment(row.recorded_at),
        row.correlation or stream,
        optional_id_text(row.causation),
        row.hash,
        event_of(stream, row.position, row.type, row.payload),
    )


def event_of(stream: str, position: int, wire: str, payload: bytes | None) -> AnyEvent:
    """Decode a stored payload.

    Raises:
        LedgerUnusableError: it is not what its type says.
    """
    if payload is None:
        return PrunedEvent(wire)
    try:
        return decode(wire, payload)
    except ValueError as error:
        raise unreadable(stream, position, wire) from error


def unreadable(stream: str, position: int, wire: str) -> LedgerUnusableError:
    """Tell of a payload that is not what its type says."""
    return LedgerUnusableError(
        f"event {position} of stream '{stream}' cannot be read as {wire}: the "
        "ledger is damaged, or was written by another version of wct"
    )


def microseconds(at: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z, exact."""
    return (at - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """Inverse of ``microseconds``; exact until the year 2242."""
    # A third of the cost of adding a timedelta. A double holds today's microseconds
    # to a quarter, and fromtimestamp rounds to the nearest.
    return datetime.fromtimestamp(at / 1e6, UTC)


def id_text(raw: bytes) -> str:
    """Canonical text of a UUID."""
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def id_texts(raws: Sequence[bytes]) -> list[str]:
    """Canonical texts of many UUIDs, at a quarter of the price.

    All are written at once in groups of four digits, eight of them for each; what is
    too much between the groups is then taken out of all.
    """
    if set(map(len, raws)) != {16}:  # somebody damaged one, or there are none
        return list(map(id_text, raws))
    text = bytearray(b"".join(raws).hex("-", 2).encode())
    text[39::40] = b" " * (len(raws) - 1)
    for dash, every in ((34, 40), (29, 39), (4, 38)):
        del text[dash::every]
    return text.decode().split(" ")


def texts_of_causes(
    causes: Sequence[bytes | None], raws: Sequence[bytes], ids: Sequence[str]
) -> list[str | None]:
    """Make texts of causes, most of which are ids of events that stand beside them.

    Args:
        raws, ids: of these events.
    """
    known = dict[bytes | None, str](zip(raws, ids, strict=True)).get
    return [known(cause) or optional_id_text(cause) for cause in causes]


def moments(ats: Sequence[int]) -> list[datetime]:
    """Make ``moment`` of many; events of one batch share it."""
    known = {at: datetime.fromtimestamp(at / 1e6, UTC) for at in set(ats)}
    return [known[at] for at in ats]


def redacted(row: Row) -> Row:
    """Return the row without its payload; the digest that the chain covers stays."""
    if row.salt is None or row.payload is None:
        return row
    digest = payload_digest(row.salt, row.payload)
    return row._replace(salt=None, payload=None, payload_digest=digest)


def optional_id_text(raw: bytes | None) -> str | None:
    return None if raw is None else id_text(raw)


@lru_cache(1024)  # a cause is an id that was seen a moment ago
def id_bytes(text: str) -> bytes:
    digits = text.replace("-", "")
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        raw = b""
    if len(text) != 36 or text[8:24:5] != "----" or raw.hex() != digits:
        msg = f"an event id must be a UUID in canonical text, not '{text}'"
        raise ValueError(msg)
    return raw
