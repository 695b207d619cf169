"""``.env``: variables of the environment, in a file."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from wct_domain.errors import ConfigurationError

_NEVER: Final = re.compile(
    r"PATH|HOME|IFS|ENV|BASH_ENV|PYTHON.*|(LD|DYLD|GIT|SSL|PIP|XDG)_.*|.*_PROXY"
    r"|PG(?!PASSWORD$).*|WCT_CONFIG|WCT_KEYS|WCT_TRUST_CONFIG",
    re.IGNORECASE,
)
"""What steers the process itself, where its traffic goes, or which keys it seals with:
such a file may have come with the tree that is looked into.

Of libpq's variables all but one: ``PGHOSTADDR`` alone has a password that the
environment holds sent elsewhere, whatever the URL says.
"""


def environment_of(path: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what a ``.env`` adds to the environment: nothing that is set already.

    Left out is what would steer the process itself, and an address whose key does not
    come from the same file: ``X_BASE_URL`` beside ``X_API_KEY``, ``WCT_LEDGER`` beside
    ``PGPASSWORD``. Whoever wrote the file would be sent the key.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        found = dotenv_values(path, interpolate=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        msg = f"Cannot read file {path}: {reason}"
        raise ConfigurationError(msg) from error
    return {
        name: value
        for name, value in found.items()
        if value is not None
        and name not in environ
        and not _NEVER.fullmatch(name)
        and not _sends_a_key_away(name, environ)
    }


def _sends_a_key_away(name: str, environ: Mapping[str, str]) -> bool:
    if name == "WCT_LEDGER":
        return "PGPASSWORD" in environ
    service = name.removesuffix("_BASE_URL")
    return service != name and f"{service}_API_KEY" in environ
