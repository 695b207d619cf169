"""The hash chain that each stream's events form, version 1.

``payload_digest = SHA-256(salt ‖ stored payload)`` and ``hash = SHA-256(previous hash
‖ header ‖ payload_digest)``. The first event's previous hash is 32 zero bytes. The
header is a JSON array of text and numbers in a fixed order, ASCII only, without
white space. It leaves out the ledger's id and the global position, so that a run
keeps its hashes when it is taken to another ledger. The salt makes the digest of an
erased payload useless for guessing at what it held. Test vectors:
``docs/reference/ledger-format.md``.
"""

import hashlib
from json.encoder import encode_basestring_ascii as _text

HASH_VERSION = 1
SALT_SIZE = 16  # bytes
FIRST = bytes(32)


def header(
    stream: str,
    position: int,
    event_id: str,
    wire: str,
    recorded_at: int,
    correlation_id: str,
    causation_id: str | None,
) -> bytes:
    """Canonical form of what the chain covers beside the payload.

    ``recorded_at`` is in microseconds since 1970-01-01T00:00Z.
    """
    # Put together here: json.dumps makes an encoder each time, at 5 times the price.
    cause = "null" if causation_id is None else _text(causation_id)
    return (
        f"[{HASH_VERSION},{_text(stream)},{position},{_text(event_id)},{_text(wire)},"
        f"{recorded_at},{_text(correlation_id)},{cause}]"
    ).encode()


def payload_digest(salt: bytes, payload: bytes) -> bytes:
    """Commit to a payload so that its digest alone reveals nothing."""
    return hashlib.sha256(salt + payload).digest()


def link(previous: bytes, head: bytes, digest: bytes) -> bytes:
    """Hash of an event, given the hash of the one before it in its stream."""
    return hashlib.sha256(previous + head + digest).digest()
