"""A ledger out of a backup."""

from pathlib import Path

import apsw

from wct_adapters.ledgers.key_store import FileSafe
from wct_adapters.ledgers.sqlite.backup_marks import is_backup, unmark
from wct_adapters.ledgers.sqlite.connections import Database, connect_for_reading
from wct_adapters.ledgers.sqlite.contents import (
    identity_of,
    recorded_format,
    rename,
)
from wct_adapters.ledgers.sqlite.copying import copied, refuse_existing
from wct_adapters.ledgers.sqlite.failures import damaged, opening_failure
from wct_adapters.ledgers.sqlite.places import make_own_directory, refuse_unfit
from wct_adapters.ledgers.sqlite.schema import FORMAT
from wct_domain.errors import LedgerUnusableError


def restore_sqlite_ledger(
    backup: Path,
    path: Path,
    *,
    keys: Path | None = None,
    keys_from: Path | None = None,
    even_if_damaged: bool = False,
) -> str:
    """Make a ledger of what ``Maintenance.backup`` has written; return its log id.

    It has another id than the ledger that was backed up, so that cursors which are
    ahead of it are refused, and it has the keys that this ledger has today: what was
    erased since stays erased.

    Args:
        keys: the key store of the restored ledger; ``<path>.keys`` by default.
        keys_from: the key store of the ledger that was backed up; ``keys`` by default.
        even_if_damaged: of what SQLite finds damaged, copy what can be copied.

    Raises:
        LedgerWriteError: a ledger is there already, or there is no room; nothing was
            changed.
        LedgerUnusableError: the backup is none, is damaged or of a newer format, its
            keys are missing, or ``path`` is no place for a ledger.
    """
    location = str(backup)
    refuse_unfit(path)
    refuse_existing(path)
    _refuse_missing(backup)
    keys = (keys or path.with_name(path.name + ".keys")).absolute()
    keys_from = (keys_from or keys).absolute()
    try:
        source = connect_for_reading(backup.absolute())
    except apsw.Error as error:
        raise opening_failure(location, error) from error
    try:
        _refuse_no_backup(source, location)
        if not even_if_damaged:
            _refuse_damaged(source, location)
        make_own_directory(path)
        with copied(source, path) as copy:
            rename(copy, keep_former=True)
            unmark(copy)
            identity = identity_of(copy)
            safe = FileSafe(keys, identity.log_id, str(path))
            safe.adopt(identity.former_ids[-1], keys_from)
    except apsw.Error as error:
        raise opening_failure(location, error) from error
    finally:
        source.close()
    return identity.log_id


def _refuse_missing(backup: Path) -> None:
    if not backup.is_file():
        msg = f"there is no file '{backup}'; name one that 'wct ledger backup' wrote"
        raise LedgerUnusableError(msg)


def _refuse_no_backup(source: Database, location: str) -> None:
    found = recorded_format(source, location)
    if found is not None and found > FORMAT:
        msg = (
            f"backup '{location}' has format {found}, this wct restores up to format "
            f"{FORMAT}; install a newer wct"
        )
        raise LedgerUnusableError(msg)
    if found is None or not is_backup(source):
        msg = (
            f"'{location}' is no backup of a ledger: 'wct ledger backup' makes one; "
            "to go on with a ledger, name it with --ledger or WCT_LEDGER"
        )
        raise LedgerUnusableError(msg)


def _refuse_damaged(source: Database, location: str) -> None:
    """Refuse a file whose pages, indexes or rows do not fit together."""
    found = source.execute("PRAGMA integrity_check(1)").get
    if found != "ok":
        raise damaged(location, found)
