"""What every ledger promises on its keys: part of LedgerContract."""

import pytest

from wct_domain.errors import BlobDamagedError, ErasedError
from wct_domain.ports.ledger import Ledger


class LedgerKeysContract:
    def test_the_content_key_stays(self, ledger: Ledger) -> None:
        assert len(ledger.keys.content_key) == 32
        assert ledger.keys.content_key == ledger.keys.content_key

    def test_what_is_sealed_can_be_opened_and_not_be_read(self, ledger: Ledger) -> None:
        body = b"a name, and what is known of it"
        sealer = ledger.keys.sealer("run/1")
        first, second = sealer.seal(body), sealer.seal(body)
        assert ledger.keys.open(first) == ledger.keys.open(second) == body
        assert first != second
        assert body not in first
        assert sealer.seal(b"") != b""
        assert ledger.keys.open(sealer.seal(b"")) == b""

    def test_a_scope_is_known_by_a_pseudonym(self, ledger: Ledger) -> None:
        names = ["run/1", "run/2", "name/1", "name/größe"]
        scopes = [ledger.keys.scope_of(name) for name in names]
        assert len(set(scopes)) == len(names)
        assert all(len(bytes.fromhex(scope)) == 16 for scope in scopes)
        for name, scope in zip(names, scopes, strict=True):
            assert ledger.keys.sealer(name).scope == scope
            assert ledger.keys.scope_of(name) == scope
            assert ledger.keys.scopes_of(name) == [scope]

    def test_nothing_opens_what_the_key_of_a_destroyed_scope_has_sealed(
        self, ledger: Ledger
    ) -> None:
        gone, kept = (ledger.keys.sealer(name) for name in ("run/1", "run/2"))
        sealed, other = gone.seal(b"gone"), kept.seal(b"kept")
        for _ in range(2):  # twice is harmless
            ledger.keys.destroy([gone.scope])
        with pytest.raises(ErasedError):
            ledger.keys.open(sealed)
        assert ledger.keys.open(other) == b"kept"

    def test_a_name_whose_scope_was_destroyed_leads_to_a_new_scope(
        self, ledger: Ledger
    ) -> None:
        seen: list[str] = []
        old: list[bytes] = []
        for generation in range(1, 4):
            sealer = ledger.keys.sealer("name/a case")
            seen.append(sealer.scope)
            assert ledger.keys.scope_of("name/a case") == sealer.scope
            assert ledger.keys.scopes_of("name/a case") == seen
            sealed = sealer.seal(b"something")
            assert ledger.keys.open(sealed) == b"something"
            for each in old:
                with pytest.raises(ErasedError):
                    ledger.keys.open(each)
            old.append(sealed)
            ledger.keys.destroy([sealer.scope])
            assert len(set(seen)) == generation

    def test_a_scope_without_a_key_can_be_destroyed(self, ledger: Ledger) -> None:
        scope = ledger.keys.scope_of("run/never")
        ledger.keys.destroy([scope])
        assert ledger.keys.scope_of("run/never") != scope

    def test_sealed_bytes_that_were_changed_are_damaged(self, ledger: Ledger) -> None:
        sealed = ledger.keys.sealer("run/1").seal(b"a result")
        cases = [sealed[:-1], sealed[:20], b"", sealed + b"x"]
        for place in (1, 17, 40, 90, len(sealed) - 1):
            changed = bytearray(sealed)
            changed[place] ^= 1
            cases.append(bytes(changed))
        for case in cases:
            with pytest.raises(BlobDamagedError):
                ledger.keys.open(case)

    def test_checkpoints_are_signed_with_one_key(self, ledger: Ledger) -> None:
        signer = ledger.keys.signer
        assert ledger.keys.signer.key == signer.key
        assert signer.key in ledger.keys.verifier_keys()
        first, second = signer.sign(b"a text"), signer.sign(b"another text")
        assert {len(first), len(second)} == {64}
        assert first != second
        assert ledger.keys.signer.sign(b"a text") == first  # RFC 8032: no chance in it
