"""Which erasures were asked for and not finished: a fold over a few events."""

from collections.abc import Iterable
from typing import NamedTuple, Self

from wct_domain.events import DataErased, ErasureRequested
from wct_domain.ports.ledger import EventLog, Recorded
from wct_domain.upcasting import CURRENT, UPCASTERS

_NAMES = {kind.type.partition("/")[0] for kind in (ErasureRequested, DataErased)}

ERASURE = tuple(
    wire for wire in (*CURRENT, *UPCASTERS) if wire.partition("/")[0] in _NAMES
)
"""Wire names, of all versions, of the events that this fold needs."""


class UnfinishedErasure(NamedTuple):
    """An erasure of one scope that was cut short."""

    request: ErasureRequested  # the first
    runs: tuple[str, ...]  # asked to be erased, and not erased; perhaps not all


class Erasures:
    """A fold over the events of erasures, in whatever streams they are."""

    def __init__(self) -> None:
        self._open: dict[str, ErasureRequested] = {}  # by run

    @classmethod
    def of(cls, history: Iterable[Recorded]) -> Self:
        """Fold a history, or that part of it that is of ``ERASURE``."""
        erasures = cls()
        for recorded in history:
            erasures.apply(recorded)
        return erasures

    def apply(self, recorded: Recorded) -> None:
        """Take one more event into account."""
        match event := recorded.event:
            case ErasureRequested():
                self._open.setdefault(recorded.stream, event)
            case DataErased():
                self._open.pop(recorded.stream, None)
            case _:
                pass

    @property
    def unfinished(self) -> list[UnfinishedErasure]:
        """One for each scope, the one that was asked for first at the beginning."""
        first: dict[str, ErasureRequested] = {}
        runs: dict[str, list[str]] = {}
        for run, request in self._open.items():
            first.setdefault(request.scope, request)
            runs.setdefault(request.scope, []).append(run)
        return [
            UnfinishedErasure(request, tuple(runs[scope]))
            for scope, request in first.items()
        ]


def unfinished_erasures(log: EventLog) -> list[UnfinishedErasure]:
    """Look for erasures that were cut short; cheap, whatever else is in the log.

    Raises:
        LedgerUnusableError: the log cannot be read.
    """
    return Erasures.of(log.read_all(types=ERASURE)).unfinished
