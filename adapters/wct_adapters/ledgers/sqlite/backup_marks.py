"""What tells a backup from a ledger: a row of ``log_meta``.

Nothing is ever recorded under a backup's own id, nor are there keys under it: it is
not among the ids that a copy of the copy remembers.
"""

from typing import Final

from wct_adapters.ledgers.sqlite.connections import Database

_MARK: Final = "is_backup"


def is_backup(connection: Database) -> bool:
    """Say whether a ledger is a copy to be restored, not to be recorded in."""
    found = connection.execute("SELECT 1 FROM log_meta WHERE key = ?", (_MARK,)).get
    return found is not None


def mark_as_backup(copy: Database) -> None:
    """Say of a copy that it is a backup."""
    copy.execute("INSERT OR REPLACE INTO log_meta VALUES (?, ?)", (_MARK, "yes"))


def unmark(copy: Database) -> None:
    """Make a ledger of a backup."""
    copy.execute("DELETE FROM log_meta WHERE key = ?", (_MARK,))
