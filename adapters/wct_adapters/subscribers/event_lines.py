"""A file that others read, as a transport: each event a line, kept before it counts."""

import os
from collections.abc import Sequence
from pathlib import Path

from wct_adapters.subscribers.event_file import EventFile
from wct_domain.cloud_events import cloud_event
from wct_domain.errors import DeliveryError, ExportError
from wct_domain.ports.ledger import Recorded


class EventLines:
    """Adds to a file; opens it when there is something to add.

    A line that was cut off, when a process or the machine ended while it was written,
    is ended; its event comes again. So a reader has to skip a line that is no JSON.
    """

    def __init__(self, path: Path, log_id: str) -> None:
        self._path = path
        self._log_id = log_id
        self._file: EventFile | None = None
        self.description = f"adds to the file {path}"

    def __call__(self, recorded: Recorded) -> None:
        """Add a line.

        Raises:
            DeliveryError: it was not added, or not as a whole.
        """
        self.batch((recorded,))

    def batch(self, events: Sequence[Recorded]) -> None:
        """Add a line for each, and have them survive the power being cut.

        Raises:
            DeliveryError: not all of them were added.
        """
        lines = b"".join(cloud_event(each, self._log_id) + b"\n" for each in events)
        try:
            if self._file is None:
                torn = _is_torn(self._path)
                self._file = EventFile(self._path, self._log_id)
                lines = b"\n" + lines if torn else lines
            self._file.write(lines)
            self._file.keep()
        except ExportError as error:
            cause = error.__cause__
            assert isinstance(cause, OSError)  # noqa: S101  # what it is made of
            raise self._refused(cause) from error
        except OSError as error:
            self.close()  # what follows begins with a look at what is there
            raise self._refused(error) from error

    def close(self) -> None:
        """Close the file."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _refused(self, error: OSError) -> DeliveryError:
        reason = error.strerror or type(error).__name__
        return DeliveryError(f"file {self._path} cannot be written: {reason}")


def _is_torn(path: Path) -> bool:
    """Whether a file ends within a line."""
    # Looked at before it is opened: to open a pipe waits for who writes to it.
    if not path.is_file() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() != b"\n"
