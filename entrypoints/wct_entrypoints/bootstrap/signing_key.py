"""The signing key that the environment brings, as in CI."""

import os
from collections.abc import Mapping
from pathlib import Path

from wct_domain.errors import CheckpointError

VARIABLE = "WCT_SIGNING_KEY"
_PRIVATE = "PRIVATE+KEY+"
_NO_KEY = "what cannot be read"  # refused by who signs with it


def given_signing_key(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the key for who may have to sign.

    Whether it is one is found out when something is signed: those who only read do
    without.
    """
    try:
        return signing_key_in(environ)
    except CheckpointError:
        return _NO_KEY


def signing_key_in(environ: Mapping[str, str]) -> str | None:
    """Return the text of the key in ``WCT_SIGNING_KEY``, or in the file it names.

    Of what 'wct ledger new-key' prints, the private key's line is taken. Whether it is
    a key is not looked at. Its text is in no error.

    Raises:
        CheckpointError: it is neither a key nor a file that can be read.
    """
    given = environ.get(VARIABLE, "").strip()
    if not given or _PRIVATE in given:
        return _private_line(given) or None
    try:
        return _private_line(Path(given).read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        # Not what it holds: it may be a part of a key.
        msg = (
            f"{VARIABLE} is neither a signing key nor a file with one that can be "
            "read; 'wct ledger new-key NAME' makes one"
        )
        raise CheckpointError(msg) from None  # it names the file, which may be a key


def refuse_wrong_signing_key(environ: Mapping[str, str] = os.environ) -> None:
    """Refuse a signing key that is none before anything is recorded.

    Raises:
        CheckpointError: the text does not quote it.
    """
    given = signing_key_in(environ)
    if given is None:
        return
    # Here, because without such a key nothing is signed before a run has ended.
    from wct_entrypoints.bootstrap.signing import SigningKey

    try:
        SigningKey.parse(given)
    except CheckpointError as error:
        msg = f"{VARIABLE} is {error}"
        raise CheckpointError(msg) from None


def _private_line(text: str) -> str:
    return next((line for line in text.split() if line.startswith(_PRIVATE)), text)
