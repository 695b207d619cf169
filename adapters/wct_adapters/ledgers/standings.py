"""Standings, parked sequences and kept rows, as tables have them and back.

What SQLite and PostgreSQL have in common; places are of each database's own kind.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from wct_adapters.ledgers.kept_rows import SMALLEST
from wct_adapters.ledgers.rows import microseconds, moment
from wct_domain.errors import LedgerWriteError
from wct_domain.ports.cursors import Attempt, KeptRow, Parked

AttemptRow: TypeAlias = tuple[str | None, int | None, int | None, str]
"""Event, number, when it is told again (microseconds), and why not before."""

_NO_ATTEMPT: Final[AttemptRow] = (None, None, None, "")


def attempt_row(attempt: Attempt | None) -> AttemptRow:
    """Return what is stored of an attempt."""
    if attempt is None:
        return _NO_ATTEMPT
    event, number, again_at, reason = attempt
    return event, number, _optional(again_at), reason


def attempt_of(
    event: str | None, number: int, again_at: int | None, reason: str
) -> Attempt | None:
    """Make an attempt of what is stored of it."""
    if event is None:
        return None
    return Attempt(
        event, number, None if again_at is None else moment(again_at), reason
    )


def parked_row(shelf: int, parked: Parked) -> tuple[Any, ...]:
    """Return what is stored of a sequence that is set aside."""
    return (shelf, *parked[:-1], microseconds(parked.since))


def parked_of(rows: Iterable[Sequence[Any]]) -> list[Parked]:
    """Make such sequences of what is stored of them, without the shelf."""
    found = map(Parked._make, rows)
    # As stored it is in microseconds.
    return [each._replace(since=moment(cast("Any", each.since))) for each in found]


def rows_of(page: Callable[[str], Sequence[Any]], prefix: str) -> Iterator[KeptRow]:
    """Yield kept rows whose keys have a prefix, in their order.

    Args:
        page: reads some (key, value, stream), from a key on.
    """
    first = prefix
    while found := page(first):
        for key, value, stream in found:
            if not key.startswith(prefix):
                return
            yield KeptRow(key, json.loads(value), stream)
        first = found[-1][0] + SMALLEST


def for_reading_only(location: str) -> LedgerWriteError:
    """Return the error of who would change something, and has not opened it so."""
    msg = (
        f"ledger '{location}' is open for reading only, nothing was changed; open it "
        "for writing"
    )
    return LedgerWriteError(msg)


def _optional(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)
