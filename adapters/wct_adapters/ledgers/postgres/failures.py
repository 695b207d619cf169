"""What PostgreSQL's errors mean to the user of a ledger: one line and a way out.

No text here has a URL with its password, and none quotes a statement.
"""

from typing import Final

import psycopg
from psycopg import errors

from wct_domain.errors import LedgerError, LedgerUnusableError, LedgerWriteError

_ELSEWHERE: Final = "name another ledger with --ledger or WCT_LEDGER"
_GIVE_IT: Final = (
    "put the right one into the file that PGPASSFILE names (~/.pgpass) or into the URL"
)
_CHECK_TLS: Final = (
    "check sslmode and sslrootcert in the URL, and the server's certificate"
)
_NO_TLS: Final = "no encrypted connection can be made"
_NOBODY: Final = "no server is listening there"

# What libpq or the server says, in small letters; what it means; the way out. In
# this order: 'no pg_hba.conf entry' names a role and a database, too.
_CONNECTING: Final = tuple(
    tuple(part.strip() for part in line.split("|"))
    for line in f"""
password authentication failed | the password is wrong | {_GIVE_IT}
no password supplied | it asks for a password | {_GIVE_IT}
pg_hba.conf | the server lets nobody of that name in from here | ask for an entry in \
its pg_hba.conf, or try sslmode=require in the URL
role | there is no such user | name another in the URL, or have it made ('createuser')
authentication failed | the server does not let this user in | name another user in \
the URL, as in postgresql://USER@HOST/DATABASE
permission denied for database | this user may not use the database | have the right \
CONNECT granted
database " | there is no such database | have it made ('createdb'), or name another in \
the URL
definition of service | there is no such service | name one that is in \
~/.pg_service.conf, or in the file that PGSERVICEFILE names
ssl | {_NO_TLS} | {_CHECK_TLS}
certificate | {_NO_TLS} | {_CHECK_TLS}
translate host name | there is no such host | check the URL
resolve host | there is no such host | check the URL
name or service not known | there is no such host | check the URL
too many | the server has no connection left | try again later
starting up | the server is just starting | try again in a moment
shutting down | the server is shutting down | start it again
timeout | the server does not answer | check host and port in the URL
refused | {_NOBODY} | start it, or check host and port in the URL
no such file | {_NOBODY} | start it, or name its host in the URL
""".replace("\\\n", "")
    .strip()
    .splitlines()
)


class UnreachableError(LedgerUnusableError):
    """No connection could be made; it may be possible in a moment."""


class Closed(Exception):  # noqa: N818  # a state, which is an error only to the caller
    """The ledger was closed."""


def misread(location: str) -> LedgerUnusableError:
    """Say that libpq cannot read the URL, without what it says of that."""
    what = "is no PostgreSQL URL that libpq understands; check its options"
    return LedgerUnusableError(f"ledger '{location}' {what}")


def connection_failure(location: str, error: psycopg.Error) -> UnreachableError:
    """Translate what stopped a connection from being made."""
    said = str(error).lower()
    unknown = (f"PostgreSQL says: {_line(error)}", "check the URL")
    known = (rest for sign, *rest in _CONNECTING if sign in said)
    reason, way_out = next(known, unknown)
    return UnreachableError(
        f"ledger '{location}' cannot be reached: {reason}; {way_out}"
    )


def opening_failure(location: str, error: psycopg.Error) -> LedgerUnusableError:
    """Translate what stopped the opening of a database that can be reached."""
    what, way_out = _reason(error)
    return LedgerUnusableError(
        f"ledger '{location}' cannot be opened: {what}; {way_out}"
    )


def read_failure(location: str, error: Exception) -> LedgerUnusableError:
    """Translate what stopped a read."""
    what, way_out = _reason(error)
    return LedgerUnusableError(
        f"ledger '{location}' could not be read: {what}; {way_out}"
    )


def write_failure(location: str, error: Exception) -> LedgerError:
    """Translate what stopped an append; its transaction is rolled back."""
    what, way_out = _reason(error)
    return LedgerWriteError(
        f"ledger '{location}' could not be written, nothing was recorded: "
        f"{what}; {way_out}"
    )


def lost_while_writing(error: UnreachableError) -> LedgerWriteError:
    """Say that the connection went, and could not be made again."""
    return LedgerWriteError(
        f"{error}; it went while it was written: whether the last events are recorded "
        "will be seen when it is back"
    )


def _reason(error: Exception) -> tuple[str, str]:
    match error:
        case Closed():
            return "it is closed", "open it again"
        case errors.InsufficientPrivilege():
            return (
                "its user may not do that",
                "grant it the rights that 'Keep the ledger in PostgreSQL' lists",
            )
        case errors.UndefinedTable() | errors.UndefinedColumn():
            return "a table is missing", "restore a backup, or " + _ELSEWHERE
        case errors.DiskFull():
            return "the server's disk is full", "free some space and run again"
        case errors.ReadOnlySqlTransaction():
            return (
                "the server is read-only, as a standby is",
                "name the primary server, or use target_session_attrs=read-write",
            )
        case errors.LockNotAvailable() | errors.QueryCanceled():
            what = "another session has kept it locked, or the server's time is up"
            return what, "end that session and run again"
        case errors.DataCorrupted() | errors.IndexCorrupted():
            return "the server finds its files damaged", "restore a backup"
        case psycopg.OperationalError() if error.sqlstate is None:
            return f"the connection was lost ({_line(error)})", "run again"
        case _:
            return f"PostgreSQL says: {_line(error)}", "ask who runs the server"


def _line(error: Exception) -> str:
    """The first line of what was said, without the statement that it was said of."""
    lines = str(error).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__
