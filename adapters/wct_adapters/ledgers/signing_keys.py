"""The keys that sign the checkpoints of a ledger."""

from contextlib import suppress
from functools import partial

from wct_adapters.ledgers.ciphers import SigningKey
from wct_adapters.ledgers.safes import Entry, Safe
from wct_domain.errors import CheckpointError
from wct_domain.notes import VerifierKey


class SigningKeys:
    """Those of the safe, made when first needed, and one that may be given.

    Args:
        given: signs instead of the safe's own (``WCT_SIGNING_KEY``).
    """

    def __init__(self, safe: Safe, log_id: str, given: str | None) -> None:
        self._safe = safe
        self._name = f"wct/{log_id}"
        self._given = given

    def signer(self) -> SigningKey:
        """See :attr:`wct_domain.ports.keys.Keys.signer`.

        Raises:
            CheckpointError: what was given is no key.
        """
        if self._given is not None:
            given = _parsed(self._given)
            self._remember(given.key)
            return given
        kept = self._safe.read().get("signing")
        if not kept:
            kept = self._safe.change(self._add_first)["signing"]
        return SigningKey.parse(kept[-1])

    def verifier_keys(self) -> list[VerifierKey]:
        """See :meth:`wct_domain.ports.keys.Keys.verifier_keys`."""
        entry = self._safe.read()
        keys = [VerifierKey.parse(text) for text in entry.get("given", ())]
        keys += [SigningKey.parse(text).key for text in entry.get("signing", ())]
        if self._given is not None:
            with suppress(CheckpointError):  # for who signs with it
                given = _parsed(self._given).key
                keys = [*(key for key in keys if key != given), given]
        return keys

    def rotate(self) -> VerifierKey:
        """See :meth:`wct_domain.ports.keys.Keys.rotate`."""
        return SigningKey.parse(self._safe.change(self._add)["signing"][-1]).key

    def _remember(self, key: VerifierKey) -> None:
        # Else what it signs looks forged to who verifies without WCT_SIGNING_KEY.
        text = str(key)
        if text not in self._safe.read().get("given", ()):
            self._safe.change(partial(_add_given, text))

    def _add(self, entry: Entry) -> None:
        keys: list[str] = entry.setdefault("signing", [])
        keys.append(SigningKey.new(self._name).text)

    def _add_first(self, entry: Entry) -> None:
        if not entry.get("signing"):  # another process may have been faster
            self._add(entry)


def _add_given(text: str, entry: Entry) -> None:
    given: list[str] = entry.setdefault("given", [])
    if text not in given:
        given.append(text)


def _parsed(text: str) -> SigningKey:
    try:
        return SigningKey.parse(text)
    except CheckpointError as error:
        msg = f"WCT_SIGNING_KEY is {error}"  # the text itself stays secret
        raise CheckpointError(msg) from None
