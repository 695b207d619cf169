"""Ledgers out of backups, for commands."""

import os
from collections.abc import Mapping
from pathlib import Path

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.key_store import FileSafe
from wct_adapters.ledgers.keys import KeyRing
from wct_adapters.ledgers.sqlite.copying import refuse_existing
from wct_adapters.ledgers.sqlite.opening import open_sqlite_ledger
from wct_adapters.ledgers.sqlite.restoring import restore_sqlite_ledger
from wct_domain.ports.keys import Keys
from wct_domain.ports.ledger import Ledger
from wct_entrypoints.bootstrap.ledgers import key_store
from wct_entrypoints.bootstrap.signing_key import given_signing_key

__all__ = ["keys_of_former", "open_backup", "refuse_existing", "restore"]


def open_backup(path: Path) -> Ledger:
    """Open a backup, to look at.

    Raises:
        LedgerUnusableError: it is no ledger, or cannot be read.
    """
    return open_sqlite_ledger(path, clock=utc_now, create=False, read_only=True)


def keys_of_former(
    backup: Ledger, store: Path, environ: Mapping[str, str] = os.environ
) -> Keys:
    """Return the keys of the ledger that a backup is of, out of its key store."""
    log_id = (*backup.former_ids, backup.log_id)[-2:][0]
    safe = FileSafe(store.absolute(), log_id, backup.location)
    return KeyRing(safe, log_id, signing_key=given_signing_key(environ))


def restore(
    backup: Path, path: Path, keys_from: Path | None, *, even_if_damaged: bool
) -> str:
    """Make a ledger of a backup; return its id.

    Raises:
        LedgerError: nothing was written; the text says why.
    """
    return restore_sqlite_ledger(
        backup,
        path,
        keys=key_store(path),
        keys_from=keys_from,
        even_if_damaged=even_if_damaged,
    )
