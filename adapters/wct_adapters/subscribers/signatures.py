"""Signatures of webhooks, as Standard Webhooks 1.0 has them.

HMAC-SHA-256 over ``id.timestamp.body``, one for each secret, so that a receiver can
move from an old secret to a new one. See https://www.standardwebhooks.com.
"""

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final

from wct_domain.errors import SubscriberError

_PREFIX: Final = "whsec_"
_LEAST, _MOST = 24, 64  # bytes of a key, as the specification has it


def keys_of(secrets: str) -> tuple[bytes, ...]:
    """Read secrets of the form ``whsec_<base64>``, with blanks between them.

    Raises:
        SubscriberError: one is not of that form, or is too short; it is not shown.
    """
    keys = tuple(map(_key, secrets.split()))
    if not keys:
        msg = "the secret is empty"
        raise SubscriberError(msg)
    return keys


def _key(secret: str) -> bytes:
    encoded = secret.removeprefix(_PREFIX)
    try:
        key = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(_PREFIX) or not _LEAST <= len(key) <= _MOST:
        msg = (
            f"a secret is not of the form {_PREFIX}<base64 of {_LEAST} to {_MOST} "
            "bytes>; make one: printf 'whsec_%s\\n' \"$(openssl rand -base64 32)\""
        )
        raise SubscriberError(msg)
    return key


def signed_headers(
    keys: Sequence[bytes], event_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """Return the headers that a receiver checks.

    Without a key there is no signature, and still the id, which tells what comes twice.

    Args:
        timestamp: of this attempt, in seconds since 1970.
    """
    headers = {"webhook-id": event_id, "webhook-timestamp": str(timestamp)}
    if keys:
        text = f"{event_id}.{timestamp}.".encode() + body
        headers["webhook-signature"] = " ".join(
            f"v1,{b64encode(hmac.digest(key, text, 'sha256')).decode()}" for key in keys
        )
    return headers
