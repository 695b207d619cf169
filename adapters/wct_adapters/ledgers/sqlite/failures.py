"""What SQLite's errors mean to the user of a ledger: one line and a way out."""

from typing import Final

import apsw

from wct_domain.errors import LedgerError, LedgerUnusableError, LedgerWriteError

PATIENCE: Final = 30.0
"""Seconds to wait for another process's write lock. Transactions take microseconds."""

_BACK: Final = (
    "put it back with the files beside it, or run again with another "
    "(--ledger or WCT_LEDGER)"
)
_DAMAGED = (apsw.CorruptError, apsw.NotADBError, apsw.FormatError)


def write_failure(location: str, error: apsw.Error) -> LedgerError:
    """Translate what stopped an append; its transaction is rolled back."""
    match error:
        case apsw.FullError():
            reason = "the disk is full", "free some space and run again"
        case apsw.ReadOnlyError():
            reason = "it is read-only", "make it writable, or use another ledger"
        case apsw.BusyError() | apsw.LockedError():
            reason = (
                f"another process has kept it locked for {PATIENCE:.0f} seconds",
                "end that process, or use another ledger",
            )
        case apsw.ConnectionClosedError():
            reason = "it is closed", "open it again"
        case _ if isinstance(error, _DAMAGED):
            return damaged(location, error)
        case _:
            reason = f"SQLite says: {error}", "check the disk and its permissions"
    what, way_out = reason
    return LedgerWriteError(
        f"ledger '{location}' could not be written, nothing was recorded: "
        f"{what}; {way_out}"
    )


def read_failure(location: str, error: apsw.Error) -> LedgerUnusableError:
    """Translate what stopped a read."""
    if isinstance(error, _DAMAGED):
        return damaged(location, error)
    if isinstance(error, apsw.ConnectionClosedError):
        return LedgerUnusableError(f"ledger '{location}' is closed; open it again")
    way_out = "check the disk and its permissions"
    if isinstance(error, apsw.IOError):  # of a full disk, too: a reader shares memory
        way_out = "free some space if the disk is full, else check it"
    return LedgerUnusableError(
        f"ledger '{location}' could not be read: SQLite says: {error}; {way_out}"
    )


def gone_while_writing(location: str) -> LedgerWriteError:
    return LedgerWriteError(f"{_gone(location)}; nothing more is recorded; {_BACK}")


def gone_while_reading(location: str) -> LedgerUnusableError:
    return LedgerUnusableError(f"{_gone(location)}; {_BACK}")


def opening_failure(location: str, error: apsw.Error) -> LedgerError:
    """Translate what stopped the opening of a file."""
    if isinstance(error, apsw.NotADBError):
        return LedgerUnusableError(
            f"ledger '{location}' is not a SQLite database; "
            "name another file with --ledger or WCT_LEDGER"
        )
    if isinstance(error, apsw.SQLError):  # a table is not there
        return damaged(location, error)
    if isinstance(error, apsw.FullError | apsw.BusyError):
        return write_failure(location, error)
    return read_failure(location, error)


def _gone(location: str) -> str:
    return f"ledger '{location}' or its log was deleted or replaced while it was open"


def damaged(location: str, reason: object) -> LedgerUnusableError:
    return LedgerUnusableError(
        f"ledger '{location}' is damaged ({reason}); "
        "keep the file, restore a backup, or use another ledger"
    )
