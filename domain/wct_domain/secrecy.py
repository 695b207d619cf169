"""Secrets in a runbook's properties, replaced before anything is recorded."""

import re
from collections.abc import Callable
from datetime import date
from math import isfinite
from typing import Any, cast

_SECRET_KEY = re.compile(
    r"pass(word|wd|phrase)?|pwd|secret|token|credentials?|auth(orization)?"
    r"|(api|access|private|account|encryption|signing|shared)_?key|dsn|connection_?string",
    re.IGNORECASE,
)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+(?=@)")


def without_secrets(value: Any, digest: Callable[[str], str], key: str = "") -> Any:
    """Return a copy of ``value`` in which every secret is ``secret:<keyed digest>``.

    Secret is what stands under a key that says so (``password``, ``api_key``,
    ``db_token`` …), whatever its type, and the user part of a URL. The digest still
    tells whether two runs used the same secret.
    """
    if key and _SECRET_KEY.search(key) and value not in (None, "", [], {}):
        return f"secret:{digest(repr(value))}"
    if isinstance(value, dict):
        members = cast("dict[Any, Any]", value)
        return {
            str(name): without_secrets(member, digest, str(name))
            for name, member in members.items()
        }
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return [without_secrets(item, digest) for item in items]
    if isinstance(value, str):
        return _USER_INFO.sub(lambda found: f"secret:{digest(found[0])}", value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    # What YAML makes beyond JSON (numbers and dates as keys, ``.nan``, dates, sets and
    # bytes) must not stop a run: its record needs their look only.
    return str(value) if isinstance(value, date) else f"a {type(value).__name__}"
