"""Executes runbooks: gives commands, and reads results from projections."""

from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import assert_never

from wct_domain.archive import BlobReader
from wct_domain.checkpoints import add_checkpoint, checkpoint_over
from wct_domain.commands import (
    CompleteRun,
    ExecuteRunbook,
    FailRun,
    InterruptRun,
    ResumeRun,
    ResumeRunbook,
    StartRun,
)
from wct_domain.errors import (
    ExecutorError,
    RunHeldError,
    WctError,
    WrongExpectedVersionError,
)
from wct_domain.executor.artifact_store import RecordedArtifactStore
from wct_domain.executor.limits import refuse_impossible_limits
from wct_domain.executor.mirror import Mirror
from wct_domain.executor.outcome import (
    LoadedRunbook,
    Outcome,
    RunbookReader,
    RunInterruptedError,
)
from wct_domain.executor.scheduler import Scheduler
from wct_domain.executor.scopes import scope_name
from wct_domain.executor.stream import Equipment, StreamAtWork
from wct_domain.handlers.sources import SharedSources
from wct_domain.plan import plan_runbook
from wct_domain.ports.sealed_log import StoredCheckpoint
from wct_domain.ports.workers import Workers
from wct_domain.projections.results import results_of
from wct_domain.projections.run import Run
from wct_domain.resumption import recorded_runbook, resumption
from wct_domain.runbook import ExecutionStep


def _ignored(_error: Exception) -> None:
    return


class RunbookExecutor:
    """Executes one runbook at a time; what happens is in the ledger.

    Args:
        artifact_store: is bound to the stream of each run when it starts.
        mirror: is told of each saved artifact after it is recorded.
        on_checkpoint_failure: is told when an ended run could not be signed.
    """

    def __init__(
        self,
        equipment: Equipment,
        *,
        read_runbook: RunbookReader,
        make_workers: Callable[[], Workers],
        artifact_store: RecordedArtifactStore,
        mirror: Mirror | None = None,
        on_checkpoint_failure: Callable[[Exception], None] = _ignored,
    ) -> None:
        self._equipment = equipment
        self._read_runbook = read_runbook
        self._make_workers = make_workers
        self._mirror = mirror
        self._on_checkpoint_failure = on_checkpoint_failure
        self._scheduler: Scheduler | None = None
        self.artifact_store = artifact_store

    def dispatch(self, command: ExecuteRunbook | ResumeRunbook) -> Outcome:
        """Handle a command from outside. See ``execute`` and ``resume``."""
        match command:
            case ExecuteRunbook():
                return self.execute(command)
            case ResumeRunbook():
                return self.resume(command)
            case _:
                assert_never(command)

    def execute(self, command: ExecuteRunbook) -> Outcome:
        """Run all steps of a runbook file.

        A failed step is part of the outcome. A runbook that does not load, or has a
        cycle, records no run.

        Raises:
            ExecutorError: the runbook is not usable.
            LedgerError: the ledger refused; the run stopped there.
            RunInterruptedError: ``interrupt`` was called.
            KeyboardInterrupt: as above, by a signal that nobody handles.
            SystemExit: a component raised it; ``run.failed`` is recorded.
        """
        loaded = self._load(command.path)
        plan = plan_runbook(loaded.runbook)
        sources = SharedSources(plan)
        run_id = command.run or self._equipment.new_id()
        scope = scope_name(run_id, command.erasure_scope)
        stream = StreamAtWork(
            run_id,
            self._equipment,
            sources=sources,
            scope=scope,
            keep_inputs=command.record_inputs,
        )
        opening = StartRun(
            plan,
            loaded.source,
            self._equipment.versions,
            path=command.path,
            directory=command.directory,
        )
        with self._equipment.ledger.locks.hold(run_id):
            return self._carry_out(opening, stream, sources)

    def resume(self, command: ResumeRunbook) -> Outcome:
        """Go on with a run from what is recorded of it.

        Steps that succeeded are not run again. A run that somebody is at work on is
        refused; whether a process was killed, its lock tells.

        Raises:
            ResumeError: the run cannot be gone on with; the text says what can be done.
            RunHeldError: somebody is at work on it.
            RunbookChangedError: the runbook says something else than it did, and
                changes are not accepted.
            ErasedError: what the run has stored was erased.
            ExecutorError, LedgerError, RunInterruptedError, KeyboardInterrupt,
            SystemExit: as ``execute``.
        """
        ledger = self._equipment.ledger
        with ledger.locks.hold(command.run):
            history = list(ledger.read(command.run))
            run = Run.of(history)
            before = recorded_runbook(run, BlobReader(ledger, ledger.keys))
            path = command.path or before.path
            loaded = self._load(path)
            opening = resumption(
                run,
                before,
                plan_runbook(loaded.runbook),
                loaded.source,
                command,
                versions=self._equipment.versions,
                key=ledger.keys.content_key,
            )
            done = set(opening.plan.steps).difference(opening.redo)
            sources = SharedSources(opening.plan, done)
            stream = StreamAtWork(
                command.run,
                self._equipment,
                sources=sources,
                history=history,
                keep_inputs=command.record_inputs or run.keeps_inputs,
            )
            try:
                return self._carry_out(opening, stream, sources, done)
            except WrongExpectedVersionError as error:
                msg = f"run {command.run} was just resumed by somebody else"
                raise RunHeldError(msg) from error

    def _carry_out(
        self,
        opening: StartRun | ResumeRun,
        stream: StreamAtWork,
        sources: SharedSources,
        done: Collection[str] = (),
    ) -> Outcome:
        """Record that an attempt begins, and visit all steps but those ``done``."""
        plan = opening.plan
        refuse_impossible_limits(plan, stream.workplaces, done)

        def visited(step: ExecutionStep) -> None:
            if self._mirror is not None:
                self._mirror.reflect(stream, step.id)

        scheduler = Scheduler(
            plan, stream, sources, self._make_workers(), visited, done=done
        )
        # Before the first event, so that no started run misses a signal.
        self._scheduler = scheduler
        try:
            begun = stream.dispatch(opening)
            self._visit_all(stream, scheduler, begun[0].id)
        except BaseException:
            if stream.run.ended_at is not None:
                # Whatever stops this, what is under way is why the run ended.
                with suppress(Exception):
                    self._checkpoint(stream)
            raise
        finally:
            self._scheduler = None
            if stream.workplaces is not None:
                stream.workplaces.stop()
        results = results_of(stream.run, plan.runbook, stream.blobs)
        stream.recent.clear()  # who asks later is told what there is then
        return Outcome(stream.run, plan.runbook, results, self._checkpoint(stream))

    def interrupt(self, signal: str) -> bool:
        """Ask the run that executes now to stop; safe in a signal handler.

        Returns:
            False when no run executes.
        """
        scheduler = self._scheduler
        if scheduler is None:
            return False
        scheduler.stop(signal)
        return True

    def _load(self, path: Path) -> LoadedRunbook:
        try:
            return self._read_runbook(path)
        except Exception as error:
            msg = f"Failed to load runbook {path}: {error}"
            raise ExecutorError(msg) from error

    def _visit_all(
        self, stream: StreamAtWork, scheduler: Scheduler, started_id: str
    ) -> None:
        try:
            self.artifact_store.bind(stream)
            if self._mirror is not None:
                self._mirror.begin(stream)
            stopped_by = scheduler.run(started_id)
            # From here on a signal finds no run to stop, and does what it does anyway.
            self._scheduler = None
            stopped_by = stopped_by or scheduler.stopped_by
        except KeyboardInterrupt:
            self._interrupted(stream, scheduler, "SIGINT", started_id)
            raise
        except BaseException as error:
            # SystemExit among them: a component asked the whole process to exit.
            self._failed(stream, error, started_id)
            raise
        if stopped_by is not None:
            in_flight = self._interrupted(stream, scheduler, stopped_by, started_id)
            raise RunInterruptedError(stream.run.id, stopped_by, in_flight)
        reason = "the run is complete; its record is closed"
        stream.end(CompleteRun(), started_id, reason)

    def _checkpoint(self, stream: StreamAtWork) -> StoredCheckpoint | None:
        """Sign the log as it stands; None if that cannot be done now, but later."""
        ledger = self._equipment.ledger
        try:
            add_checkpoint(ledger, ledger.keys, self._equipment.clock)
            return checkpoint_over(ledger, stream.run.id, stream.run.version)
        except WctError as error:
            # The run is recorded all the same; the next checkpoint covers it.
            self._on_checkpoint_failure(error)
            return None

    @staticmethod
    def _interrupted(
        stream: StreamAtWork, scheduler: Scheduler, signal: str, cause: str
    ) -> tuple[str, ...]:
        scheduler.stop(signal)
        reason = "the run was interrupted; its record is closed"
        stream.end(InterruptRun(signal), cause, reason)
        return stream.run.in_flight  # nothing is recorded any more

    @staticmethod
    def _failed(stream: StreamAtWork, error: BaseException, cause: str) -> None:
        try:
            reason = "the run has failed; its record is closed"
            stream.end(FailRun(error), cause, reason)
        except WctError:
            # The ledger itself is what failed: the error under way says so.
            return
