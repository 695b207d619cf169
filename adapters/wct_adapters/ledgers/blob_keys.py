"""The keys of single sealed blobs.

A blob is opened by a key of its own. The key of its scope opens that; or, where
another ledger has sealed it, it came along and was accepted.
"""

from wct_adapters.ledgers.ciphers import key_name, opened_with, scope_of
from wct_adapters.ledgers.safes import Safe
from wct_adapters.ledgers.scope_keys import ScopeKeys
from wct_domain.errors import BlobDamagedError


class BlobKeys:
    """Opens what the sealers of this ledger have made, and what it was given keys of.

    Its errors are those of :meth:`wct_domain.ports.keys.Keys.open`.
    """

    def __init__(self, safe: Safe, scopes: ScopeKeys) -> None:
        self._safe = safe
        self._scopes = scopes

    def open(self, sealed: bytes) -> bytes:
        """Decrypt a blob."""
        accepted = self._accepted(sealed)
        if accepted is not None:
            return opened_with(accepted, sealed)
        return self._scopes.cipher(scope_of(sealed)).open(sealed)

    def of(self, head: bytes, *, only_accepted: bool = False) -> bytes:
        """Return the key of a blob, given its beginning: 117 bytes or more.

        Raises:
            BlobDamagedError: also where ``only_accepted`` and this ledger has made it.
        """
        accepted = self._accepted(head)
        if accepted is not None:
            return accepted
        if only_accepted:
            msg = "the run came from another ledger, without the keys to share it"
            raise BlobDamagedError(msg)
        return self._scopes.cipher(scope_of(head)).key_of(head)

    def _accepted(self, sealed: bytes) -> bytes | None:
        of_scope = self._safe.read().get("accepted", {}).get(scope_of(sealed), {})
        key = of_scope.get(key_name(sealed))
        return None if key is None else bytes.fromhex(key)
