"""The keys of a ledger, wherever they are kept.

Kept is one JSON object: ``content_key``; ``scopes``, the keys of erasure scopes by
pseudonym; ``erased``, the pseudonyms whose keys were destroyed; ``signing``, the
private signing keys, the last one current; ``given``, the public keys that signed in
their place; ``reader``, the private key that others encrypt for; ``accepted``, the keys
of single blobs that they did, by scope. Keys are text in lower-case hexadecimal.
"""

import json
import os
from collections.abc import Callable, Collection
from functools import partial
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from wct_domain.digests import pseudonym
from wct_domain.errors import BlobDamagedError, CheckpointError, ErasedError
from wct_domain.notes import VerifierKey
from wct_domain.ports.keys import Keys, Sealer, SharedKeys, Signer

if TYPE_CHECKING:
    # Loaded when something is sealed or signed: it costs 17 ms of CPU.
    from wct_adapters.ledgers.ciphers import ScopeCipher, SigningKey

KEY_SIZE: Final = 32  # bytes
LAG: Final = 0.05  # seconds until a sealer notices what another process has erased

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


class KeyRing(Keys):
    """Keys out of a safe, read when they are first needed.

    Whether a scope's key is still there is asked each time that it is used: another
    process may have destroyed it, and what was erased must not be shown, or added to,
    by who happened to be at work.

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
        self._ciphers: dict[str, tuple[str, ScopeCipher]] = {}  # with the key, in hex

    @property
    def content_key(self) -> bytes:
        if self._content_key is None:
            self._content_key = bytes.fromhex(self._safe.read()["content_key"])
        return self._content_key

    @property
    def signer(self) -> Signer:
        from wct_adapters.ledgers.ciphers import SigningKey  # noqa: PLC0415  # see above

        if self._given is not None:
            given = _given_key(self._given, SigningKey)
            self._remember(given.key)
            return given
        signing = (
            self._safe.read().get("signing")
            or self._safe.change(
                lambda entry: self._add_signing_key(entry, SigningKey)
            )["signing"]
        )
        return SigningKey.parse(signing[-1])

    def verifier_keys(self) -> list[VerifierKey]:
        from wct_adapters.ledgers.ciphers import SigningKey  # noqa: PLC0415  # see above

        entry = self._safe.read()
        keys = [VerifierKey.parse(text) for text in entry.get("given", ())]
        keys += [SigningKey.parse(text).key for text in entry.get("signing", ())]
        if self._given is not None:
            given = _given_key(self._given, SigningKey).key
            keys = [*(key for key in keys if key != given), given]
        return keys

    def rotate(self) -> VerifierKey:
        from wct_adapters.ledgers.ciphers import SigningKey  # noqa: PLC0415  # see above

        def add(entry: Entry) -> None:
            keys = entry.setdefault("signing", [])
            keys.append(SigningKey.new(f"wct/{self._log_id}").text)

        return SigningKey.parse(self._safe.change(add)["signing"][-1]).key

    def scope_of(self, name: str) -> str:
        return self.scopes_of(name)[-1]

    def scopes_of(self, name: str) -> list[str]:
        erased = set(self._safe.read().get("erased", ()))
        found = [self._pseudonym(name, 1)]
        while found[-1] in erased:
            found.append(self._pseudonym(name, len(found) + 1))
        return found

    def sealer(self, name: str) -> Sealer:
        scope = self.scope_of(name)
        while scope not in self._safe.read().get("scopes", {}):
            self._safe.change(partial(_add_scope, scope))
            scope = self.scope_of(name)  # another one, if it was erased just now
        return _ScopeSealer(scope, self)

    def sealer_of(self, scope: str) -> Sealer:
        return _ScopeSealer(scope, self)

    def open(self, sealed: bytes) -> bytes:
        from wct_adapters.ledgers.ciphers import (  # noqa: PLC0415  # see above
            key_name,
            opened_with,
            scope_of,
        )

        scope = scope_of(sealed)
        if scope in self._safe.read().get("accepted", ()):
            accepted = self._accepted(scope, key_name(sealed))
            if accepted is not None:
                return opened_with(accepted, sealed)
        return self.cipher(scope).open(sealed)

    @property
    def reader(self) -> str:
        from wct_adapters.ledgers.sharing import reader_key  # noqa: PLC0415  # see above

        return str(reader_key(self._reader()))

    def share(
        self,
        heads: Collection[bytes],
        reader: str,
        about: bytes,
        *,
        only_accepted: bool = False,
    ) -> bytes:
        from wct_adapters.ledgers.ciphers import (  # noqa: PLC0415  # see above
            key_name,
            scope_of,
        )
        from wct_adapters.ledgers.sharing import ReaderKey  # noqa: PLC0415  # see above

        keys: dict[str, dict[str, str]] = {}
        for head in heads:
            scope, name = scope_of(head), key_name(head)
            key = self._accepted(scope, name)
            if key is None and only_accepted:
                msg = "the run came from another ledger, without the keys to share it"
                raise BlobDamagedError(msg)
            key = key or self.cipher(scope).key_of(head)
            keys.setdefault(scope, {})[name] = key.hex()
        body = json.dumps(keys, sort_keys=True).encode()
        return ReaderKey.parse(reader).seal(body, about)

    def receive(self, shared: bytes, about: bytes) -> SharedKeys:
        from wct_adapters.ledgers.receiving import (  # noqa: PLC0415  # see above
            ReceivedKeys,
        )
        from wct_adapters.ledgers.sharing import opened_by  # noqa: PLC0415  # see above

        return ReceivedKeys(self._safe, opened_by(self._reader(), shared, about))

    def _accepted(self, scope: str, name: str) -> bytes | None:
        key = self._safe.read().get("accepted", {}).get(scope, {}).get(name)
        return None if key is None else bytes.fromhex(key)

    def _reader(self) -> bytes:
        from wct_adapters.ledgers.sharing import new_reader  # noqa: PLC0415  # see above

        def add(entry: Entry) -> None:
            entry.setdefault("reader", new_reader().hex())

        entry = self._safe.read()
        return bytes.fromhex(
            (entry if "reader" in entry else self._safe.change(add))["reader"]
        )

    def destroy(self, scopes: Collection[str]) -> None:
        entry = self._safe.read()
        there = {*entry.get("scopes", ()), *entry.get("accepted", ())}
        gone = set(entry.get("erased", ())) - there
        if gone.issuperset(scopes):
            return

        def forget(entry: Entry) -> None:
            keys: dict[str, str] = entry.setdefault("scopes", {})
            erased: list[str] = entry.setdefault("erased", [])
            for scope in scopes:
                keys.pop(scope, None)
                entry.get("accepted", {}).pop(scope, None)
            erased += sorted(set(scopes) - set(erased))

        self._safe.change(forget)
        for scope in scopes:
            self._ciphers.pop(scope, None)

    def are_shared(self) -> bool:
        return self._safe.is_shared()

    def _pseudonym(self, name: str, generation: int) -> str:
        return pseudonym(self.content_key, "erasure-scope", f"{generation}\0{name}")

    def cipher(self, scope: str, *, asked_lately: bool = False) -> "ScopeCipher":
        """Return what seals and opens for a scope whose key is there.

        Args:
            asked_lately: it was there a moment ago; do not look again.

        Raises:
            ErasedError, BlobDamagedError, LedgerUnusableError: as ``open``.
        """
        if asked_lately and scope in self._ciphers:
            return self._ciphers[scope][1]
        key = self._key_of(scope)
        known = self._ciphers.get(scope)
        if known is not None and known[0] == key:
            return known[1]
        from wct_adapters.ledgers.ciphers import ScopeCipher  # noqa: PLC0415  # see above

        made = ScopeCipher(scope, bytes.fromhex(key))
        self._ciphers[scope] = key, made
        return made

    def _key_of(self, scope: str) -> str:
        entry = self._safe.read()
        key: str | None = entry.get("scopes", {}).get(scope)
        if key is not None:
            return key
        self._ciphers.pop(scope, None)
        if scope in entry.get("erased", ()):
            msg = "it was erased: the key that could open it is destroyed"
            raise ErasedError(msg)
        msg = (
            f"it is sealed, and the key store has no key of its scope ({scope}): "
            "restore the key store that belongs to this ledger (WCT_KEYS)"
        )
        raise BlobDamagedError(msg)

    def _remember(self, key: VerifierKey) -> None:
        # Else what it signs looks forged to who verifies without WCT_SIGNING_KEY.
        text = str(key)
        if text in self._safe.read().get("given", ()):
            return

        def add(entry: Entry) -> None:
            given: list[str] = entry.setdefault("given", [])
            if text not in given:
                given.append(text)

        self._safe.change(add)

    def _add_signing_key(self, entry: Entry, kind: "type[SigningKey]") -> None:
        # Another process may have been faster.
        if not entry.get("signing"):
            entry["signing"] = [kind.new(f"wct/{self._log_id}").text]


class _ScopeSealer(Sealer):
    """Seals for one scope, as long as nobody has erased it.

    Whether somebody has is asked every ``LAG`` seconds, for it takes as long as
    sealing: meanwhile the log refuses what an erased run appends.
    """

    def __init__(self, scope: str, ring: KeyRing) -> None:
        self._scope = scope
        self._ring = ring
        self._asked = -LAG

    @property
    def scope(self) -> str:
        return self._scope

    def seal(self, body: bytes) -> bytes:
        now = monotonic()
        lately = now - self._asked < LAG
        try:
            cipher = self._ring.cipher(self._scope, asked_lately=lately)
        except ErasedError as error:
            msg = (
                "what this run has stored was erased while it went on, and nothing "
                "more can be added to it; run the runbook again"
            )
            raise ErasedError(msg) from error
        if not lately:
            self._asked = now
        return cipher.seal(body)


def _add_scope(scope: str, entry: Entry) -> None:
    if scope not in entry.get("erased", ()):  # while we waited for the safe
        keys: dict[str, str] = entry.setdefault("scopes", {})
        keys.setdefault(scope, os.urandom(KEY_SIZE).hex())


def _given_key(text: str, kind: "type[SigningKey]") -> "SigningKey":
    try:
        return kind.parse(text)
    except CheckpointError as error:
        msg = f"WCT_SIGNING_KEY is {error}"  # the text itself stays secret
        raise CheckpointError(msg) from None
