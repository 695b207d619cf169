"""Locks of runs as locks on files: the system frees them when their process ends.

A directory beside the ledger has one file for each run that is at work. The lock is
flock(2)'s, which belongs to an open file and not to a process: two threads of one
process cannot both have it. What a killed process leaves is a file that nobody has
locked; the next one to hold the run takes it over.
"""

import errno
import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from wct_adapters.ledgers.held import held, what_is_locked
from wct_domain.errors import LedgerUnusableError, LedgerWriteError
from wct_domain.ports.run_locks import RunLocks

_ATTEMPTS: Final = 5
_PAUSE: Final = 0.02  # seconds; who only asks has a file locked for a moment


class FileLocks(RunLocks):
    """Locks in ``directory``, which is made when the first run holds one."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @contextmanager
    def hold(self, run: str) -> Generator[None]:
        path = self._path(run)
        try:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            descriptor = _locked(path)
        except OSError as error:
            if error.errno == errno.EWOULDBLOCK:
                raise held(run, _by(path)) from error
            msg = f"{what_is_locked(run)} cannot be locked: {self._out_of_reach(error)}"
            raise LedgerWriteError(msg) from error
        try:
            os.write(descriptor, f"{os.getpid()}\n".encode())
            yield
        finally:
            with suppress(OSError):  # what took place under the lock did take place
                if os.path.samestat(os.fstat(descriptor), path.stat()):
                    path.unlink()  # not that of who holds it since this was removed
            os.close(descriptor)

    def is_held(self, run: str) -> bool:
        try:
            descriptor = os.open(self._path(run), os.O_RDONLY)
        except FileNotFoundError:
            return False
        except OSError as error:
            msg = (
                f"whether anybody is at work on {what_is_locked(run)} cannot be told: "
                f"{self._out_of_reach(error)}"
            )
            raise LedgerUnusableError(msg) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _path(self, run: str) -> Path:
        return self._directory / quote(run, safe="")

    def _out_of_reach(self, error: OSError) -> str:
        return (
            f"its lock in '{self._directory}' cannot be opened ({error.strerror}); "
            "that must be a directory of this user, with mode 700, on a disk with room"
        )


def _locked(path: Path) -> int:
    """Open and lock a file; the one that has the name when it is locked.

    Raises:
        OSError: it is locked by somebody else, or cannot be made.
    """
    for attempt in range(_ATTEMPTS):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                os.truncate(descriptor, 0)
                return descriptor
        except OSError:
            if attempt == _ATTEMPTS - 1:
                os.close(descriptor)
                raise
        os.close(descriptor)
        time.sleep(_PAUSE)
    raise OSError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK))


def _by(path: Path) -> str:
    try:
        process = path.read_text().strip()
    except OSError:
        process = ""
    return f" (process {process})" if process.isdecimal() else ""
