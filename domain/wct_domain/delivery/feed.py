"""The events that a subscriber is told next, in the order of the ledger."""

from collections.abc import Iterator

from wct_domain.delivery.wanted import Wanted
from wct_domain.ports.cursors import Cursor
from wct_domain.ports.ledger import Ledger, Recorded


class Feed:
    """Reads on from a place; ``place`` is behind the last event that it looked at."""

    def __init__(self, ledger: Ledger, wanted: Wanted, after: Cursor | None) -> None:
        self._ledger = ledger
        self._wanted = wanted
        self._types = wanted.types
        self._events: Iterator[Recorded] | None = None
        self._found_any = False
        self._head: Cursor | None = None
        self.place = after

    def next(self) -> Recorded | None:
        """Return the next event that is wanted; None: there is none yet."""
        if self._events is None:
            self._begin()
        assert self._events is not None  # noqa: S101  # begun above
        for recorded in self._events:
            self._found_any = True
            self.place = self._ledger.cursor(recorded)
            if self._wanted.includes(recorded):
                return recorded
        self._events = None
        if self._head is not None and not self._found_any:
            # Nothing up to there was of these types: it need not be read again.
            self.place = self._head
        return None

    def back_to(self, place: Cursor | None) -> None:
        """Read again from an earlier place."""
        self._events = None
        self.place = place

    def _begin(self) -> None:
        self._found_any = False
        # Asked first: what comes in between is read, and the head forgotten.
        self._head = None if self._types is None else self._ledger.cursors.head()
        self._events = self._ledger.read_all(after=self.place, types=self._types)
