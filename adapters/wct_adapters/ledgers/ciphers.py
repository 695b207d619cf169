"""AES-256-GCM and Ed25519, as the ledger's formats use them.

A sealed body is ``0x03 | scope (16) | nonce (12) | wrapped key (48) | nonce (12) |
ciphertext and tag``. The body is encrypted under a key of its own; that key is wrapped
by the key of the erasure scope. Both are bound to tag and scope (associated data), so
that a blob cannot be passed off as another scope's. Nonces are random: no key of ours
ever encrypts more than 2^32 bodies (NIST SP 800-38D §8.3).
"""

import os
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wct_domain.errors import BlobDamagedError

SEALED: Final = b"\x03"
KEY_SIZE: Final = 32  # bytes
_SCOPE: Final = slice(1, 17)
_NONCE: Final = 12
_WRAPPED: Final = KEY_SIZE + 16
_BODY: Final = 17 + _NONCE + _WRAPPED


def scope_of(sealed: bytes) -> str:
    """Return the scope that a sealed body names, as 32 hexadecimal digits.

    Raises:
        BlobDamagedError: it is too short to be one.
    """
    if len(sealed) < _BODY + _NONCE + 16 or sealed[:1] != SEALED:
        msg = "a sealed blob is cut off, or is none"
        raise BlobDamagedError(msg)
    return sealed[_SCOPE].hex()


def seal(body: bytes, scope: str, scope_key: bytes) -> bytes:
    """Encrypt a body for a scope."""
    head = SEALED + bytes.fromhex(scope)
    key = os.urandom(KEY_SIZE)
    chance = os.urandom(2 * _NONCE)
    outer, inner = chance[:_NONCE], chance[_NONCE:]
    wrapped = AESGCM(scope_key).encrypt(outer, key, head)
    return b"".join(
        (head, outer, wrapped, inner, AESGCM(key).encrypt(inner, body, head))
    )


def unseal(sealed: bytes, scope_key: bytes) -> bytes:
    """Decrypt what ``seal`` made.

    Raises:
        BlobDamagedError: the key does not fit, or the bytes were changed.
    """
    head = sealed[: _SCOPE.stop]
    outer, rest = sealed[17 : 17 + _NONCE], sealed[17 + _NONCE :]
    wrapped, rest = rest[:_WRAPPED], rest[_WRAPPED:]
    try:
        key = AESGCM(scope_key).decrypt(outer, wrapped, head)
        return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], head)
    except InvalidTag as error:
        msg = "a sealed blob was changed, or its key is another"
        raise BlobDamagedError(msg) from error


def new_signing_key() -> bytes:
    """Make a private key: 32 bytes (RFC 8032 §5.1.5)."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key(private: bytes) -> bytes:
    """Return the public key of a private one."""
    key = Ed25519PrivateKey.from_private_bytes(private)
    return key.public_key().public_bytes_raw()


def signature(private: bytes, text: bytes) -> bytes:
    """Sign a text: 64 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(text)


def signature_fits(public: bytes, value: bytes, text: bytes) -> bool:
    """Say whether a signature was made over this text with the key's private half."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(value, text)
    except (InvalidSignature, ValueError):
        return False
    return True
