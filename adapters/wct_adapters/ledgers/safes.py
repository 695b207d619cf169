"""Where the keys of a ledger are kept, and in what form.

Kept is one JSON object: ``content_key``; ``scopes``, the keys of erasure scopes by
pseudonym; ``erased``, the pseudonyms whose keys were destroyed; ``signing``, the
private signing keys, the last one current; ``given``, the public keys that signed in
their place; ``reader``, the private key that others encrypt for; ``accepted``, the keys
of single blobs that they did, by scope. Keys are text in lower-case hexadecimal.
"""

import os
from collections.abc import Callable
from threading import Lock
from typing import Any, Final, Protocol, TypeAlias

KEY_SIZE: Final = 32  # bytes

Entry: TypeAlias = dict[str, Any]
Change: TypeAlias = Callable[[Entry], None]


class Safe(Protocol):
    """Where the object with the keys of one ledger is kept."""

    def read(self) -> Entry:
        """Return what is kept.

        Raises:
            LedgerUnusableError: it cannot be read, or is damaged.
        """
        ...

    def change(self, change: Change) -> Entry:
        """Change what is kept, alone, and on disk when this returns; return it.

        Raises:
            LedgerUnusableError: it cannot be read or written; it is as it was.
        """
        ...

    def is_shared(self) -> bool:
        """Say whether another ledger has the same object. Raises as ``read``."""
        ...


class MemorySafe:
    """Keeps keys as long as its process lives."""

    def __init__(self) -> None:
        self._entry: Entry = {"content_key": os.urandom(KEY_SIZE).hex()}
        self._lock = Lock()

    def read(self) -> Entry:
        return self._entry

    def change(self, change: Change) -> Entry:
        with self._lock:
            change(self._entry)
        return self._entry

    def is_shared(self) -> bool:
        return False
