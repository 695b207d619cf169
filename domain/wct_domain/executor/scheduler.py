"""Runs the steps of a plan as they become ready, several at a time."""

from collections.abc import Callable, Collection
from itertools import count
from queue import SimpleQueue
from threading import Lock

from wct_domain.commands import RunStep, SkipStep
from wct_domain.errors import StepStoppedError
from wct_domain.events import StepFailed
from wct_domain.executor.stream import StreamAtWork
from wct_domain.handlers.sources import SharedSources
from wct_domain.plan import ExecutionPlan
from wct_domain.ports.workers import Workers
from wct_domain.projections.results import error_text
from wct_domain.projections.states import StepState, StepStatus
from wct_domain.runbook import ExecutionStep


class Scheduler:
    """Visits every step once, after the step that it reads from.

    A worker that finishes a step goes on with one that thereby became ready, and
    queues the others: a chain needs no switch of threads.

    Args:
        done: steps that were visited already, in an earlier attempt.
    """

    def __init__(
        self,
        plan: ExecutionPlan,
        stream: StreamAtWork,
        sources: SharedSources,
        workers: Workers,
        visited: Callable[[ExecutionStep], None],
        *,
        done: Collection[str] = (),
    ) -> None:
        self._plan = plan
        self._stream = stream
        self._sources = sources
        self._workers = workers
        self._visited = visited
        self._lock = Lock()
        self._frontier = plan.frontier(done)
        # A queue, and not threading.Event, whose set() can deadlock in a signal handler
        # that interrupts wait(): SimpleQueue.put() is made to be called there.
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._ended = False
        self._stopping: str | None = None
        self._error: BaseException | None = None
        self._started_id: str | None = None

    def run(self, started_id: str | None) -> str | None:
        """Visit all steps; block until the last has ended, or until told to stop.

        Args:
            started_id: id of ``run.started``, which causes the first steps.

        Returns:
            The signal that stopped the run, or None when all steps were visited.

        Raises:
            BaseException: the ledger refused, wct has a bug, or a component asked the
                process to exit; no step starts after it.
        """
        self._started_id = started_id
        with self._lock:
            ready = self._frontier.take()
            if self._frontier.exhausted:
                self._end()
        for step in ready:
            self._submit(step)
        self._wake.get()
        self._workers.stop()
        if self._error is not None:
            raise self._error
        return self._stopping

    @property
    def stopped_by(self) -> str | None:
        """The signal that asked the run to stop, if any did."""
        return self._stopping

    def stop(self, signal: str) -> None:
        """Start no further step and let ``run`` return; safe in a signal handler."""
        self._stopping = self._stopping or signal
        self._end()

    def _end(self) -> None:
        self._ended = True
        self._wake.put(None)

    def _submit(self, step: ExecutionStep) -> None:
        self._workers.submit(lambda: self._work(step))

    def _work(self, first: ExecutionStep) -> None:
        step: ExecutionStep | None = first
        while step is not None and not self._ended:
            try:
                self._visit(step)
                step = self._next(step)
            except StepStoppedError:
                return  # ``run`` has returned, or is about to
            except BaseException as error:  # noqa: BLE001  # handed to the thread that called run
                # sys.exit() in a component too: it ends only the thread that it is
                # raised in, and ``run`` would wait for this step for ever.
                self._error = self._error or error
                self._end()
                return

    def _visit(self, step: ExecutionStep) -> None:
        origin = self._stream.run.steps.get(step.input_from or "")
        if origin is not None and self._blocks(origin):
            root = self._stream.run.steps[origin.because or origin.plan.id]
            cause = error_text(root.message, self._stream.blobs)
            skip = SkipStep(step, because=root.plan.id, cause=cause)
            self._stream.dispatch(skip, cause=origin.ended_by)
        else:
            caused_by = origin.ended_by if origin else self._started_id
            if not self._attempt(step, caused_by):
                return
        self._visited(step)
        self._sources.visited(step)

    def _attempt(self, step: ExecutionStep, caused_by: str | None) -> bool:
        """Run a step as often as its runbook says; False: told to stop before that."""
        for attempt in count(1):
            command = RunStep(step, self._plan, attempt)
            last = self._stream.dispatch(command, cause=caused_by)[-1]
            failed = last.event
            if not isinstance(failed, StepFailed) or failed.retry_in is None:
                return True
            self._sources.try_again(step)
            self._workers.pause(failed.retry_in / 1_000_000)
            if self._ended:
                return False
            caused_by = last.id
        return True

    @staticmethod
    def _blocks(origin: StepState) -> bool:
        # Without save_output the step would have failed in any case, for want of
        # an artifact: it runs, and fails with the text that says so.
        failed = origin.status in {StepStatus.FAILED, StepStatus.SKIPPED}
        return failed and origin.plan.saves

    def _next(self, done: ExecutionStep) -> ExecutionStep | None:
        with self._lock:
            self._frontier.finish(done.id)
            ready = self._frontier.take()
            if self._frontier.exhausted:
                self._end()
        for step in ready[1:]:
            self._submit(step)
        return ready[0] if ready else None
