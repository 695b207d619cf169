"""PostgreSQL URLs as text: told from paths, and shown without what is secret.

The driver is not needed for that. What is the password in a URL is decided as libpq
does it: everything from the first colon to the first ``@``, if no ``/`` comes before.
"""

import re
from typing import Final

from wct_domain.errors import LedgerUnusableError

_URL: Final = re.compile(
    r"(?P<scheme>postgres(?:ql)?://)"
    r"(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?"
    r"(?P<place>[^?]*)(?:\?(?P<options>.*))?",
    re.DOTALL,
)
_SECRET: Final = re.compile("pass(?!file)|secret|scram|token", re.IGNORECASE)
FORM: Final = "postgresql://USER@HOST:PORT/DATABASE?OPTION=VALUE"


def is_url(text: str) -> bool:
    """Say whether this names a PostgreSQL ledger, and not a file."""
    return text.startswith(("postgresql://", "postgres://"))


def refuse_misread(url: str) -> None:
    """Refuse a URL in which libpq would take a part of the password for a host.

    It would go on to show that part, in an error.

    Raises:
        LedgerUnusableError: the text shows nothing of the URL.
    """
    if _stray_at(url):
        msg = (
            "the PostgreSQL URL of the ledger has an '@', '/' or blank where none can "
            "be: in names and passwords write them as %40, %2F and %20, or keep the "
            f"password out of it with PGPASSFILE; the form is {FORM}"
        )
        raise LedgerUnusableError(msg)


def shown(place: str) -> str:
    """Return a path as it is, and a URL without its password."""
    if not is_url(place):
        return place
    found = _URL.fullmatch(place)
    if found is None or _stray_at(place):
        return "postgresql://…"
    from urllib.parse import unquote  # noqa: PLC0415  # most ledgers are files

    user = "" if found["user"] is None else f"{found['user']}@"
    options = "&".join(
        option
        for option in (found["options"] or "").split("&")
        if option and not _SECRET.search(unquote(option.partition("=")[0]))
    )
    return f"{found['scheme']}{user}{found['place']}{'?' if options else ''}{options}"


def _stray_at(url: str) -> bool:
    found = _URL.fullmatch(url)
    if found is None or re.search(r"\s", url):
        return True
    return "@" in found["place"] or "@" in (found["options"] or "")
