"""Which ledger a process works with."""

import os
from collections.abc import Mapping
from pathlib import Path

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.ports.ledger import Ledger

DEFAULT = Path(".wct/ledger.db")


def ledger_path(given: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """Choose the ledger: as given, else ``WCT_LEDGER``, else ``.wct/ledger.db``."""
    if given is not None:
        return given
    return Path(environ.get("WCT_LEDGER") or DEFAULT)


def ledger_files(
    path: Path, environ: Mapping[str, str] = os.environ
) -> tuple[Path, ...]:
    """List what belongs to a ledger: itself, what SQLite keeps beside it, the keys."""
    keys = environ.get("WCT_KEYS")
    return (
        path,
        *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")),
        Path(keys) if keys else path.with_name(path.name + ".keys"),
    )


def open_ledger(
    path: Path,
    *,
    create: bool,
    read_only: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Ledger:
    """Open a ledger file; its keys are beside it, or where ``WCT_KEYS`` says.

    Raises:
        LedgerUnusableError: there is none (and ``create`` is false), or what is there
            cannot be used; nothing was changed.
    """
    # Here, because apsw is not needed by who works in memory.
    from wct_adapters.ledgers.sqlite import open_sqlite_ledger

    keys = environ.get("WCT_KEYS")
    return open_sqlite_ledger(
        path,
        clock=utc_now,
        keys=Path(keys) if keys else None,
        create=create,
        read_only=read_only,
        signing_key=environ.get("WCT_SIGNING_KEY"),
    )


def memory_ledger() -> Ledger:
    """Make a ledger that is gone with the process."""
    return MemoryLedger(utc_now)
