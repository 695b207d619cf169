"""Subscribers of a run: those that packages bring, and the file of its events."""

from pathlib import Path

from wct_adapters.subscribers.event_file import EventFile
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.ledger import Ledger


def event_file(path: Path, ledger: Ledger, *, keep: bool) -> Subscriber:
    """Open the file that events are written to as they are recorded.

    Args:
        keep: what is there stays, as when a run is gone on with.

    Raises:
        ExportError: it cannot be written.
    """
    file = EventFile(path, ledger.log_id)
    if not keep:
        file.empty()
    return file
