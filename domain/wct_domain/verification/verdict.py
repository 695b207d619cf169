"""What a verification found out."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from wct_domain.notes import VerifierKey

MOST_FLAWS: Final = 1000
"""Flaws that are kept; of what comes after them only the number is known."""


class Flaw(NamedTuple):
    """One thing that does not fit, and where."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(slots=True)
class Verdict:
    """What was recomputed, and what did not fit: the first flaw comes first.

    ``events`` are those that were recomputed, ``size`` those that the tree holds:
    more, where one run was verified.
    """

    log_id: str
    run: str | None = None  # None: the whole ledger
    events: int = 0
    streams: int = 0
    size: int = 0
    root: bytes = b""
    blobs: int = 0  # that are there, and are what they were
    erased: int = 0  # blobs that are gone, as an event says
    dropped: int = 0  # blobs that are gone to save space, as an event says
    pruned: int = 0  # payloads that are gone, as an event says
    checkpoints: int = 0  # of the ledger, with a signature of a known key
    kept: int = 0  # from elsewhere
    signed: int = 0  # events that a checkpoint with a trusted signature covers
    unsigned: int = 0  # events after that: that some of them are gone cannot show
    signers: set[VerifierKey] = field(default_factory=set[VerifierKey])
    flaws: list[Flaw] = field(default_factory=list[Flaw])
    more_flaws: int = 0  # beyond those that are kept

    @property
    def sound(self) -> bool:
        """True when everything fits."""
        return not self.flaws

    def blame(self, place: str, what: str) -> None:
        """Note something that does not fit."""
        if len(self.flaws) < MOST_FLAWS:
            self.flaws.append(Flaw(place, what))
        else:
            self.more_flaws += 1
