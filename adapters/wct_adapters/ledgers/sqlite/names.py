"""Names of streams and types, which events have as numbers."""

from collections.abc import Callable, Sequence
from typing import Any

from wct_adapters.ledgers.sqlite.failures import damaged

Page = Callable[[str, tuple[Any, ...]], list[Any]]


class Names:
    """Looks each number up once: what it stands for never changes.

    Args:
        table: ``streams`` or ``types``.
    """

    def __init__(self, table: str, location: str) -> None:
        self._sql = f"SELECT name FROM {table} WHERE id = ?"  # noqa: S608  # a constant
        self._table = table
        self._location = location
        self._known: dict[int, str] = {}

    def of(self, numbers: Sequence[int], page: Page) -> list[str]:
        """Return the name of each number.

        Args:
            page: runs a statement. Not kept: a reader that nobody has is to go at once.

        Raises:
            LedgerUnusableError: one has none.
        """
        known = self._known
        try:
            return [known[number] for number in numbers]
        except KeyError:
            for number in set(numbers).difference(known):
                known[number] = self._name(number, page)
            return [known[number] for number in numbers]

    def _name(self, number: int, page: Page) -> str:
        found = page(self._sql, (number,))
        if not found:
            raise damaged(self._location, f"{self._table} has no number {number}")
        name: str = found[0][0]
        return name
