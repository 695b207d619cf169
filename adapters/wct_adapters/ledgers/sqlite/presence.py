"""Whether a ledger is still where it was opened.

SQLite goes on reading and writing a file that was deleted, and says nothing.
"""

import os
from pathlib import Path

Identity = tuple[int, int]  # device, inode


class OpenedFile:
    """The file that a path led to when SQLite had just opened it.

    Made after that, not before: where a container's layers overlap, a file gets
    another identity when it is first opened for writing. While SQLite has it open,
    no other file gets its identity.
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path.absolute())
        self._identity = _identity(self._path)
        self._log = f"{self._path}-wal"
        self._log_identity: Identity | None = None

    def watch_log(self) -> None:
        """Watch the write-ahead log too: it stays the same as long as it is open.

        To be called when SQLite has just read the file, and so has opened its log.
        Without one, because nobody may write here, there is nothing to watch.
        """
        self._log_identity = _identity(self._log)

    def is_gone(self) -> bool:
        """Say whether a path leads nowhere now, or to another file (2 µs)."""
        try:
            return (
                self._identity is None
                or _identity(self._path) != self._identity
                or (
                    self._log_identity is not None
                    and _identity(self._log) != self._log_identity
                )
            )
        except PermissionError:  # out of sight is not gone
            return False


def _identity(path: str) -> Identity | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # half the cost of Path.stat
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino
