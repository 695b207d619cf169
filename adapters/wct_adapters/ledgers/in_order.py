"""Ledgers whose global positions are the order in which events were committed."""

from collections.abc import Collection, Iterator
from typing import Protocol

from wct_adapters.ledgers.cursors import cursor_place, cursor_text
from wct_adapters.ledgers.facade import LedgerOfParts, Reading
from wct_domain.ports.cursors import Cursor
from wct_domain.ports.ledger import Recorded


class ReadingInOrder(Reading, Protocol):
    """Reads events by their global positions."""

    def read_all(
        self, *, after: int, types: Collection[str] | None
    ) -> Iterator[Recorded]: ...


class LedgerInOrder(LedgerOfParts[ReadingInOrder]):
    """A cursor is the id of the ledger and a global position; all is settled."""

    def read_all(
        self,
        *,
        after: Cursor | None = None,
        types: Collection[str] | None = None,
        settled: bool = True,
    ) -> Iterator[Recorded]:
        place = 0
        if after is not None:
            (place,) = cursor_place(after, self.log_id, self.location, 1)
        return self._parts.reading.read_all(after=place, types=types)

    def cursor(self, recorded: Recorded) -> Cursor:
        return cursor_text(self.log_id, recorded.global_position)
