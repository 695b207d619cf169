"""A run as it stands: its status, and the state of each step."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Self

from wct_domain.digests import Reference
from wct_domain.events import (
    AnyEvent,
    ArtifactSaved,
    DataErased,
    ErasureRequested,
    PlannedComponent,
    PlannedStep,
    RunCompleted,
    RunFailed,
    RunImported,
    RunInterrupted,
    RunPruned,
    RunResumed,
    RunStarted,
    SourceRead,
    StepCompleted,
    StepFailed,
    StepSkipped,
    StepStarted,
)
from wct_domain.ports.ledger import Recorded
from wct_domain.projections.states import Erasure, RunStatus, StepState, StepStatus
from wct_domain.projections.working_time import DECIDING, WorkingTime


class Run:
    """A fold over one run's stream. Unknown events and notes leave it as it is."""

    def __init__(self) -> None:
        self.started: RunStarted | None = None
        self.started_id: str | None = None
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.status = RunStatus.RUNNING
        self.message: Reference | None = None  # why the run as a whole failed
        self.signal: str | None = None
        self.sources: list[SourceRead] = []
        self.erasure: Erasure | None = None
        self.tally: RunCompleted | None = None  # None: not all steps were visited
        self.pruned_at: datetime | None = None
        self.imported: RunImported | None = None
        self.imported_at: datetime | None = None
        self.attempt = 1  # one more with each time that it was resumed
        self.document: Reference | None = None  # the runbook of the last attempt
        self.planned: tuple[PlannedStep, ...] = ()
        self.components: tuple[PlannedComponent, ...] = ()
        self.versions: Mapping[str, str] = MappingProxyType({})
        self.version = 0
        self._time = WorkingTime()
        self.id = ""
        self._steps: dict[str, StepState] = {}

    @classmethod
    def of(cls, history: Iterable[Recorded]) -> Self:
        """Fold a whole history."""
        run = cls()
        for recorded in history:
            run.apply(recorded)
        return run

    @property
    def steps(self) -> Mapping[str, StepState]:
        """Steps by id, in declaration order."""
        return MappingProxyType(self._steps)

    @property
    def duration(self) -> int | None:
        """Microseconds at work, of all attempts; None while the run is open."""
        return self._time.spent

    @property
    def keeps_inputs(self) -> bool:
        """Whether anything that was read is kept."""
        return any(source.message is not None for source in self.sources)

    @property
    def is_erased(self) -> bool:
        """Whether what the run has stored was erased."""
        return self.erasure is not None and self.erasure.erased_at is not None

    @property
    def in_flight(self) -> tuple[str, ...]:
        """Ids of the steps that have begun and not ended."""
        return tuple(
            step.plan.id
            for step in self._steps.values()
            if step.status is StepStatus.RUNNING
        )

    def count(self, status: StepStatus) -> int:
        """Return how many steps are in this state."""
        return sum(step.status is status for step in self._steps.values())

    def ended(self, status: StepStatus) -> int | None:
        """Return how many steps ended like this; None where that was pruned."""
        if self.pruned_at is None:
            return self.count(status)
        if self.tally is None:
            return None
        ended = {
            StepStatus.SUCCEEDED: self.tally.succeeded,
            StepStatus.FAILED: self.tally.failed,
            StepStatus.SKIPPED: self.tally.skipped,
        }
        return ended.get(status, 0)

    def apply(self, recorded: Recorded) -> None:
        """Take one more event into account."""
        self.version = recorded.position
        if recorded.event.__class__ in DECIDING:
            self._time.apply(recorded)
        else:  # most events, in a loop over all of them
            self._time.last = recorded.at
        match event := recorded.event:
            case StepStarted():
                step = self._step(event.step)
                step.status = StepStatus.RUNNING
                step.attempt = event.attempt
                step.started_at = recorded.at
                # Of the attempt before, which did not end the step.
                step.code = step.error = step.message = step.ended_by = None
            case StepCompleted():
                self._complete(event, recorded.id)
            case ArtifactSaved():
                if event.artifact in self._steps:
                    self._steps[event.artifact].saved = True
            case SourceRead():
                self.sources.append(event)
            case StepFailed():
                step = self._end(event.step, StepStatus.FAILED, recorded.id)
                step.duration, step.error = event.duration, event.error
                step.code, step.message = event.code, event.message
            case StepSkipped():
                step = self._end(event.step, StepStatus.SKIPPED, recorded.id)
                step.code, step.message = event.code, event.message
                step.because = event.because
            case RunStarted():
                self._start(event, recorded)
            case RunResumed():
                self._resume(event)
            case RunCompleted() | RunFailed() | RunInterrupted():
                self._finish(event, recorded.at)
            case _:
                self._happened(event, recorded.at)

    def _happened(self, event: AnyEvent, at: datetime) -> None:
        """Take note of what befalls a run after its end."""
        match event:
            case ErasureRequested():
                self.erasure = Erasure(event.reason, event.reference, at)
            case DataErased() if self.erasure is not None:
                self.erasure.erased_at = at
                self.erasure.blobs += event.blobs
            case RunPruned():
                self._prune(at)
            case RunImported():
                self.imported, self.imported_at = event, at
            case _:
                pass

    def _start(self, event: RunStarted, recorded: Recorded) -> None:
        self.id = recorded.stream
        self.started, self.started_id = event, recorded.id
        self.started_at = recorded.at
        self._plan(event)
        self._steps = {step.id: StepState(step) for step in event.steps}

    def _resume(self, event: RunResumed) -> None:
        self.attempt = event.attempt
        self.status, self.ended_at = RunStatus.RUNNING, None
        self.message = self.signal = None
        self._plan(event)
        known = self._steps
        for name in event.redo:
            known.pop(name, None)
        self._steps = {
            plan.id: known.get(plan.id) or StepState(plan) for plan in event.steps
        }
        for plan in event.steps:
            self._steps[plan.id].plan = plan

    def _plan(self, event: RunStarted | RunResumed) -> None:
        self.document, self.planned = event.document, event.steps
        self.components, self.versions = event.components, event.versions

    def _complete(self, event: StepCompleted, event_id: str) -> None:
        step = self._end(event.step, StepStatus.SUCCEEDED, event_id)
        step.duration, step.items = event.duration, event.items
        step.input_schema, step.output_schema = event.input_schema, event.output_schema
        step.result, step.truncated = event.result, event.truncated

    def _finish(
        self, event: RunCompleted | RunFailed | RunInterrupted, at: datetime
    ) -> None:
        self.ended_at = at
        self.tally = event if isinstance(event, RunCompleted) else None
        match event:
            case RunCompleted(failed=0, skipped=0):
                self.status = RunStatus.COMPLETED
            case RunCompleted():
                self.status = RunStatus.COMPLETED_WITH_FAILURES
            case RunFailed():
                self.status, self.message = RunStatus.FAILED, event.message
            case RunInterrupted():
                self.status, self.signal = RunStatus.INTERRUPTED, event.signal

    def _prune(self, at: datetime) -> None:
        """Know no more of the steps than who reads the events from now on."""
        self.pruned_at = at
        self.sources.clear()
        self._steps = {
            name: StepState(step.plan, StepStatus.PRUNED)
            for name, step in self._steps.items()
        }

    def _end(self, step_id: str, status: StepStatus, event_id: str) -> StepState:
        step = self._step(step_id)
        step.status = status
        step.ended_by = event_id
        return step

    def _step(self, step_id: str) -> StepState:
        if step_id not in self._steps:
            # Only a stream that is not a run's has steps that nobody planned.
            self._steps[step_id] = StepState(PlannedStep(id=step_id))
        return self._steps[step_id]
