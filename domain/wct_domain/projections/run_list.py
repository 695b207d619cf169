"""All runs of a ledger: a fold over what is said of runs as a whole.

Tens of thousands of runs are listed without reading their steps. A run that all of
its steps ended says itself how many succeeded; of any other, only the fold of its
own stream can tell (:class:`wct_domain.projections.run.Run`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self, get_args

from wct_domain.events import (
    AnyEvent,
    DataErased,
    RunCompleted,
    RunFailed,
    RunImported,
    RunInterrupted,
    RunPruned,
    RunResumed,
    RunStarted,
)
from wct_domain.ports.ledger import Recorded
from wct_domain.projections.states import RunStatus
from wct_domain.projections.working_time import WorkingTime
from wct_domain.upcasting import CURRENT, UPCASTERS

Ending = RunCompleted | RunFailed | RunInterrupted
Lifecycle = RunStarted | RunResumed | Ending | DataErased | RunPruned | RunImported

_NAMES = {kind.type.partition("/")[0] for kind in get_args(Lifecycle)}

LIFECYCLE = tuple(
    wire for wire in (*CURRENT, *UPCASTERS) if wire.partition("/")[0] in _NAMES
)
"""Wire names, of all versions, of the events that this fold needs."""


@dataclass(slots=True)
class RunSummary:
    """One run in one line."""

    run: str
    runbook: str  # its name
    steps: int  # planned
    started_at: datetime
    ended_at: datetime | None = None
    status: RunStatus = RunStatus.RUNNING
    tally: RunCompleted | None = None  # None: not all steps were visited
    erased_at: datetime | None = None
    pruned_at: datetime | None = None
    imported_at: datetime | None = None
    time: WorkingTime = field(default_factory=WorkingTime, compare=False)

    @property
    def duration(self) -> int | None:
        """Microseconds at work; None while the run is open.

        Of an attempt that was killed only the run's own stream tells how long it was
        at work: ``time.killed``.
        """
        return self.time.spent

    @property
    def since(self) -> list[str]:
        """What befell the run after its end, in single words."""
        befell = {
            "erased": self.erased_at,
            "pruned": self.pruned_at,
            "imported": self.imported_at,
        }
        return [word for word, at in befell.items() if at is not None]


class RunList:
    """Every run in a ledger, in the order in which they started.

    Other events, and other streams, leave it as it is.
    """

    def __init__(self) -> None:
        self._runs: dict[str, RunSummary] = {}

    def __len__(self) -> int:
        return len(self._runs)

    @classmethod
    def going_on_from(cls, runs: Iterable[RunSummary]) -> Self:
        """Take what is known of some runs, in the order in which they started."""
        found = cls()
        found._runs = {each.run: each for each in runs}
        return found

    @classmethod
    def of(cls, history: Iterable[Recorded]) -> Self:
        """Fold a whole history, or that part of it that is of ``LIFECYCLE``."""
        runs = cls()
        for recorded in history:
            runs.apply(recorded)
        return runs

    def apply(self, recorded: Recorded) -> None:
        """Take one more event into account."""
        match event := recorded.event:
            case RunStarted():
                begun = RunSummary(
                    run=recorded.stream,
                    runbook=event.runbook,
                    steps=len(event.steps),
                    started_at=recorded.at,
                )
                begun.time.apply(recorded)
                self._runs[recorded.stream] = begun
            case _:
                if (run := self._runs.get(recorded.stream)) is not None:
                    run.time.apply(recorded)
                    self._take(run, event, recorded.at)

    @property
    def newest_first(self) -> list[RunSummary]:
        """Runs, the one that started last first."""
        return list(reversed(self._runs.values()))

    def _take(self, run: RunSummary, event: AnyEvent, at: datetime) -> None:
        match event:
            case RunCompleted() | RunFailed() | RunInterrupted():
                self._end(run, event, at)
            case DataErased():
                run.erased_at = at
            case RunPruned():
                run.pruned_at = at
            case RunResumed():
                run.status, run.ended_at, run.tally = RunStatus.RUNNING, None, None
                run.steps = len(event.steps)
            case RunImported():
                run.imported_at = at
            case _:
                pass

    @staticmethod
    def _end(run: RunSummary, event: Ending, at: datetime) -> None:
        run.ended_at = at
        run.status = status_after(event)
        if isinstance(event, RunCompleted):
            run.tally = event


def status_after(event: Ending) -> RunStatus:
    """Return how a run stands that ended like this."""
    match event:
        case RunCompleted():
            well = event.failed == event.skipped == 0
            return RunStatus.COMPLETED if well else RunStatus.COMPLETED_WITH_FAILURES
        case RunFailed():
            return RunStatus.FAILED
        case RunInterrupted():
            return RunStatus.INTERRUPTED


def shortest_prefixes(ids: Iterable[str], at_least: int = 8) -> Mapping[str, str]:
    """Map each id to its shortest prefix that no other id begins with.

    An id that another one begins with, has none, and stands for itself.
    """
    ordered = sorted(set(ids))
    shared = [0, *map(_shared, ordered, ordered[1:]), 0]  # with neighbours only
    return {
        each: each[: max(at_least, before + 1, after + 1)]
        for each, before, after in zip(ordered, shared, shared[1:], strict=False)
    }


def _shared(one: str, other: str) -> int:
    """Length of the prefix that two strings have in common."""
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length
