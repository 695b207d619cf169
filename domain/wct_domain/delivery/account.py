"""What is known of one subscriber, and what of that is not written yet."""

from wct_domain.delivery.telling import RowOf
from wct_domain.ports.cursors import Cursors, Parked, Standing


class Account:
    """Changes are made here as they happen, and written together.

    Args:
        standing: the latest. Whoever has an account holds the subscriber's lock; if
            not, ``write`` finds out.
    """

    def __init__(self, cursors: Cursors, standing: Standing) -> None:
        self._cursors = cursors
        self._written = standing
        self._rows: list[RowOf] = []
        self._touched: set[str] = set()  # streams whose parked sequence has changed
        self.now = standing
        self.parked = {
            each.stream: each for each in cursors.parked(standing.subscriber)
        }

    def add_rows(self, rows: list[RowOf]) -> None:
        """Have rows written with the cursor."""
        self._rows += rows

    def park(self, parked: Parked) -> None:
        """Set a sequence aside, or note what has changed of it."""
        self.parked[parked.stream] = parked
        self._touched.add(parked.stream)

    def release(self, stream: str) -> None:
        """Note that nothing of a stream is set aside any more."""
        del self.parked[stream]
        self._touched.add(stream)

    def write(self) -> None:
        """Write what has changed, in one transaction; nothing if nothing has.

        Raises:
            CursorMovedError: somebody else delivers; nothing was written.
            LedgerError: the ledger cannot be written.
        """
        if self.now == self._written and not self._rows and not self._touched:
            return
        self.now = self._written = self._cursors.move(
            self._written,
            self.now,
            rows=self._rows,
            park=[self.parked[each] for each in self._touched & self.parked.keys()],
            release=self._touched - self.parked.keys(),
        )
        self._rows = []
        self._touched = set()
