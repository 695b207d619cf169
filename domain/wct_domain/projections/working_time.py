"""How long a run was worked on: the time of its attempts, not that between them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from wct_domain.events import (
    DataErased,
    ErasureRequested,
    EvidenceRevealed,
    RunCompleted,
    RunExported,
    RunFailed,
    RunImported,
    RunInterrupted,
    RunPruned,
    RunResumed,
    RunStarted,
)
from wct_domain.ports.ledger import Recorded

_BEGINNINGS: frozenset[type] = frozenset({RunStarted, RunResumed})
_ENDINGS: frozenset[type] = frozenset({RunCompleted, RunFailed, RunInterrupted})
# What befalls a run that nobody is at work on.
_AFTERWARDS: frozenset[type] = frozenset(
    {
        DataErased,
        ErasureRequested,
        EvidenceRevealed,
        RunExported,
        RunImported,
        RunPruned,
    }
)
DECIDING = _BEGINNINGS | _ENDINGS | _AFTERWARDS
"""Of any other event nothing counts but when it was: a fold may set ``last`` itself."""

_MICROSECOND = timedelta(microseconds=1)


class WorkingTime:
    """A fold over one run's stream.

    An attempt whose process was killed was at work until its last event. Where only
    beginnings and endings are folded, that is not known: see ``killed``.
    """

    __slots__ = ("_began", "_spent", "attempts", "killed", "last")

    def __init__(self) -> None:
        self.attempts = 0
        self.killed = False  # an attempt has no end, and another came after it
        self._spent = 0  # microseconds, of the attempts before the last one
        self._began: datetime | None = None  # None: no attempt is open
        self.last: datetime | None = None  # event of an attempt

    @classmethod
    def of(cls, moments: Iterable[tuple[bool, datetime]]) -> Self:
        """Go on from the beginnings (true) and endings of attempts, in their order."""
        time = cls()
        for begins, at in moments:
            if begins:
                time._begin(at)
            time.last = at
            if not begins:
                time._end()
        return time

    @property
    def spent(self) -> int | None:
        """Microseconds; None while an attempt is open, or before the first."""
        return None if self._began is not None or not self.attempts else self._spent

    def apply(self, recorded: Recorded) -> None:
        """Take one more event into account."""
        kind = recorded.event.__class__
        if kind in _BEGINNINGS:
            self._begin(recorded.at)
        if kind not in _AFTERWARDS:
            self.last = recorded.at
        if kind in _ENDINGS:
            self._end()

    def _begin(self, at: datetime) -> None:
        if self._began is not None:
            self.killed = True
            self._end()
        self.attempts += 1
        self._began = at

    def _end(self) -> None:
        if self._began is not None and self.last is not None:
            # Less than nothing where a clock was set back.
            self._spent += max(0, (self.last - self._began) // _MICROSECOND)
        self._began = None
