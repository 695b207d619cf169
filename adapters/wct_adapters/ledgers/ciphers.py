"""AES-256-GCM and Ed25519, as the ledger's formats use them.

A sealed body is ``0x03 | scope (16) | nonce (12) | wrapped key (48) | nonce (12) |
ciphertext and tag``. The body is encrypted under a key of its own; that key is wrapped
by the key of the erasure scope. Both are bound to tag and scope (associated data), so
that a blob cannot be passed off as another scope's. Nonces are random: no key of ours
ever encrypts more than 2^32 bodies (NIST SP 800-38D §8.3).
"""

import base64
import os
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wct_domain.errors import BlobDamagedError, CheckpointError
from wct_domain.notes import ED25519, VerifierKey

SEALED: Final = b"\x03"
KEY_SIZE: Final = 32  # bytes
_SCOPE: Final = slice(1, 17)
_NONCE: Final = 12
_WRAPPED: Final = KEY_SIZE + 16
_OUTER: Final = slice(17, 17 + _NONCE)
_BODY: Final = 17 + _NONCE + _WRAPPED
_NOT_OPENED: Final = "a sealed blob was changed, or its key is another"
_PRIVATE: Final = "PRIVATE+KEY+"
_NO_KEY: Final = (
    "not a signing key: expected PRIVATE+KEY+name+key id+base64, as 'wct ledger "
    "new-key' prints it"
)


def scope_of(sealed: bytes) -> str:
    """Return the scope that a sealed body names, as 32 hexadecimal digits.

    Raises:
        BlobDamagedError: it is too short to be one.
    """
    if len(sealed) < _BODY + _NONCE + 16 or sealed[:1] != SEALED:
        msg = "a sealed blob is cut off, or is none"
        raise BlobDamagedError(msg)
    return sealed[_SCOPE].hex()


class ScopeCipher:
    """Seals for one erasure scope, and opens what was sealed for it."""

    def __init__(self, scope: str, key: bytes) -> None:
        self.scope = scope
        self._head = SEALED + bytes.fromhex(scope)
        self._key = AESGCM(key)

    def seal(self, body: bytes) -> bytes:
        """Encrypt a body under a new key, and that key under the scope's."""
        chance = os.urandom(KEY_SIZE + 2 * _NONCE)
        key = chance[:KEY_SIZE]
        outer, inner = chance[KEY_SIZE:-_NONCE], chance[-_NONCE:]
        wrapped = self._key.encrypt(outer, key, self._head)
        sealed = AESGCM(key).encrypt(inner, body, self._head)
        return b"".join((self._head, outer, wrapped, inner, sealed))

    def open(self, sealed: bytes) -> bytes:
        """Decrypt what ``seal`` made.

        Raises:
            BlobDamagedError: the key does not fit, or the bytes were changed.
        """
        return opened_with(self.key_of(sealed), sealed)

    def key_of(self, sealed: bytes) -> bytes:
        """Return the key that a sealed body has of its own.

        Raises:
            BlobDamagedError: the key of the scope does not fit, or it was changed.
        """
        try:
            return self._key.decrypt(
                sealed[_OUTER], sealed[_OUTER.stop : _BODY], sealed[: _SCOPE.stop]
            )
        except InvalidTag as error:
            raise BlobDamagedError(_NOT_OPENED) from error


def opened_with(key: bytes, sealed: bytes) -> bytes:
    """Decrypt a sealed body by its own key.

    Raises:
        BlobDamagedError: it is the key of another, or the bytes were changed.
    """
    inner = sealed[_BODY : _BODY + _NONCE]
    try:
        body = AESGCM(key).decrypt(
            inner, sealed[_BODY + _NONCE :], sealed[: _SCOPE.stop]
        )
    except InvalidTag as error:
        raise BlobDamagedError(_NOT_OPENED) from error
    return body


def key_name(sealed: bytes) -> str:
    """Tell the key of one sealed body from those of others: its nonce, in hex."""
    return sealed[_OUTER].hex()


class SigningKey(NamedTuple):
    """A private key with its name.

    Its ``text`` is that of Go's ``golang.org/x/mod/sumdb/note``:
    ``PRIVATE+KEY+name+key id+base64 of algorithm and seed``. Printed, it shows the
    public half only.
    """

    key: VerifierKey
    seed: bytes  # private key, 32 bytes (RFC 8032 §5.1.5)

    @classmethod
    def new(cls, name: str) -> "SigningKey":
        """Make a key out of the operating system's randomness."""
        return cls._of(name, os.urandom(KEY_SIZE))

    @classmethod
    def parse(cls, text: str) -> "SigningKey":
        """Read the form that ``text`` has.

        Raises:
            CheckpointError: it is not such a key. The text is not quoted.
        """
        name, _, rest = text.strip().removeprefix(_PRIVATE).partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            data = base64.b64decode(encoded, validate=True)
        except ValueError:
            data = b""
        if (
            not text.startswith(_PRIVATE)
            or not name
            or len(data) != 1 + KEY_SIZE
            or data[:1] != ED25519
        ):
            raise CheckpointError(_NO_KEY)
        found = cls._of(name, data[1:])
        if found.key.id.hex() != key_id:
            raise CheckpointError(_NO_KEY)
        return found

    @property
    def text(self) -> str:
        """The whole key, to be kept secret."""
        encoded = base64.b64encode(ED25519 + self.seed).decode()
        return f"{_PRIVATE}{self.key.name}+{self.key.id.hex()}+{encoded}"

    def __repr__(self) -> str:
        return f"SigningKey({self.key})"  # never the private half

    def __str__(self) -> str:
        return repr(self)

    def sign(self, text: bytes) -> bytes:
        """Sign a text: 64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text)

    @classmethod
    def _of(cls, name: str, seed: bytes) -> "SigningKey":
        private = Ed25519PrivateKey.from_private_bytes(seed)
        return cls(VerifierKey(name, private.public_key().public_bytes_raw()), seed)


def signature_fits(public: bytes, value: bytes, text: bytes) -> bool:
    """Say whether a signature was made over this text with the key's private half."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(value, text)
    except (InvalidSignature, ValueError):
        return False
    return True
