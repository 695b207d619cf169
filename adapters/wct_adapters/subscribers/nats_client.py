"""A connection of nats-py that encrypts where it was told to, and its errors in words.

The client sends its login unencrypted to a server that does not ask for TLS, even if
the URL says ``tls://``. This one does not.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from nats import errors
from nats.aio.client import Client
from nats.js import errors as js_errors

_LEAVING = 0.2  # seconds to close what was never open
_KNOWN = (errors.Error, OSError, TimeoutError)
_WRONG_STREAM = 10060  # code of JetStream: the message is for another stream
_NO_JETSTREAM = {10039, 10076}  # not enabled: for the account, for the server


class _EncryptingClient(Client):
    """Goes no further with a server that would talk plainly, before any login."""

    async def _process_info(
        self, info: dict[str, Any], initial_connection: bool = False
    ) -> None:
        if initial_connection and not info.get("tls_required"):
            raise errors.SecureConnRequiredError
        await super()._process_info(info, initial_connection)


async def connected(
    url: str,
    trust: ssl.SSLContext,
    *,
    token: str | None,
    credentials: Path | None,
    seconds: float,
    on_error: Callable[[Exception], Awaitable[None]],
    on_close: Callable[[], Awaitable[None]],
) -> Client:
    """Connect once; whether to try again is for the caller to say.

    Raises:
        errors.Error: the server refused, or is none, or the credentials are none.
        OSError: it cannot be reached.
    """
    client = _EncryptingClient() if url.startswith("tls://") else Client()
    last: list[Exception] = []

    async def noted(error: Exception) -> None:
        last.append(error)
        await on_error(error)

    try:
        await client.connect(
            url,
            name="wct",
            tls=trust,
            token=token,
            user_credentials=None if credentials is None else str(credentials),
            allow_reconnect=False,
            max_reconnect_attempts=1,  # 0 is without end
            reconnect_time_wait=0,
            connect_timeout=max(1, round(seconds)),
            error_cb=noted,
            closed_cb=on_close,
        )
    except BaseException as error:
        with suppress(Exception):
            # It waits for the peer's goodbye, which a failed handshake does not have.
            async with asyncio.timeout(_LEAVING):
                await client.close()
        if isinstance(error, errors.NoServersError) and last:
            raise last[-1] from None  # what led to it, where it says nothing itself
        stumbled = isinstance(error, Exception) and not isinstance(error, _KNOWN)
        if credentials is not None and stumbled:
            # Over a file that has no key in it: nkeys raises whatever comes of that.
            raise errors.InvalidUserCredentialsError from None
        raise
    return client


def problem_of(error: BaseException, said: str, stream: str, prefix: str) -> str | None:
    """Say what only a person can mend; None: it may be well the next time.

    Args:
        said: the last complaint of the server, which it sends beside its answers.
    """
    complaint = f"{error} {said}".lower()
    match error:
        case errors.SecureConnRequiredError():
            return "does not encrypt, where tls:// was asked for"
        case errors.MaxPayloadError():
            return "takes no messages as large as this event: see its max_payload"
        case js_errors.NoStreamResponseError() | errors.NoRespondersError():
            return (
                f"has no stream for {prefix}.>, or no JetStream; make the stream "
                f"'{stream}' there, or say 'create: true'"
            )
        case js_errors.APIError() if error.err_code == _WRONG_STREAM:
            return f"stores {prefix}.> in another stream than '{stream}'"
        case js_errors.APIError() if error.err_code in _NO_JETSTREAM:
            return "has no JetStream for this login"
        case js_errors.APIError() if error.code is not None and error.code < 500:
            return f"refused it with code {error.err_code}: see its stream '{stream}'"
        case _:
            pass
    if "authorization violation" in complaint or "authentication" in complaint:
        return "refuses the login; see the URL, token or credentials"
    if isinstance(error, errors.AuthorizationError):
        return "refuses the login; see the URL, token or credentials"
    if "permissions violation" in complaint:
        return f"does not let this login publish to {prefix}.>"
    if isinstance(error, errors.InvalidUserCredentialsError):
        return "is not logged in to: the credentials are no file of the kind .creds"
    return None
