"""Projections that are kept as rows: what was folded once need not be read again.

Who reads goes on where the rows end; where they cannot be the whole truth, the log is
folded as if there were none.
"""

from collections.abc import Callable, Collection, Iterable
from itertools import islice
from typing import Final, Protocol, TypeVar

from wct_domain.ports.cursors import KeptRow
from wct_domain.ports.ledger import Ledger, Recorded

_TRIES: Final = 3


class Fold(Protocol):
    """What rows and events are folded into."""

    def apply(self, recorded: Recorded, /) -> None:
        """Take one more event into account."""
        ...


F = TypeVar("F", bound=Fold)


def from_rows(
    ledger: Ledger,
    name: str,
    types: Collection[str],
    read: Callable[[Iterable[KeptRow]], F | None],
) -> F | None:
    """Fold rows and the events that follow them; None: the log has to tell.

    Args:
        name: of the subscriber that makes the rows.
        types: wire names of the events that it is told.
        read: makes a fold of all rows; None, if some are missing.

    Raises:
        LedgerUnusableError: the log cannot be read.
    """
    cursors = ledger.cursors
    for _ in range(_TRIES):
        standing = cursors.standing(name)
        if standing is None or cursors.parked(name):
            break
        fold = read(cursors.rows(name))
        if cursors.standing(name) != standing:
            continue  # somebody wrote meanwhile
        if fold is None:
            break
        for recorded in ledger.read_all(
            after=standing.cursor, types=types, settled=False
        ):
            fold.apply(recorded)
        return fold
    return None


def events_behind(ledger: Ledger, name: str, types: Collection[str], most: int) -> int:
    """Count the events that the rows do not have yet, up to ``most``.

    Raises:
        LedgerUnusableError: the log cannot be read.
    """
    standing = ledger.cursors.standing(name)
    after = None if standing is None else standing.cursor
    events = ledger.read_all(after=after, types=types, settled=False)
    return sum(1 for _ in islice(events, most))
