"""New ids for what commands start, the time, and who it is that starts it."""

import os
import pwd

from wct_adapters.identity import new_id, utc_now
from wct_domain.digests import pseudonym
from wct_domain.ports.keys import Keys

__all__ = ["acting_user", "new_id", "utc_now"]


def acting_user(keys: Keys) -> str:
    """Keyed pseudonym of the user that this process runs as.

    That is the operating system's user, whatever the environment says.

    Raises:
        LedgerUnusableError: the key store is missing or damaged.
    """
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # as in a container with an arbitrary user
        name = str(number)
    return pseudonym(keys.content_key, "user", name)
