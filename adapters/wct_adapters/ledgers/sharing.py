"""Keys of single blobs, encrypted for somebody who has another ledger.

Each sealed blob has a key of its own, so that somebody can be given the keys of one
run and of nothing else, whatever else is sealed for the same erasure scope. They go
as one message by HPKE (RFC 9180), base mode, with DHKEM(X25519, HKDF-SHA256),
HKDF-SHA256 and AES-256-GCM.
"""

import base64
import hashlib
import os
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from wct_domain.errors import BlobDamagedError, CheckpointError

_NAME: Final = "wct-reader"
_X25519: Final = b"X"
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_NO_KEY: Final = (
    "not a reader's key: expected wct-reader+key id+base64, as 'wct ledger keys "
    "--reader' prints it"
)


class ReaderKey(NamedTuple):
    """The public half of a key that blob keys can be encrypted for.

    Its text has the form of a verifier key; it begins with ``wct-reader``, and the
    algorithm's byte is ``X``.
    """

    public: bytes  # X25519, 32 bytes (RFC 7748)

    @property
    def id(self) -> str:
        """Eight hexadecimal digits by which people tell keys apart."""
        data = f"{_NAME}\n".encode() + _X25519 + self.public
        return hashlib.sha256(data).hexdigest()[:8]

    def __str__(self) -> str:
        encoded = base64.b64encode(_X25519 + self.public).decode()
        return f"{_NAME}+{self.id}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> "ReaderKey":
        """Read the form that ``str`` writes.

        Raises:
            CheckpointError: it is not such a key.
        """
        encoded = text.strip().partition("+")[2].partition("+")[2]
        try:
            data = base64.b64decode(encoded, validate=True)
        except ValueError:
            data = b""
        key = cls(data[1:])
        if len(key.public) != 32 or str(key) != text.strip():
            raise CheckpointError(_NO_KEY)
        return key

    def seal(self, body: bytes, about: bytes) -> bytes:
        """Encrypt for the owner of this key; ``about`` must be known to open it."""
        public = X25519PublicKey.from_public_bytes(self.public)
        return _SUITE.encrypt(body, public, about)


def new_reader() -> bytes:
    """Make a private key: 32 random bytes."""
    return os.urandom(32)


def reader_key(private: bytes) -> ReaderKey:
    """Return the public half of a private key."""
    key = X25519PrivateKey.from_private_bytes(private)
    return ReaderKey(key.public_key().public_bytes_raw())


def opened_by(private: bytes, sealed: bytes, about: bytes) -> bytes:
    """Decrypt what ``ReaderKey.seal`` made.

    Raises:
        BlobDamagedError: it is for another key, about something else, or was changed.
    """
    key = X25519PrivateKey.from_private_bytes(private)
    try:
        return _SUITE.decrypt(sealed, key, about)
    except (InvalidTag, ValueError) as error:
        msg = "the keys are encrypted for another reader, or were changed"
        raise BlobDamagedError(msg) from error
