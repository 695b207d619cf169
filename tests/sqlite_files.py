"""SQLite ledgers as files: opened, altered, and out of somebody's reach."""

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_domain.errors import LedgerUnusableError
from wct_domain.testing.ledger_samples import RUN, notes

NOBODY = 65534


def opened(path: Path, **how: Any) -> SqliteLedger:
    return open_sqlite_ledger(path, clock=utc_now, **how)


def recorded(path: Path) -> Path:
    """Make a ledger with one event."""
    ledger = opened(path)
    ledger.append(RUN, notes(1), expected=0)
    ledger.close()
    return path


def altered(path: Path, sql: str) -> Path:
    connection: Any = apsw.Connection(str(path))
    connection.execute(sql).fetchall()
    connection.close()
    return path


def complaint(path: Path, **how: Any) -> str:
    """Open what cannot be opened; return the one line that says why."""
    with pytest.raises(LedgerUnusableError) as caught:
        opened(path, **how)
    text = str(caught.value)
    assert "\n" not in text
    assert f"'{path}'" in text
    return text


def files(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def unprivileged(place: Path) -> Generator[None]:
    """Be somebody for whom file modes count: root may write everything."""
    if os.geteuid() != 0:
        yield
        return
    for path in (place, *place.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
