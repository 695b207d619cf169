"""Connections that know nothing of ledgers, and go past what guards their tables."""

from pathlib import Path
from typing import Any

import apsw


def straight_to(path: Path) -> Any:
    """A connection that knows nothing of ledgers."""
    return apsw.Connection(str(path))


def without_triggers(path: Path) -> Any:
    """A connection as a forger would have it."""
    connection = straight_to(path)
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    for (name,) in names.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    return connection
