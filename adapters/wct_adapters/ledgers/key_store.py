"""Keys of ledgers, in a file of their own so that backups can part them.

A key store is a JSON object: ``format`` and ``ledgers``, which holds the keys of
each ledger under the ledger's id. So several ledgers may share one store, and
a ledger never meets the keys of another. Members that this wct does not know are
kept. The file is replaced as a whole, on disk before anybody uses what is in it.
"""

import fcntl
import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from wct_domain.errors import LedgerUnusableError

FORMAT: Final = 1
KEY_SIZE: Final = 32  # bytes


def load_content_key(path: Path, log_id: str, location: str) -> bytes:
    """Return the key of a ledger's content digests.

    Raises:
        LedgerUnusableError: the store is missing, unreadable, or has no key of this
            ledger; the text says what to restore.
    """
    entry = _read(path, location)["ledgers"].get(log_id)
    if entry is None:
        raise _unusable(path, location, f"has no key of this ledger (id {log_id})")
    try:
        key = bytes.fromhex(entry["content_key"])
    except (KeyError, TypeError, ValueError) as error:
        raise _unusable(path, location, "is damaged") from error
    if len(key) != KEY_SIZE:
        raise _unusable(path, location, "is damaged")
    return key


def make_content_key(path: Path, log_id: str, location: str) -> bytes:
    """Return the key of a new ledger; make key and store where they are missing.

    It is on disk when this returns. Processes that do this at once get the same key.

    Raises:
        LedgerUnusableError: the store cannot be read, or cannot be written.
    """
    try:
        with _locked(path):
            store: dict[str, Any] = {"format": FORMAT, "ledgers": {}}
            if path.stat().st_size:
                store = _read(path, location)
            if log_id not in store["ledgers"]:
                key = os.urandom(KEY_SIZE).hex()
                store["ledgers"][log_id] = {"content_key": key}
                _replace(path, json.dumps(store, indent=2).encode() + b"\n")
    except OSError as error:
        msg = (
            f"ledger '{location}': its key store '{path}' cannot be written: "
            f"{error.strerror}; make it writable, or name another with WCT_KEYS"
        )
        raise LedgerUnusableError(msg) from error
    return load_content_key(path, log_id, location)


def _read(path: Path, location: str) -> dict[str, Any]:
    try:
        store = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise _unusable(path, location, "is missing") from error
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise _unusable(path, location, reason) from error
    except ValueError as error:
        raise _unusable(path, location, "is damaged") from error
    if not isinstance(store, dict):
        raise _unusable(path, location, "is damaged")
    members = cast("dict[str, Any]", store)
    if members.get("format") != FORMAT:
        reason = f"is not of format {FORMAT}, which this wct reads"
        raise _unusable(path, location, reason)
    if not isinstance(members.get("ledgers"), dict):
        raise _unusable(path, location, "is damaged")
    return members


@contextmanager
def _locked(path: Path) -> Generator[None]:
    """Hold the store, made empty if there is none, against other processes."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
            break
        os.close(descriptor)  # replaced while we waited for it
    try:
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, content: bytes) -> None:
    target = path.resolve()  # not the link, if it is one
    temporary = target.with_name(f"{target.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)  # the new name, too, is on disk before it is needed
    finally:
        os.close(directory)


def _unusable(path: Path, location: str, what: str) -> LedgerUnusableError:
    return LedgerUnusableError(
        f"ledger '{location}' cannot be written: its key store '{path}' {what}; "
        "restore it from a backup or say where it is with WCT_KEYS "
        "(what is recorded stays readable)"
    )
