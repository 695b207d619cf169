"""Small events and blobs for tests of ledgers, the same in every run."""

import hashlib

from wct_domain.events import PluginNoted, RunCompleted
from wct_domain.ports.ledger import Blob, NewEvent

RUN = "01980000-0000-7000-8000-00000000aaaa"
OTHER = "01980000-0000-7000-8000-00000000bbbb"
DONE = RunCompleted(succeeded=1, failed=0, skipped=0)


def event_id(number: int) -> str:
    """A UUIDv7 that is the same in every test run."""
    return f"01980000-0000-7000-8000-{number:012x}"


def note(number: int, text: str = "") -> NewEvent:
    """A small event whose id and content tell its number."""
    event = PluginNoted(plugin="contract", name=str(number), data={"text": text})
    return NewEvent(event_id(number), event)


def notes(*numbers: int) -> list[NewEvent]:
    return [note(number) for number in numbers]


def blob_of(stored: bytes) -> Blob:
    return Blob(hashlib.sha256(stored).hexdigest(), stored)
