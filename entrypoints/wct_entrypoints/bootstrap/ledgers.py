"""Which ledger a process works with: a file, or a PostgreSQL database."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_adapters.ledgers.urls import is_url, shown
from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.ledger import Ledger
from wct_entrypoints.bootstrap.signing_key import given_signing_key
from wct_entrypoints.usual_ledger import usual_place

__all__ = [
    "is_url",
    "key_store",
    "ledger_files",
    "ledger_place",
    "lost_ledger",
    "memory_ledger",
    "open_ledger",
    "shown",
]

_BESIDE = ("-wal", "-shm", "-journal", ".locks")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")  # of a drive there is one letter


def ledger_place(
    given: Path | str | None, environ: Mapping[str, str] = os.environ
) -> Path | str:
    """Choose the ledger: as given, else ``WCT_LEDGER``, else the usual one.

    Returns:
        The path of a file, or the URL of a database as text.

    Raises:
        LedgerUnusableError: it is a URL of something else.
    """
    chosen = given or environ.get("WCT_LEDGER") or usual_place()
    if is_url(str(chosen)):
        return str(chosen)
    if (scheme := _SCHEME.match(str(chosen))) is not None:
        # The rest is not shown: there may be a password in it.
        msg = (
            f"a ledger cannot be at a URL that begins with '{scheme[1]}:'; name a "
            "file, or a PostgreSQL database as postgresql://USER@HOST/DATABASE"
        )
        raise LedgerUnusableError(msg)
    return Path(chosen)


def ledger_files(
    place: Path | str, environ: Mapping[str, str] = os.environ
) -> tuple[Path, ...]:
    """List what belongs to a ledger: its file, what SQLite keeps beside it, the keys.

    Of a database only the keys are files; their directory is named.
    """
    if isinstance(place, str):
        keys = environ.get("WCT_KEYS")
        return (Path(keys) if keys else _data_directory(environ),)
    return (
        place,
        *(place.with_name(place.name + end) for end in _BESIDE),
        key_store(place, environ),
    )


def key_store(path: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the keys of a ledger file are: ``WCT_KEYS``, or beside it."""
    keys = environ.get("WCT_KEYS")
    return Path(keys) if keys else path.with_name(path.name + ".keys")


def lost_ledger(place: Path | str) -> str | None:
    """Say that a ledger was there, if only its keys are; None where all is well."""
    if isinstance(place, str) or place.exists():
        return None
    keys = place.with_name(place.name + ".keys")
    if not keys.exists():
        return None
    return (
        f"there is no ledger '{place}', though its key store '{keys}' is there: if "
        "there was one, put it back; what is recorded now is another history"
    )


def open_ledger(
    place: Path | str,
    *,
    create: bool,
    read_only: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Ledger:
    """Open a ledger: a file, or a PostgreSQL database by its URL.

    The keys of a file are beside it, those of a database in the user's data directory
    (``XDG_DATA_HOME``); or they are where ``WCT_KEYS`` says.

    Raises:
        LedgerUnusableError: there is none (and ``create`` is false), or what is there
            cannot be used; nothing was changed.
    """
    chosen = ledger_place(place, environ)
    if isinstance(chosen, str):
        return _open_database(chosen, environ, create=create, read_only=read_only)
    # Here, because apsw is not needed by who works in memory or with PostgreSQL.
    from wct_adapters.ledgers.sqlite import open_sqlite_ledger

    return open_sqlite_ledger(
        chosen,
        clock=utc_now,
        keys=key_store(chosen, environ),
        create=create,
        read_only=read_only,
        signing_key=given_signing_key(environ),
    )


def memory_ledger() -> Ledger:
    """Make a ledger that is gone with the process."""
    return MemoryLedger(utc_now)


def _open_database(
    url: str, environ: Mapping[str, str], *, create: bool, read_only: bool
) -> Ledger:
    try:
        from wct_adapters.ledgers.postgres import open_postgres_ledger
    except ImportError as error:
        msg = (
            f"ledger '{shown(url)}' needs a driver that is not installed; run "
            "pip install 'wct-compliance[postgres]'"
        )
        raise LedgerUnusableError(msg) from error
    keys = environ.get("WCT_KEYS")
    return open_postgres_ledger(
        url,
        clock=utc_now,
        keys=lambda log_id: (
            Path(keys) if keys else _data_directory(environ) / f"{log_id}.keys"
        ),
        create=create,
        read_only=read_only,
        signing_key=given_signing_key(environ),
    )


def _data_directory(environ: Mapping[str, str]) -> Path:
    """Where the user's data is (XDG base directories; a relative path is ignored)."""
    named = Path(environ.get("XDG_DATA_HOME") or "")
    try:
        base = named if named.is_absolute() else Path.home() / ".local" / "share"
    except RuntimeError as error:  # as in a container, for a user without a name
        msg = (
            "there is no home directory, so no place for the keys of a ledger in "
            "PostgreSQL: name their file with WCT_KEYS"
        )
        raise LedgerUnusableError(msg) from error
    return base / "wct"
