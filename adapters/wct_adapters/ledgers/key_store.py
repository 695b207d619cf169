"""Keys of ledgers, in a file of their own so that backups can part them.

A key store is a JSON object: ``format`` and ``ledgers``, which holds the keys of
each ledger under the ledger's id. So several ledgers may share one store, and
a ledger never meets the keys of another. Members that this wct does not know are
kept. The file is replaced as a whole, on disk before anybody uses what is in it.
"""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

from wct_adapters.ledgers.replacing import locked, replace, settled_content
from wct_adapters.ledgers.safes import KEY_SIZE, Change, Entry
from wct_domain.errors import LedgerUnusableError

FORMAT: Final = 1
_SAME_AS: Final = "same_as"  # in the place of a copy's keys: whose they are

Version: TypeAlias = tuple[int, int, int]


class FileSafe:
    """The part of a key store that holds one ledger's keys.

    Args:
        location: the ledger, as people know it.
    """

    def __init__(self, path: Path, log_id: str, location: str) -> None:
        self._path = path
        self._log_id = log_id
        self._location = location
        self._seen: tuple[Version, Entry] | None = None

    def read(self) -> Entry:
        """Return the keys of the ledger.

        Raises:
            LedgerUnusableError: the store is missing, unreadable, or has no keys of
                this ledger; the text says what to restore.
        """
        version = _version(self._path)
        if self._seen is not None and self._seen[0] == version:
            return self._seen[1]
        entry = self._entry_in(_read(self._path, self._location, settled=True))
        if version is not None:
            self._seen = version, entry
        return entry

    def change(self, change: Change) -> Entry:
        """Change the keys of the ledger, against other processes.

        Raises:
            LedgerUnusableError: as ``read``, or the store cannot be written.
        """
        if not os.path.exists(self._path):  # noqa: PTH110  # says no where it may not look
            raise _unusable(self._path, self._location, "is missing")  # and makes none
        with self._open():
            store = _read(self._path, self._location)
            entry = self._entry_in(store)
            return self._replace(store, entry, change)

    def make(self) -> None:
        """Make keys for a new ledger, and the store, where they are missing.

        They are on disk when this returns. Processes that do this at once get the
        same keys.

        Raises:
            LedgerUnusableError: the store cannot be read, or cannot be written.
        """

        def add_key(entry: Entry) -> None:
            entry.setdefault("content_key", os.urandom(KEY_SIZE).hex())

        with self._open():
            store = _read_or_new(self._path, self._location)
            if self._log_id not in store["ledgers"]:
                entry: Entry = store["ledgers"].setdefault(self._log_id, {})
                self._replace(store, entry, add_key)
        self.read()

    def adopt(self, former: str, source: Path) -> None:
        """Let a copy of a ledger have the keys of the ledger that it is a copy of.

        In one store they share them: a key that is destroyed for one of them is
        destroyed. From another store they are copied.

        Args:
            former: id of the ledger that was copied.
            source: the store with its keys.

        Raises:
            LedgerUnusableError: ``source`` does not have them, or a store cannot be
                read or written.
        """
        entry = FileSafe(source, former, self._location).read()
        with self._open():
            store = _read_or_new(self._path, self._location)
            if source.samefile(self._path):
                first = store["ledgers"][former].get(_SAME_AS, former)
                store["ledgers"][self._log_id] = {_SAME_AS: first}
            else:
                store["ledgers"][self._log_id] = entry
            self._replace(store, entry, lambda _: None)

    def is_shared(self) -> bool:
        """Say whether a copy of the ledger, or what it is a copy of, has its keys here.

        Raises:
            LedgerUnusableError: as ``read``.
        """
        store = _read(self._path, self._location, settled=True)
        ledgers: dict[str, Any] = store["ledgers"]
        owners = {
            log: cast("Entry", entry).get(_SAME_AS, log)
            for log, entry in ledgers.items()
            if isinstance(entry, dict)
        }
        return list(owners.values()).count(owners.get(self._log_id)) > 1

    def _entry_in(self, store: dict[str, Any]) -> Entry:
        ledgers: dict[str, Any] = store["ledgers"]
        entry = ledgers.get(self._log_id)
        if isinstance(entry, dict):
            entry = ledgers.get(cast("Entry", entry).get(_SAME_AS, self._log_id))
        if entry is None:
            reason = f"has no keys of this ledger (id {self._log_id})"
            raise _unusable(self._path, self._location, reason)
        if not _is_sound(entry):
            raise _unusable(self._path, self._location, "is damaged")
        return cast("Entry", entry)

    def _replace(self, store: dict[str, Any], entry: Entry, change: Change) -> Entry:
        self._seen = None  # unless all goes well, what is known may be wrong
        change(entry)
        # No indent: with one, Python writes a store of many runs ten times as slowly.
        replace(self._path, json.dumps(store).encode() + b"\n")
        version = _version(self._path)
        if version is not None:
            self._seen = version, entry
        return entry

    @contextmanager
    def _open(self) -> Generator[None]:
        try:
            with locked(self._path):
                yield
        except OSError as error:
            msg = (
                f"ledger '{self._location}': its key store '{self._path}' cannot be "
                f"written: {error.strerror}; make it writable, or name another with "
                "WCT_KEYS"
            )
            raise LedgerUnusableError(msg) from error


def others_can_read(path: Path) -> bool:
    """Say whether anybody but its owner has any right to a store."""
    return bool(path.stat().st_mode & 0o077)


def _version(path: Path) -> Version | None:
    """Tell one content of the store from the next: it is replaced as a whole.

    A file system may give the number of a file that is gone to the next one, and
    its clock may tick slowly: their size makes up for that.
    """
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _is_sound(entry: object) -> bool:
    """Say whether all keys of a ledger are written as keys are."""
    if not isinstance(entry, dict):
        return False
    members = cast("dict[str, Any]", entry)
    lists = (members.get(name, []) for name in ("erased", "signing", "given"))
    try:
        keys = [members["content_key"], *members.get("scopes", {}).values()]
        sound = all(len(bytes.fromhex(key)) == KEY_SIZE for key in keys)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return sound and all(isinstance(each, list) for each in lists)


def _read(path: Path, location: str, *, settled: bool = False) -> dict[str, Any]:
    """Read a store. ``settled``: only what is on disk; not for whoever holds it."""
    try:
        store = json.loads(settled_content(path) if settled else path.read_bytes())
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


def _read_or_new(path: Path, location: str) -> dict[str, Any]:
    if path.stat().st_size:
        return _read(path, location)
    return {"format": FORMAT, "ledgers": {}}


def _unusable(path: Path, location: str, what: str) -> LedgerUnusableError:
    return LedgerUnusableError(
        f"ledger '{location}': its key store '{path}' {what}; restore it from a "
        "backup or say where it is with WCT_KEYS (without it the events can be read, "
        "but nothing can be recorded, and what is sealed cannot be shown)"
    )
