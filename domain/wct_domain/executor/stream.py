"""One stream at work: its folds, its writer, and the handlers that write to it."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple, assert_never

from wct_domain.archive import BlobDraft, BlobReader, VolatileFields
from wct_domain.commands import (
    ClearArtifacts,
    CompleteRun,
    EraseBlobs,
    FailRun,
    InterruptRun,
    NoteExport,
    NoteImport,
    PruneStream,
    RequestErasure,
    ResumeRun,
    RevealEvidence,
    RunStep,
    SaveArtifact,
    SkipStep,
    StartRun,
    StreamCommand,
)
from wct_domain.components import Components
from wct_domain.events import Event
from wct_domain.executor.answers import LedgerAnswers
from wct_domain.executor.recorder import Causes, Recorder
from wct_domain.handlers.artifacts import (
    clear_artifacts,
    reveal_evidence,
    save_artifact,
)
from wct_domain.handlers.copies import note_export, note_import
from wct_domain.handlers.erasure import erase_blobs, request_erasure
from wct_domain.handlers.lifecycle import (
    complete_run,
    fail_run,
    interrupt_run,
    resume_run,
    skip_step,
    start_run,
)
from wct_domain.handlers.pruning import prune_stream
from wct_domain.handlers.run_step import run_step
from wct_domain.handlers.sources import SharedSources
from wct_domain.handlers.tools import Events, StepTools, Timer
from wct_domain.ports.bus import Bus
from wct_domain.ports.clock import Clock, NewId
from wct_domain.ports.keys import Sealer
from wct_domain.ports.ledger import Blob, Ledger, Recorded
from wct_domain.ports.models import Interviews, InTurn
from wct_domain.ports.workplaces import Workplaces
from wct_domain.projections.artifacts import Artifacts
from wct_domain.projections.run import Run
from wct_domain.recent import RecentBlobs
from wct_domain.schemas import SchemaSource


class Equipment(NamedTuple):
    """What every stream of a process shares."""

    ledger: Ledger
    bus: Bus
    schemas: SchemaSource
    components: Components
    clock: Clock
    timer: Timer
    new_id: NewId
    versions: Mapping[str, str]
    make_workplaces: Callable[[], Workplaces] | None = None  # None: no step has a limit
    interviews: Interviews = InTurn()  # how language models are asked


def afterwards_of(run: str) -> str:
    """Begin the names of streams for what is saved when a run has ended."""
    return f"artifacts/{run}/"


class StreamAtWork:
    """Gives commands to their handlers and records what these yield.

    The folds (``run``, ``artifacts``) are current whenever a handler goes on: they
    see each append before it returns.

    Args:
        sources: what the run's steps share; without it no step can be run.
        history: what is in the stream already.
        artifacts: those that there are before its first event; none by default.
        scope: name of the erasure scope for which blobs are sealed. Without it they
            are sealed for the scope that the history tells of, if it does; else they
            stay readable by whoever reads the ledger.
        of_run: the run that this stream belongs to, if it is not the run's own.
        keep_inputs: what connectors read is stored.
    """

    def __init__(
        self,
        stream: str,
        equipment: Equipment,
        *,
        sources: SharedSources | None = None,
        history: Iterable[Recorded] = (),
        artifacts: Artifacts | None = None,
        scope: str | None = None,
        of_run: str | None = None,
        keep_inputs: bool = False,
    ) -> None:
        self.run = Run()
        self.artifacts = artifacts or Artifacts()
        self.recent = RecentBlobs()
        ledger = equipment.ledger
        self.blobs = BlobReader(ledger, ledger.keys, self.recent)
        for recorded in history:
            self.run.apply(recorded)
            self.artifacts.apply(recorded.event)
        self.recorder = Recorder(
            equipment.ledger,
            stream,
            new_id=equipment.new_id,
            folds=(self.run.apply, self._fold_artifacts),
            publish=equipment.bus.publish,
            version=self.run.version,
            correlation=of_run,
        )
        self._equipment = equipment
        self._volatile = VolatileFields(equipment.schemas)
        self._sources = sources
        self._scope = scope
        self._keep_inputs = keep_inputs

    def dispatch(
        self, command: StreamCommand, cause: str | None = None
    ) -> tuple[Recorded, ...]:
        """Have a command handled; return everything that was recorded.

        Raises:
            LedgerError: the ledger refused; the batches before that are recorded.
        """
        draft = self._draft()
        causes = Causes(cause)
        history: tuple[Recorded, ...] = ()
        for batch in self._handle(command, draft):
            recorded = self.recorder.record(
                batch,
                draft.take(),
                causes.now,
                draft.take_forgotten(),
                draft.take_redacted(),
            )
            causes.after(recorded)
            history += recorded
        return history

    def end(
        self, command: CompleteRun | FailRun | InterruptRun, cause: str, reason: str
    ) -> tuple[Recorded, ...]:
        """Have a command handled whose batch is the last of this stream at work.

        What other threads are about to record is refused, because of ``reason``: the
        handler sees what is recorded, and nothing comes after its batch.

        Raises:
            LedgerError: the ledger refused the batch.
        """
        draft = self._draft()

        def last() -> tuple[tuple[Event, ...], tuple[Blob, ...]]:
            (batch,) = self._handle(command, draft)
            return batch, draft.take()

        return self.recorder.close(last, cause, reason)

    @cached_property
    def workplaces(self) -> Workplaces | None:
        """Where steps with a limit work; of this stream alone, so that it can stop."""
        make = self._equipment.make_workplaces
        return None if make is None else make()

    @cached_property
    def answers(self) -> LedgerAnswers:
        """What language models answered before, for all steps of this stream."""
        return LedgerAnswers(self._equipment.ledger, self.recorder.stream)

    @property
    def ended(self) -> bool:
        """Whether nothing more can be recorded: the last batch has been."""
        return self.recorder.closed

    def afterwards(self) -> "StreamAtWork":
        """Make a stream for what is saved or cleared when this one has ended.

        It begins with the artifacts that there are here; nothing is recorded yet. Its
        name begins as ``afterwards_of`` says.
        """
        run = self.recorder.stream
        return StreamAtWork(
            afterwards_of(run) + self._equipment.new_id(),
            self._equipment,
            artifacts=Artifacts(self.artifacts.saved),
            scope=self._scope,
            of_run=run,
        )

    def _handle(self, command: StreamCommand, draft: BlobDraft) -> Events:
        match command:
            case RunStep():
                return run_step(command, self._tools(draft))
            case SkipStep():
                return skip_step(command, draft)
            case StartRun():
                components = self._equipment.components
                key = self._equipment.ledger.keys.content_key
                scope = None if self._sealer is None else self._sealer.scope
                return start_run(command, components, draft, key, scope)
            case ResumeRun():
                components = self._equipment.components
                key = self._equipment.ledger.keys.content_key
                return resume_run(command, components, draft, key, self.run)
            case CompleteRun():
                return complete_run(command, self.run)
            case FailRun():
                return fail_run(command, draft)
            case InterruptRun():
                return interrupt_run(command, self.run)
            case SaveArtifact():
                return save_artifact(command, draft)
            case ClearArtifacts():
                return clear_artifacts(command)
            case NoteExport():
                return note_export(command)
            case NoteImport():
                return note_import(command)
            case RevealEvidence():
                return reveal_evidence(command)
            case RequestErasure():
                return request_erasure(command, self.run)
            case EraseBlobs():
                return erase_blobs(command, draft)
            case PruneStream():
                return prune_stream(command, draft)
            case _:
                assert_never(command)

    def _draft(self) -> BlobDraft:
        key = self._equipment.ledger.keys.content_key
        seal = None if self._sealer is None else self._sealer.seal
        return BlobDraft(key, self._volatile, seal, self.recent)

    @cached_property
    def _sealer(self) -> Sealer | None:
        # When it is first needed: a scope gets its key with the first blob.
        keys = self._equipment.ledger.keys
        if self._scope is not None:
            return keys.sealer(self._scope)
        started = self.run.started
        if started is None or started.scope is None:
            return None
        return keys.sealer_of(started.scope)

    def _tools(self, draft: BlobDraft) -> StepTools:
        if self._sources is None:
            msg = f"stream {self.recorder.stream} has no plan to run steps of"
            raise ValueError(msg)
        return StepTools(
            components=self._equipment.components,
            sources=self._sources,
            schemas=self._equipment.schemas,
            artifacts=self.artifacts,
            blobs=self.blobs,
            draft=draft,
            clock=self._equipment.clock,
            timer=self._equipment.timer,
            memory=self.answers,
            interviews=self._equipment.interviews,
            workplaces=self.workplaces,
            keep_inputs=self._keep_inputs,
        )

    def _fold_artifacts(self, recorded: Recorded) -> None:
        self.artifacts.apply(recorded.event)
