"""Keys of single blobs that came from another ledger, and what they open."""

import json
import re

from wct_adapters.ledgers.ciphers import key_name, opened_with, scope_of
from wct_adapters.ledgers.safes import Entry, Safe
from wct_domain.errors import BlobDamagedError
from wct_domain.ports.keys import SharedKeys

_SCOPE = re.compile("[0-9a-f]{32}")
_NONCE = re.compile("[0-9a-f]{24}")
_KEY = re.compile("[0-9a-f]{64}")


class ReceivedKeys(SharedKeys):
    """Keys as somebody else wrote them down.

    A key counts when it has opened a blob: one that was made up would stand in the way
    of the right one, which may come later from somebody else.

    Args:
        body: what was shared, decrypted.

    Raises:
        BlobDamagedError: it is not in the format.
    """

    def __init__(self, safe: Safe, body: bytes) -> None:
        self._safe = safe
        self._keys = _blob_keys(body)
        self._fitting: dict[str, dict[str, str]] = {}

    def open(self, sealed: bytes) -> bytes | None:
        scope, name = scope_of(sealed), key_name(sealed)
        key = self._keys.get(scope, {}).get(name)
        if key is None or scope in _closed(self._safe.read()):
            return None
        try:
            body = opened_with(bytes.fromhex(key), sealed)
        except BlobDamagedError:
            return None
        self._fitting.setdefault(scope, {})[name] = key
        return body

    def keep(self) -> int:
        def add(entry: Entry) -> None:
            kept: dict[str, dict[str, str]] = entry.setdefault("accepted", {})
            for scope in self._fitting.keys() - _closed(entry):
                kept[scope] = self._fitting[scope] | kept.get(scope, {})

        if not self._fitting:
            return 0
        kept = self._safe.change(add)["accepted"]
        return sum(len(keys) for scope, keys in self._fitting.items() if scope in kept)


def _closed(entry: Entry) -> set[str]:
    """Return the scopes that nothing is kept for: erased, or of this ledger."""
    return {*entry.get("erased", ()), *entry.get("scopes", {})}


def _blob_keys(body: bytes) -> dict[str, dict[str, str]]:
    """Read what ``Keys.share`` encrypts."""
    found: dict[str, dict[str, str]] = {}
    try:
        found = json.loads(body)
        fits = all(
            _SCOPE.fullmatch(scope) and _NONCE.fullmatch(name) and _KEY.fullmatch(key)
            for scope, keys in found.items()
            for name, key in keys.items()
        )
    except (ValueError, AttributeError, TypeError, RecursionError):
        fits = False
    if not fits:
        msg = "the keys that came with it are not in the format"
        raise BlobDamagedError(msg)
    return found
