"""What only the technologies behind a ledger can say of it, for ``wct doctor``."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from wct_adapters.ledgers.key_store import FileSafe, others_can_read
from wct_domain.errors import CheckpointError, LedgerUnusableError
from wct_domain.ports.ledger import Ledger
from wct_entrypoints.bootstrap.ledgers import ledger_files, open_ledger, shown
from wct_entrypoints.bootstrap.signing_key import signing_key_in


class SqliteFacts(NamedTuple):
    """The SQLite in use, and the first one that does not corrupt ledgers."""

    version: str
    first_sound: str
    fault: str | None  # why this one cannot be used


class FileFormat(NamedTuple):
    """The form in which a ledger file is stored, and the one that this wct writes."""

    found: int | None  # None: the file is empty
    written: int


class StoredKeys(NamedTuple):
    """What the key store has of one ledger; nothing secret."""

    scopes: frozenset[str]  # pseudonyms that have a key
    erased: frozenset[str]  # those whose key was destroyed
    signing: tuple[str, ...]  # public halves, the current one last


def sqlite_facts() -> SqliteFacts:
    """Look at the SQLite that the driver brings."""
    import apsw

    from wct_adapters.ledgers.sqlite.opening import FIRST_SOUND_SQLITE

    version = apsw.sqlite_lib_version()
    return SqliteFacts(version, FIRST_SOUND_SQLITE, fault_of_sqlite(version))


def fault_of_sqlite(version: str) -> str | None:
    """Say why a version of SQLite cannot be used; None if it can."""
    from wct_adapters.ledgers.sqlite.opening import refuse_unsound_sqlite

    try:
        refuse_unsound_sqlite(version)
    except LedgerUnusableError as error:
        return str(error)
    return None


def has_postgres_driver() -> bool:
    """Say whether ledgers on PostgreSQL can be used."""
    return find_spec("psycopg") is not None


def refuse_unfit_place(path: Path) -> None:
    """Refuse a place where no ledger file can be, or a log whose ledger is gone.

    Raises:
        LedgerUnusableError: the text says why, and what to do.
    """
    from wct_adapters.ledgers.sqlite.places import refuse_log_of_another, refuse_unfit

    refuse_unfit(path)
    refuse_log_of_another(path)


def refuse_unwritable_file(path: Path) -> None:
    """Refuse a ledger file that this user may not write.

    Raises:
        LedgerUnusableError
    """
    from wct_adapters.ledgers.sqlite.places import refuse_unwritable

    refuse_unwritable(path)


def format_of(path: Path) -> FileFormat:
    """Look up the format of a ledger file.

    Raises:
        LedgerUnusableError: it is none, or is damaged.
    """
    from wct_adapters.ledgers.sqlite.opening import format_of as found
    from wct_adapters.ledgers.sqlite.schema import FORMAT

    return FileFormat(found(path), FORMAT)


def open_to_look(place: Path | str, environ: Mapping[str, str] = os.environ) -> Ledger:
    """Open a ledger for reading, whatever is wrong with a signing key.

    Raises:
        LedgerUnusableError: it cannot be read.
    """
    names = {name: text for name, text in environ.items() if name != "WCT_SIGNING_KEY"}
    return open_ledger(place, create=False, read_only=True, environ=names)


def key_store_of(place: Path | str, log_id: str) -> Path:
    """Return where the keys of a ledger are."""
    store = ledger_files(place)[-1]
    return store / f"{log_id}.keys" if store.is_dir() else store


def is_open_to_others(store: Path) -> bool:
    """Say whether anybody but its owner has any right to a key store."""
    return others_can_read(store)


def stored_keys(ledger: Ledger, store: Path) -> StoredKeys:
    """Look into a key store.

    Raises:
        LedgerUnusableError: it is missing, damaged, or has no keys of this ledger.
    """
    entry = FileSafe(store.absolute(), ledger.log_id, ledger.location).read()
    return StoredKeys(
        frozenset(entry.get("scopes", ())),
        frozenset(entry.get("erased", ())),
        tuple(map(str, ledger.keys.verifier_keys())),
    )


def given_signer() -> str | None:
    """Return the public half of ``WCT_SIGNING_KEY``; None if it is not set.

    Raises:
        CheckpointError: it is no signing key, or a file that cannot be read.
    """
    text = signing_key_in(os.environ)
    if not text:
        return None
    from wct_entrypoints.bootstrap.signing import SigningKey

    try:
        return str(SigningKey.parse(text).key)
    except CheckpointError as error:
        # Its text stays secret.
        msg = f"WCT_SIGNING_KEY is {error}; 'wct ledger new-key NAME' makes one"
        raise CheckpointError(msg) from None


def server_version(url: str) -> str:
    """Ask a PostgreSQL server for its version, such as ``15.6``.

    Raises:
        LedgerUnusableError: it cannot be asked.
    """
    from wct_adapters.ledgers.postgres.connections import Channel

    channel = Channel(url, shown(url))
    try:
        return str(channel.connection().info.parameter_status("server_version"))
    finally:
        channel.close()
