"""Keys of erasure scopes: made when first needed, destroyed, and noticed by all."""

import time
import traceback

import pytest

from wct_adapters.ledgers.ciphers import SigningKey
from wct_adapters.ledgers.keys import KeyRing
from wct_adapters.ledgers.safes import MemorySafe
from wct_adapters.ledgers.scope_keys import LAG
from wct_domain.errors import BlobDamagedError, CheckpointError, ErasedError

LOG = "9f0c1d5e-5b0f-4c8e-9d0a-6f3f5f3a2b1c"
TEXT = b"\x00" + b'"bob@shop.example"'


def ring(safe: MemorySafe | None = None, signing_key: str | None = None) -> KeyRing:
    return KeyRing(safe or MemorySafe(), LOG, signing_key=signing_key)


def test_what_is_sealed_opens_and_shows_nothing() -> None:
    keys = ring()
    sealed = keys.sealer("run/1").seal(TEXT)
    assert b"bob" not in sealed
    assert keys.open(sealed) == TEXT


def test_the_same_text_is_sealed_differently_each_time() -> None:
    sealer = ring().sealer("run/1")
    assert sealer.seal(TEXT) != sealer.seal(TEXT)


def test_a_ledger_without_the_key_of_a_scope_says_which_store_to_restore() -> None:
    sealed = ring().sealer("run/1").seal(TEXT)
    with pytest.raises(BlobDamagedError, match="restore the key store"):
        ring().open(sealed)


def test_another_key_for_the_same_scope_opens_nothing() -> None:
    safe = MemorySafe()
    sealed = ring(safe).sealer("run/1").seal(TEXT)
    scopes = safe.read()["scopes"]
    scopes.update(dict.fromkeys(scopes, "00" * 32))
    with pytest.raises(BlobDamagedError, match="its key is another"):
        ring(safe).open(sealed)


@pytest.mark.parametrize("keep", [0, 1, 16, 17, 60, 100, -1])
def test_what_is_cut_off_does_not_open(keep: int) -> None:
    keys = ring()
    sealed = keys.sealer("run/1").seal(TEXT)
    with pytest.raises(BlobDamagedError, match=r"cut off|was changed"):
        keys.open(sealed[:keep])


def test_no_byte_of_it_can_be_changed() -> None:
    keys = ring()
    sealed = keys.sealer("run/1").seal(TEXT)
    for index in range(len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1
        with pytest.raises(BlobDamagedError):
            keys.open(bytes(changed))


def test_it_cannot_be_passed_off_as_another_scopes() -> None:
    keys = ring()
    first, second = keys.sealer("run/1").seal(TEXT), keys.sealer("run/2").seal(TEXT)
    swapped = second[:17] + first[17:]
    with pytest.raises(BlobDamagedError, match="was changed"):
        keys.open(swapped)


def test_a_key_that_is_destroyed_opens_and_seals_nothing_any_more() -> None:
    keys = ring()
    sealer = keys.sealer("run/1")
    sealed, other = sealer.seal(TEXT), keys.sealer("run/2").seal(TEXT)
    keys.destroy([sealer.scope])
    with pytest.raises(ErasedError, match="it was erased"):
        keys.open(sealed)
    with pytest.raises(ErasedError, match="while it went on"):
        sealer.seal(TEXT)
    assert keys.open(other) == TEXT


def test_a_key_that_another_process_destroyed_is_gone_here_too() -> None:
    safe = MemorySafe()
    here, there = ring(safe), ring(safe)
    sealer = here.sealer("run/1")
    sealed = sealer.seal(TEXT)
    assert here.open(sealed) == TEXT  # and the key was in use
    there.destroy([sealer.scope])
    with pytest.raises(ErasedError):
        here.open(sealed)
    time.sleep(LAG)
    with pytest.raises(ErasedError):
        sealer.seal(TEXT)


def test_destroying_twice_is_harmless() -> None:
    safe = MemorySafe()
    keys = ring(safe)
    scope = keys.sealer("run/1").scope
    keys.destroy([scope])
    before = {**safe.read()}
    keys.destroy([scope])
    assert safe.read() == before


def test_a_scope_whose_key_came_back_from_a_backup_is_destroyed_again() -> None:
    safe = MemorySafe()
    keys = ring(safe)
    scope = keys.sealer("run/1").scope
    backup = dict(safe.read()["scopes"])
    keys.destroy([scope])
    safe.read()["scopes"] = backup
    keys.destroy([scope])
    assert scope not in safe.read()["scopes"]


def test_after_an_erasure_a_name_means_a_new_scope() -> None:
    keys = ring()
    first = keys.sealer("name/shop")
    keys.destroy([first.scope])
    second = keys.sealer("name/shop")
    assert second.scope != first.scope
    assert keys.open(second.seal(TEXT)) == TEXT
    assert keys.scopes_of("name/shop") == [first.scope, second.scope]
    assert keys.scopes_of("name/other") == [keys.scope_of("name/other")]


def test_names_of_scopes_cannot_be_recognised() -> None:
    first, second = ring(), ring()
    assert first.scope_of("name/shop") != second.scope_of("name/shop")
    assert "shop" not in first.scope_of("name/shop")


GIVEN = SigningKey.new("ci").text


@pytest.mark.parametrize(
    "given",
    [
        GIVEN[:-4] + "AAA=",
        GIVEN.replace("PRIVATE", "private"),
        GIVEN + "ü",
        GIVEN[:40],
        GIVEN.replace("+ci+", "++"),
    ],
    ids=["another key", "no prefix", "not ASCII", "cut off", "no name"],
)
def test_a_wrong_signing_key_is_one_error_that_does_not_quote_it(
    given: str,
) -> None:
    keys = ring(signing_key=given)
    assert keys.verifier_keys() == []  # who only reads does without
    with pytest.raises(CheckpointError) as caught:
        keys.signer  # noqa: B018  # it is made now
    whole = "".join(traceback.format_exception(caught.value))
    assert str(caught.value).startswith("WCT_SIGNING_KEY is not a signing key")
    assert "\n" not in str(caught.value)
    assert given not in whole
    secret = given.split("+", 4)[-1]  # base64 may have a plus of its own
    assert len(secret) > 8
    assert secret not in whole


def test_of_a_given_signing_key_the_public_half_is_remembered() -> None:
    safe = MemorySafe()
    given = ring(safe, GIVEN).signer.key
    own = ring(safe).signer.key
    assert ring(safe).verifier_keys() == [given, own]
    assert ring(safe, GIVEN).verifier_keys() == [own, given]  # the current one last
    assert GIVEN not in str(safe.read())


def test_a_given_signing_key_is_remembered_once() -> None:
    safe = MemorySafe()
    keys = {ring(safe, GIVEN).signer.key for _ in range(2)}
    assert ring(safe).verifier_keys() == list(keys)


def test_an_empty_signing_key_is_none() -> None:
    safe = MemorySafe()
    assert ring(safe, "").signer.key.name == f"wct/{LOG}"


def test_no_key_can_be_printed_by_accident() -> None:
    safe = MemorySafe()
    keys = ring(safe, GIVEN)
    sealer = keys.sealer("run/1")
    sealer.seal(TEXT)
    _ = ring(safe).signer
    entry = safe.read()
    secrets = [entry["content_key"], *entry["scopes"].values(), *entry["signing"]]
    for shown in map(repr, (keys, sealer, safe, keys.signer)):
        assert not any(secret in shown for secret in secrets)
    assert GIVEN not in f"{keys.signer} {keys.signer!r}"
