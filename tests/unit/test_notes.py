"""Signed notes and checkpoints, against the published example."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.errors import CheckpointError
from wct_domain.notes import Checkpoint, Note, VerifierKey, sign

# The example of golang.org/x/mod/sumdb/note.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    f"{TEXT}\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6K"
    "E6RyyBwJnAM=\n"
)


def verify(public: bytes, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True


def test_the_published_note_is_read_checked_and_written_again() -> None:
    key = VerifierKey.parse(VKEY)
    note = Note.parse(NOTE)
    assert note.text == TEXT
    assert note.signed_by([key], verify) == (key,)
    assert str(note) == NOTE
    assert str(key) == VKEY


@given(st.integers(0, len(TEXT) - 2))
def test_a_changed_text_does_not_fit_its_signature(index: int) -> None:
    changed = NOTE[:index] + ("x" if NOTE[index] != "x" else "y") + NOTE[index + 1 :]
    with pytest.raises(CheckpointError, match="does not fit"):
        Note.parse(changed).signed_by([VerifierKey.parse(VKEY)], verify)


def test_a_signature_of_somebody_unknown_counts_for_nothing() -> None:
    assert Note.parse(NOTE).signed_by([], verify) == ()


def test_a_checkpoint_survives_the_journey() -> None:
    private = Ed25519PrivateKey.generate()
    key = VerifierKey("wct/log", private.public_key().public_bytes_raw())
    checkpoint = Checkpoint("wct/log", 12, bytes(range(32)))
    note = Note.parse(str(sign(str(checkpoint), key, private.sign)))
    assert note.signed_by([key], verify) == (key,)
    assert Checkpoint.parse(note.text) == checkpoint


@pytest.mark.parametrize(
    "text",
    ["", "x", TEXT, f"{TEXT}\n", f"{TEXT}\n— a b c\n", f"{TEXT}\n— PeterNeumann x\n"],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError, match="not a signed note"):
        Note.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "o\n", "o\n1\nxx\n", "o\n01\nAAAA\n", "\n1\nAAAA\n", "o\n-1\nAAAA\n"),
        f"o\n{'1' * 5000}\n{'A' * 43}=\n",
    ],
    ids=len,
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        Checkpoint.parse(text)


@pytest.mark.parametrize("text", ["", "a+b+c", VKEY[:-4], VKEY.replace("c74f", "c74e")])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError, match="not a verifier key"):
        VerifierKey.parse(text)
