"""Cursors as text: the ledger that they belong to, and a place in it."""

from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.cursors import Cursor


def cursor_text(log_id: str, *place: int) -> Cursor:
    """Write a place; a restored ledger has another id, where it would be wrong."""
    return "-".join((log_id[:8], *map(str, place)))


def cursor_place(cursor: Cursor, log_id: str, location: str, size: int) -> list[int]:
    """Read a place of ``size`` numbers.

    Raises:
        LedgerUnusableError: the text is no cursor, or one of another ledger.
    """
    log, *place = cursor.split("-")
    if log != log_id[:8] or len(place) != size or not all(map(str.isdecimal, place)):
        msg = (
            f"'{cursor}' is no cursor of ledger '{location}': it is of another ledger, "
            "or of this one before it was restored; read from the start"
        )
        raise LedgerUnusableError(msg)
    return [int(number) for number in place]
