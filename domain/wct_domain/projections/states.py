"""How runs and their steps stand: what the folds of a run say, in words."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wct_domain.digests import Reference
from wct_domain.errors import LedgerUnusableError
from wct_domain.events import PlannedStep, Reason
from wct_domain.ports.run_locks import RunLocks


class RunStatus(StrEnum):
    """Derived, never stored. Whether an open run still lives, only its lock tells."""

    RUNNING = "running"
    ABANDONED = "abandoned"  # it did not end, and nobody is at work on it
    COMPLETED = "completed"
    COMPLETED_WITH_FAILURES = "completed with failures"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class StepStatus(StrEnum):
    """Planned and running steps of a run that has ended were never finished.

    Of a run that was pruned, only how many of its steps ended how is known.
    """

    PLANNED = "planned"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    PRUNED = "pruned"


def standing(status: RunStatus, run: str, locks: RunLocks) -> RunStatus:
    """Tell a run that goes on from one whose process was killed.

    Where another user's locks do not tell, it is said to go on.
    """
    with suppress(LedgerUnusableError):
        if status is RunStatus.RUNNING and not locks.is_held(run):
            return RunStatus.ABANDONED
    return status


@dataclass(slots=True)
class StepState:
    """One step, as far as the log tells."""

    plan: PlannedStep
    status: StepStatus = StepStatus.PLANNED
    attempt: int = 0
    started_at: datetime | None = None
    duration: int | None = None  # microseconds
    items: int | None = None
    input_schema: str | None = None  # name/version
    output_schema: str | None = None
    result: Reference | None = None  # of the result message
    message: Reference | None = None  # of the error text
    code: str | None = None
    error: str | None = None  # class of the exception
    because: str | None = None  # the step whose failure made this one be skipped
    saved: bool = False
    truncated: bool = False
    ended_by: str | None = None  # id of the event that ended it


@dataclass(slots=True)
class Erasure:
    """What somebody asked to be erased, and what came of it."""

    reason: Reason
    reference: str | None
    requested_at: datetime
    erased_at: datetime | None = None  # None: asked for, and not done
    blobs: int = 0  # that are gone
