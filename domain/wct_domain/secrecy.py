"""Secrets in a runbook's properties, replaced before anything is recorded."""

import re
from collections.abc import Callable
from datetime import date
from math import isfinite
from typing import Any, cast

_WORDS = (
    r"pass(?:word|wd|phrase|code)|pwd|secret|token|credentials?|authorization"
    r"|(?<![a-z])(?:pass|auth)(?![a-z])|dsn|connection[_-]?string"
    r"|(?:api|access|private|account|encryption|signing|shared)[_-]?key"
)
_SECRET_KEY = re.compile(_WORDS, re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+(?=@)")
# As in a connection string or a URL's query: password=…, Authorization: Bearer …
_ASSIGNED = re.compile(
    rf"((?:{_WORDS})[\w-]*[\"']?\s*[=:]\s*)((?:(?:bearer|basic)\s+)?[^\s&;,]+)",
    re.IGNORECASE,
)


def without_secrets(value: Any, digest: Callable[[str], str], key: str = "") -> Any:
    """Return a copy of ``value`` in which every secret is ``secret:<keyed digest>``.

    Secret is what stands under a key that says so (``password``, ``api_key``,
    ``db_token`` …), whatever its type; in a text, the user part of a URL, and what is
    assigned to such a word. The digest still tells whether two runs used the same
    secret.
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
        text = _USER_INFO.sub(lambda found: f"secret:{digest(found[0])}", value)
        return _ASSIGNED.sub(lambda found: f"{found[1]}secret:{digest(found[2])}", text)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    # What YAML makes beyond JSON (numbers and dates as keys, ``.nan``, dates, sets and
    # bytes) must not stop a run: its record needs their look only.
    return str(value) if isinstance(value, date) else f"a {type(value).__name__}"
