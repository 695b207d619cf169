"""Names of secrets: of settings, options, variables and headers.

A name that says ``password`` or ``token`` is one of a secret, unless it tells of
something about it: a number of them (``max_tokens``), a limit (``password_length``), a
description (``cookie_policy``, ``token_url``).
"""

import re
from functools import lru_cache

WORDS = (
    r"(?:pass(?:[_-]?word(?!less)|wd|[_-]?phrase|code)|pgpass|pwd"
    r"|secret(?!ar[iy]|ion)|token(?!i[sz])|credentials?"
    r"|authorization|cookie(?!less|cutter)|dsn|connection[_ -]?string"
    r"|access[_-]?signature|session[_ -]?id"
    r"|(?<![a-z])(?:pass|auth|jwt|sas|bearer|pin|sig(?:nature)?)(?![a-z])"
    r"|(?:api|access|private|account|encryption|signing|shared|session|master|storage"
    r"|client|license|subscription|ssh|host)[_ -]?key)"
)
"""Regular expression of what names of secrets hold, to be used without case."""

_SECRET = re.compile(rf"{WORDS}|^\W*key\W*$", re.IGNORECASE)
_CAMEL_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_ABOUT = frozenset(
    {
        *("age", "algorithm", "banner", "budget", "categories", "category", "column"),
        *("columns", "consent", "count", "counts", "disabled", "domain", "enabled"),
        *("endpoint", "expiration", "expires", "expiry", "field", "fields", "file"),
        *("format", "kind", "length", "lifetime", "limit", "limits", "method", "mode"),
        *("name", "names", "notice", "path", "paths", "policies", "policy", "rate"),
        *("required", "rotation", "scheme", "size", "strength", "timeout", "ttl"),
        *("type", "types", "uri", "url", "usage"),
    }
)
_COUNTED = "tokens"  # of a language model, where it is a number
_COUNTING = frozenset(
    {
        *("average", "avg", "cached", "completion", "input", "max", "maximum", "min"),
        *("minimum", "n", "num", "number", "output", "prompt", "reasoning", "special"),
        *("stop", "total"),
    }
)


@lru_cache(maxsize=1024)  # the same keys come with every step
def is_secret(name: str) -> bool:
    """Say whether a setting of this name holds a secret."""
    said = _CAMEL_HUMP.sub("_", name)
    return _SECRET.search(said) is not None and not is_about_a_secret(name)


def is_about_a_secret(name: str) -> bool:
    """Say whether a name that holds one of ``WORDS`` is still none of a secret."""
    *before, last = _parts(name) or [""]
    return last in _ABOUT or (last == _COUNTED and not _COUNTING.isdisjoint(before))


def is_count(name: str, value: object) -> bool:
    """Say whether ``value`` is a number of what the plural ``name`` says: tokens."""
    if _parts(name)[-1:] != [_COUNTED]:
        return False
    if isinstance(value, str):
        return value.replace(",", "").replace(".", "").isdecimal()
    return isinstance(value, (int, float))


def _parts(name: str) -> list[str]:
    words = _CAMEL_HUMP.sub("_", name).lower()
    return "".join(sign if sign.isalnum() else " " for sign in words).split()
