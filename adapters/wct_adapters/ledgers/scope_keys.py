"""Keys of erasure scopes: made when first needed, and destroyed to erase."""

import os
from collections.abc import Collection
from functools import partial
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from wct_adapters.ledgers.safes import KEY_SIZE, Entry, Safe
from wct_domain.digests import pseudonym
from wct_domain.errors import ErasedError, KeyMissingError
from wct_domain.ports.keys import Sealer

if TYPE_CHECKING:
    from wct_adapters.ledgers.ciphers import ScopeCipher

LAG: Final = 0.05  # seconds until a sealer notices what another process has erased


class ScopeKeys:
    """The keys of the scopes of one ledger.

    Whether a scope's key is still there is asked each time that it is used: another
    process may have destroyed it, and what was erased must not be shown, or added to,
    by who happened to be at work.
    """

    def __init__(self, safe: Safe) -> None:
        self._safe = safe
        self._ciphers: dict[str, tuple[str, ScopeCipher]] = {}  # with the key, in hex

    def names(self, name: str) -> list[str]:
        """See :meth:`wct_domain.ports.keys.Keys.scopes_of`."""
        entry = self._safe.read()
        content_key = bytes.fromhex(entry["content_key"])
        erased = set(entry.get("erased", ()))
        found: list[str] = []
        while not found or found[-1] in erased:
            generation = f"{len(found) + 1}\0{name}"
            found.append(pseudonym(content_key, "erasure-scope", generation))
        return found

    def sealer(self, name: str) -> Sealer:
        """See :meth:`wct_domain.ports.keys.Keys.sealer`."""
        scope = self.names(name)[-1]
        while scope not in self._safe.read().get("scopes", {}):
            self._safe.change(partial(_add, scope))
            scope = self.names(name)[-1]  # another one, if it was erased just now
        return ScopeSealer(scope, self)

    def destroy(self, scopes: Collection[str]) -> None:
        """See :meth:`wct_domain.ports.keys.Keys.destroy`."""
        entry = self._safe.read()
        there = {*entry.get("scopes", ()), *entry.get("accepted", ())}
        gone = set(entry.get("erased", ())) - there
        if gone.issuperset(scopes):
            return
        self._safe.change(partial(_forget, scopes))
        for scope in scopes:
            self._ciphers.pop(scope, None)

    def settle(self) -> None:
        """See :meth:`wct_domain.ports.keys.Keys.settle`."""
        sleep(2 * LAG)  # once for who has just asked, once for what it seals

    def cipher(self, scope: str, *, asked_lately: bool = False) -> "ScopeCipher":
        """Return what seals and opens for a scope whose key is there.

        Args:
            asked_lately: it was there a moment ago; do not look again.

        Raises:
            ErasedError: the key was destroyed.
            KeyMissingError: it never was here.
            LedgerUnusableError: the safe cannot be read.
        """
        if asked_lately and scope in self._ciphers:
            return self._ciphers[scope][1]
        key = self._key_of(scope)
        known = self._ciphers.get(scope)
        if known is not None and known[0] == key:
            return known[1]
        from wct_adapters.ledgers.ciphers import ScopeCipher  # noqa: PLC0415  # 12 ms of CPU

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
            "restore the key store that belongs to this ledger (WCT_KEYS); or, if the "
            "run was imported, import a bundle of it that was exported with "
            "--readable-by"
        )
        raise KeyMissingError(msg)


class ScopeSealer(Sealer):
    """Seals for one scope, as long as nobody has erased it.

    Whether somebody has is asked every ``LAG`` seconds, for it takes as long as
    sealing: meanwhile the log refuses what an erased run appends.
    """

    def __init__(self, scope: str, keys: ScopeKeys) -> None:
        self._scope = scope
        self._keys = keys
        self._asked = -LAG

    @property
    def scope(self) -> str:
        return self._scope

    def seal(self, body: bytes) -> bytes:
        now = monotonic()
        lately = now - self._asked < LAG
        try:
            cipher = self._keys.cipher(self._scope, asked_lately=lately)
        except ErasedError as error:
            msg = (
                "what this run has stored was erased while it went on, and nothing "
                "more can be added to it; run the runbook again"
            )
            raise ErasedError(msg) from error
        if not lately:
            self._asked = now
        return cipher.seal(body)


def _add(scope: str, entry: Entry) -> None:
    if scope not in entry.get("erased", ()):  # while we waited for the safe
        keys: dict[str, str] = entry.setdefault("scopes", {})
        keys.setdefault(scope, os.urandom(KEY_SIZE).hex())


def _forget(scopes: Collection[str], entry: Entry) -> None:
    keys: dict[str, str] = entry.setdefault("scopes", {})
    erased: list[str] = entry.setdefault("erased", [])
    for scope in scopes:
        keys.pop(scope, None)
        entry.get("accepted", {}).pop(scope, None)
    erased += sorted(set(scopes) - set(erased))
