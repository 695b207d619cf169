"""The keys of a ledger, wherever they are kept.

Kept is one JSON object: ``content_key``; ``scopes``, the keys of erasure scopes by
pseudonym; ``erased``, the pseudonyms whose keys were destroyed; ``signing``, the
private signing keys, the last one current. Keys are text in lower-case hexadecimal.
"""

import os
from collections.abc import Callable, Collection
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from wct_domain.digests import pseudonym
from wct_domain.errors import BlobDamagedError, ErasedError
from wct_domain.notes import VerifierKey
from wct_domain.ports.keys import Keys, Sealer, Signer

if TYPE_CHECKING:
    # Loaded when something is sealed or signed: it costs 17 ms of CPU.
    from wct_adapters.ledgers.ciphers import ScopeCipher, SigningKey

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


class KeyRing(Keys):
    """Keys out of a safe, read when they are first needed.

    Args:
        signing_key: signs instead of the safe's own (``WCT_SIGNING_KEY``).
    """

    def __init__(
        self, safe: Safe, log_id: str, *, signing_key: str | None = None
    ) -> None:
        self._safe = safe
        self._log_id = log_id
        self._given = signing_key
        self._content_key: bytes | None = None
        self._ciphers: dict[str, ScopeCipher] = {}

    @property
    def content_key(self) -> bytes:
        if self._content_key is None:
            self._content_key = bytes.fromhex(self._safe.read()["content_key"])
        return self._content_key

    @property
    def signer(self) -> Signer:
        from wct_adapters.ledgers.ciphers import SigningKey  # noqa: PLC0415  # see above

        if self._given is not None:
            return SigningKey.parse(self._given)
        signing = (
            self._safe.read().get("signing")
            or self._safe.change(
                lambda entry: self._add_signing_key(entry, SigningKey)
            )["signing"]
        )
        return SigningKey.parse(signing[-1])

    def verifier_keys(self) -> list[VerifierKey]:
        from wct_adapters.ledgers.ciphers import SigningKey  # noqa: PLC0415  # see above

        texts = list(self._safe.read().get("signing", []))
        if self._given is not None:
            texts.append(self._given)
        return [SigningKey.parse(text).key for text in texts]

    def rotate(self) -> VerifierKey:
        """Make a new signing key; the older ones stay, to verify with."""
        from wct_adapters.ledgers.ciphers import SigningKey  # noqa: PLC0415  # see above

        def add(entry: Entry) -> None:
            keys = entry.setdefault("signing", [])
            keys.append(str(SigningKey.new(f"wct/{self._log_id}")))

        return SigningKey.parse(self._safe.change(add)["signing"][-1]).key

    def scope_of(self, name: str) -> str:
        erased = set(self._safe.read().get("erased", ()))
        generation = 1
        while (found := self._pseudonym(name, generation)) in erased:
            generation += 1
        return found

    def sealer(self, name: str) -> Sealer:
        scope = self.scope_of(name)
        if scope not in self._safe.read().get("scopes", {}):
            self._safe.change(lambda entry: _add_scope(entry, scope))
        return self._cipher(scope)

    def open(self, sealed: bytes) -> bytes:
        from wct_adapters.ledgers.ciphers import scope_of  # noqa: PLC0415  # see above

        return self._cipher(scope_of(sealed)).open(sealed)

    def destroy(self, scopes: Collection[str]) -> None:
        def forget(entry: Entry) -> None:
            keys: dict[str, str] = entry.setdefault("scopes", {})
            erased: list[str] = entry.setdefault("erased", [])
            for scope in scopes:
                keys.pop(scope, None)
            erased += sorted(set(scopes) - set(erased))

        self._safe.change(forget)
        for scope in scopes:
            self._ciphers.pop(scope, None)

    def _pseudonym(self, name: str, generation: int) -> str:
        return pseudonym(self.content_key, "erasure-scope", f"{generation}\0{name}")

    def _cipher(self, scope: str) -> "ScopeCipher":
        found = self._ciphers.get(scope)
        if found is None:
            from wct_adapters.ledgers.ciphers import ScopeCipher  # noqa: PLC0415  # see above

            key = self._key_of(scope)
            found = self._ciphers[scope] = ScopeCipher(scope, key)
        return found

    def _key_of(self, scope: str) -> bytes:
        entry = self._safe.read()
        key = entry.get("scopes", {}).get(scope)
        if key is not None:
            return bytes.fromhex(key)
        if scope in entry.get("erased", ()):
            msg = "it was erased: the key that could open it is destroyed"
            raise ErasedError(msg)
        msg = (
            f"it is sealed, and the key store has no key of its scope ({scope}): "
            "restore the key store that belongs to this ledger (WCT_KEYS)"
        )
        raise BlobDamagedError(msg)

    def _add_signing_key(self, entry: Entry, kind: "type[SigningKey]") -> None:
        # Another process may have been faster.
        if not entry.get("signing"):
            entry["signing"] = [str(kind.new(f"wct/{self._log_id}"))]


def _add_scope(entry: Entry, scope: str) -> None:
    keys: dict[str, str] = entry.setdefault("scopes", {})
    keys.setdefault(scope, os.urandom(KEY_SIZE).hex())
