"""Whom a TLS connection trusts, and why one was not made, in words without secrets."""

import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from wct_domain.errors import SubscriberError


def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the authorities that this machine trusts, or those of one file only.

    ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` say where the machine has them elsewhere.

    Raises:
        SubscriberError: the file cannot be read, or has no certificate.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one
        reason = "it has no certificate in PEM"
        if not isinstance(error, ssl.SSLError):
            reason = error.strerror or type(error).__name__
        msg = f"ca_file {ca_file} cannot be used: {reason}"
        raise SubscriberError(msg) from error


def why_not_reached(error: BaseException) -> str | None:
    """Say what is behind an exception of a client; None if nothing of that is known."""
    for each in _behind(error):
        match each:
            case ssl.SSLCertVerificationError():
                return (
                    f"is not trusted: {each.verify_message.rstrip('.')}; name the "
                    "authority that signed its certificate in ca_file"
                )
            case ssl.SSLError():
                return "does not speak TLS that we understand; see its port"
            case socket.gaierror():
                return "cannot be found: its name is not known"
            case OSError() if each.errno:
                return f"cannot be reached: {os.strerror(each.errno)}"
            case _:
                continue
    return None


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what led to it, members of groups included."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            group = cast("BaseExceptionGroup[BaseException]", each)
            waiting.extend(group.exceptions)
        waiting.extend(filter(None, (each.__context__, each.__cause__)))
