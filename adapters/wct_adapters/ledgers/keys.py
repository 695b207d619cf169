"""The keys of a ledger, wherever they are kept.

What encrypts or signs is loaded when it is first asked for: that costs 12 ms of CPU
and more, and most commands do neither.
"""

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

from wct_adapters.ledgers.safes import Safe
from wct_adapters.ledgers.scope_keys import ScopeKeys, ScopeSealer
from wct_domain.notes import VerifierKey
from wct_domain.ports.keys import Keys, Sealer, SharedKeys, Signer

if TYPE_CHECKING:
    from wct_adapters.ledgers.blob_keys import BlobKeys
    from wct_adapters.ledgers.exchange import KeyExchange
    from wct_adapters.ledgers.signing_keys import SigningKeys


class KeyRing(Keys):
    """Keys out of a safe, read when they are first needed.

    Args:
        signing_key: signs instead of the safe's own (``WCT_SIGNING_KEY``); an empty
            one is none.
    """

    def __init__(
        self, safe: Safe, log_id: str, *, signing_key: str | None = None
    ) -> None:
        self._safe = safe
        self._log_id = log_id
        self._given = signing_key or None
        self._content_key: bytes | None = None
        self._scopes = ScopeKeys(safe)

    @property
    def content_key(self) -> bytes:
        if self._content_key is None:
            self._content_key = bytes.fromhex(self._safe.read()["content_key"])
        return self._content_key

    @property
    def signer(self) -> Signer:
        return self._signing.signer()

    def verifier_keys(self) -> list[VerifierKey]:
        return self._signing.verifier_keys()

    def rotate(self) -> VerifierKey:
        return self._signing.rotate()

    def scope_of(self, name: str) -> str:
        return self._scopes.names(name)[-1]

    def scopes_of(self, name: str) -> list[str]:
        return self._scopes.names(name)

    def sealer(self, name: str) -> Sealer:
        return self._scopes.sealer(name)

    def sealer_of(self, scope: str) -> Sealer:
        return ScopeSealer(scope, self._scopes)

    def open(self, sealed: bytes) -> bytes:
        return self._blobs.open(sealed)

    @property
    def reader(self) -> str:
        return self._exchange.reader()

    def share(
        self,
        heads: Collection[bytes],
        reader: str,
        about: bytes,
        *,
        only_accepted: bool = False,
    ) -> bytes:
        return self._exchange.share(heads, reader, about, only_accepted=only_accepted)

    def receive(self, shared: bytes, about: bytes) -> SharedKeys:
        return self._exchange.receive(shared, about)

    def destroy(self, scopes: Collection[str]) -> None:
        self._scopes.destroy(scopes)

    def settle(self) -> None:
        self._scopes.settle()

    def are_shared(self) -> bool:
        return self._safe.is_shared()

    @cached_property
    def _signing(self) -> "SigningKeys":
        from wct_adapters.ledgers.signing_keys import (  # noqa: PLC0415  # 12 ms of CPU
            SigningKeys,
        )

        return SigningKeys(self._safe, self._log_id, self._given)

    @cached_property
    def _blobs(self) -> "BlobKeys":
        from wct_adapters.ledgers.blob_keys import BlobKeys  # noqa: PLC0415  # 12 ms of CPU

        return BlobKeys(self._safe, self._scopes)

    @cached_property
    def _exchange(self) -> "KeyExchange":
        from wct_adapters.ledgers.exchange import KeyExchange  # noqa: PLC0415  # 15 ms of CPU

        return KeyExchange(self._safe, self._blobs)
