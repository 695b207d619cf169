"""Subjects of NATS: ``wct.run.<run>.step.<step>``, or without a step ``wct.run.<run>``.

A subject is made of tokens with dots between them; a blank, a dot or a wildcard in a
name would be read as something else, so names are percent-encoded.
"""

from hashlib import sha256
from typing import Final
from urllib.parse import quote

from wct_domain.cloud_events import step_of
from wct_domain.ports.ledger import Recorded

_LONGEST: Final = 200  # characters of a token; a server takes 4096 for a whole line


def subject_of(recorded: Recorded, prefix: str) -> str:
    """Return where an event is published.

    A stream that is no run's (``subscriber/<name>``) is ``wct.subscriber.<name>``.
    """
    kind, slash, name = recorded.stream.partition("/")
    if slash:
        return ".".join((prefix, _token(kind), _token(name)))
    step = step_of(recorded.event)
    of_step = () if step is None else ("step", _token(step))
    return ".".join((prefix, "run", _token(kind), *of_step))


def _token(name: str) -> str:
    """Encode a name; of one that is too long, its beginning and a digest."""
    encoded = quote(name, safe="").replace(".", "%2E") or "%"
    if len(encoded) <= _LONGEST:
        return encoded
    digest = sha256(name.encode()).hexdigest()[:32]
    return f"{encoded[: _LONGEST - len(digest) - 1]}%{digest}"
