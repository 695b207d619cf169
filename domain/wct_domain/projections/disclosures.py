"""Who was given what of a run, as far as its record says: what an auditor asks."""

from datetime import datetime
from typing import NamedTuple

from wct_domain.events import EvidenceRevealed, RunExported
from wct_domain.ports.ledger import Recorded


class Export(NamedTuple):
    """A copy that left the ledger, and when."""

    at: datetime  # UTC
    what: RunExported


class Revelation(NamedTuple):
    """Raw evidence that somebody had shown, and when."""

    at: datetime  # UTC
    what: EvidenceRevealed


class Disclosures:
    """A fold over one run's stream; the oldest come first."""

    def __init__(self) -> None:
        self.exports: list[Export] = []
        self.revelations: list[Revelation] = []

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case RunExported() as event:
                self.exports.append(Export(recorded.at, event))
            case EvidenceRevealed() as event:
                self.revelations.append(Revelation(recorded.at, event))
            case _:
                pass
