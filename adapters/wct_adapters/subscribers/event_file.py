"""Events of a run in a file, as they are recorded: one CloudEvent a line."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from wct_domain.cloud_events import cloud_event
from wct_domain.errors import ExportError
from wct_domain.ports.ledger import Recorded

_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
_REASONS: Final = {errno.ENXIO: "it is a pipe that nobody reads from"}


class EventFile:
    """A subscriber. Each line is written at once, so that others can follow the file.

    Opened before the run, so that a file that cannot be written stops nobody's work
    half-way. A pipe must have a reader by then.

    Raises:
        ExportError: it cannot be written; the text says why, and what to do.
    """

    def __init__(self, path: Path, log_id: str) -> None:
        self._log_id = log_id
        try:
            # Or a pipe without a reader would hold up the run for ever.
            self._descriptor = os.open(path, _FLAGS | os.O_NONBLOCK, 0o666)
        except OSError as error:
            reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
            msg = (
                f"Failed to write events to {path}: {reason}; choose another file "
                "with --events"
            )
            raise ExportError(msg) from error
        os.set_blocking(self._descriptor, True)

    def empty(self) -> None:
        """Drop what earlier runs have written."""
        if stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            os.ftruncate(self._descriptor, 0)

    def __call__(self, recorded: Recorded) -> None:
        """Add a line.

        Raises:
            OSError: the disk is full, or the reader of the pipe has left.
        """
        self.write(cloud_event(recorded, self._log_id) + b"\n")

    def write(self, lines: bytes) -> None:
        """Add whole lines.

        Raises:
            OSError: as above.
        """
        left = memoryview(lines)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def keep(self) -> None:
        """Return when what was written survives the power being cut, if it can.

        Raises:
            OSError: it does not.
        """
        if stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            os.fsync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)
