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

    def of(
        self, numbers: Sequence[int], page: Page, *, damaged_too: bool = False
    ) -> list[str]:
        """Return the name of each number.

        Args:
            page: runs a statement. Not kept: a reader that nobody has is to go at once.
            damaged_too: a number without a name is called ``?`` and the number.

        Raises:
            LedgerUnusableError: one has none.
        """
        known = self._known
        try:
            return [known[number] for number in numbers]
        except KeyError:
            found = {
                number: self._name(number, page)
                for number in set(numbers).difference(known)
            }
            self._known |= {n: name for n, name in found.items() if name is not None}
            if not damaged_too and None in found.values():
                missing = next(n for n, name in found.items() if name is None)
                reason = f"{self._table} has no number {missing}"
                raise damaged(self._location, reason) from None
            return [known.get(number, f"?{number}") for number in numbers]

    def _name(self, number: int, page: Page) -> str | None:
        found = page(self._sql, (number,))
        return found[0][0] if found else None
