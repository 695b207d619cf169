"""Keys of single blobs, given to the owner of another ledger."""

import os

import pytest

from wct_adapters.ledgers.keys import KeyRing
from wct_adapters.ledgers.safes import MemorySafe
from wct_adapters.ledgers.sharing import ReaderKey, new_reader, opened_by, reader_key
from wct_domain.errors import BlobDamagedError, CheckpointError, ErasedError

ABOUT = b"run 1"


def ring() -> KeyRing:
    return KeyRing(MemorySafe(), "log")


def accept(keys: KeyRing, shared: bytes, *blobs: bytes) -> int:
    """Do what an import does: try keys on blobs, and keep those that fit."""
    received = keys.receive(shared, ABOUT)
    for sealed in blobs:
        received.open(sealed)
    return received.keep()


def test_a_shared_key_opens_its_blob_and_no_other_of_the_scope() -> None:
    ours, theirs = ring(), ring()
    sealer = ours.sealer("name/all")
    given, kept = sealer.seal(b"given"), sealer.seal(b"kept")
    shared = ours.share([given[:128]], theirs.reader, ABOUT)
    assert accept(theirs, shared, given, kept) == 1
    assert theirs.open(given) == b"given"
    with pytest.raises(BlobDamagedError):
        theirs.open(kept)


def test_what_was_accepted_can_be_shared_on() -> None:
    first, second, third = ring(), ring(), ring()
    sealed = first.sealer("run/1").seal(b"body")
    accept(second, first.share([sealed], second.reader, ABOUT), sealed)
    accept(third, second.share([sealed], third.reader, ABOUT), sealed)
    assert third.open(sealed) == b"body"


def test_what_was_accepted_can_be_erased_for_good() -> None:
    ours, theirs = ring(), ring()
    sealer = ours.sealer("run/1")
    sealed = sealer.seal(b"body")
    shared = ours.share([sealed], theirs.reader, ABOUT)
    accept(theirs, shared, sealed)
    theirs.destroy([sealer.scope])
    assert accept(theirs, shared, sealed) == 0
    with pytest.raises(ErasedError):
        theirs.open(sealed)
    assert ours.open(sealed) == b"body"


def test_what_is_not_sealed_is_opened_by_nobody() -> None:
    ours, theirs = ring(), ring()
    sealed = ours.sealer("run/1").seal(b"body")
    received = theirs.receive(ours.share([sealed], theirs.reader, ABOUT), ABOUT)
    assert received.open(ring().sealer("run/1").seal(b"body")) is None
    with pytest.raises(BlobDamagedError):
        received.open(sealed[:40])


def test_keys_for_another_reader_or_of_another_run_are_refused() -> None:
    ours, theirs = ring(), ring()
    sealed = ours.sealer("run/1").seal(b"body")
    shared = ours.share([sealed], theirs.reader, ABOUT)
    for reader, about in ((ring(), ABOUT), (theirs, b"run 2")):
        with pytest.raises(BlobDamagedError):
            reader.receive(shared, about)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"a":{"b":"c"}}', b'{"a":["b"]}', b"{"])
def test_what_is_not_in_the_format_is_refused(body: bytes) -> None:
    theirs = ring()
    shared = ReaderKey.parse(theirs.reader).seal(body, ABOUT)
    with pytest.raises(BlobDamagedError):
        theirs.receive(shared, ABOUT)


def wrong_key(sealed: bytes, reader: str) -> bytes:
    """Share what is not the key of a blob, under its name."""
    scope, name = sealed[1:17].hex(), sealed[17:29].hex()
    body = f'{{"{scope}":{{"{name}":"{"0" * 64}"}}}}'.encode()
    return ReaderKey.parse(reader).seal(body, ABOUT)


def test_a_key_that_was_accepted_is_not_replaced_by_somebody_elses() -> None:
    ours, theirs = ring(), ring()
    sealed = ours.sealer("run/1").seal(b"body")
    accept(theirs, ours.share([sealed], theirs.reader, ABOUT), sealed)
    for keys in (theirs, ours):  # accepted, and its own
        assert accept(keys, wrong_key(sealed, keys.reader), sealed) == 0
        assert keys.open(sealed) == b"body"


def test_a_key_that_opens_nothing_is_not_kept() -> None:
    ours, theirs = ring(), ring()
    sealed = ours.sealer("run/1").seal(b"body")
    assert accept(theirs, wrong_key(sealed, theirs.reader), sealed) == 0
    shared = ours.share([sealed], theirs.reader, ABOUT)
    assert accept(theirs, shared) == 0  # the blob did not come along
    with pytest.raises(BlobDamagedError):
        theirs.open(sealed)
    assert accept(theirs, shared, sealed) == 1  # nothing stands in its way
    assert theirs.open(sealed) == b"body"


def test_an_erased_scope_cannot_be_shared() -> None:
    ours = ring()
    sealer = ours.sealer("run/1")
    sealed = sealer.seal(b"body")
    ours.destroy([sealer.scope])
    with pytest.raises(ErasedError):
        ours.share([sealed], ring().reader, ABOUT)


def test_a_readers_key_survives_its_text_and_stays_the_same() -> None:
    keys = ring()
    for private in map(bytes, ([number] * 32 for number in range(64))):
        key = reader_key(private)
        assert ReaderKey.parse(str(key)) == key
    assert keys.reader == keys.reader


@pytest.mark.parametrize("text", ["", "wct-reader", "wct-reader+00000000+AAAA"])
def test_what_is_no_readers_key_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError, match="not a reader's key"):
        ReaderKey.parse(text)


def test_a_changed_letter_of_a_readers_key_is_found() -> None:
    text = ring().reader
    changed = text[:-3] + ("A" if text[-3] != "A" else "B") + text[-2:]
    with pytest.raises(CheckpointError):
        ReaderKey.parse(changed)


def test_encryption_is_to_one_key_only() -> None:
    private = new_reader()
    body = os.urandom(100)
    sealed = reader_key(private).seal(body, ABOUT)
    assert opened_by(private, sealed, ABOUT) == body
    with pytest.raises(BlobDamagedError):
        opened_by(new_reader(), sealed, ABOUT)
