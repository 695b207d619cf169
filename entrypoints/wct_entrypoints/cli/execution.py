"""A run and its watchers: progress, log lines, and who may interrupt it."""

from wct_domain.commands import ExecuteRunbook, ResumeRunbook
from wct_domain.components import Components
from wct_domain.executor.core import LoadedRunbook, Outcome, RunInterruptedError
from wct_domain.ports.ledger import Ledger
from wct_entrypoints.bootstrap.application import equipment, make_bus, make_executor
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas
from wct_entrypoints.cli.log_lines import log_event
from wct_entrypoints.cli.progress import make_progress
from wct_entrypoints.logs import Level, writes

DRAIN = 2.0  # seconds that subscribers get when the run has ended
_SHORT_DRAIN = 0.2  # when somebody waits for the process to end


class Execution:
    """One execution of a runbook that is read and checked already."""

    def __init__(
        self,
        ledger: Ledger,
        components: Components,
        runbook: LoadedRunbook,
        *,
        max_workers: int | None = None,
    ) -> None:
        self._runbook = runbook
        self._bus = make_bus(ledger)
        self._executor = make_executor(
            equipment(ledger, self._bus, RegisteredSchemas(), components),
            max_workers=max_workers,
            read_runbook=lambda _path: runbook,
        )

    def interrupt(self, signal: str) -> bool:
        """Stop the run; False if it does not run. Safe in a signal handler."""
        return self._executor.interrupt(signal)

    def outcome(
        self, command: ExecuteRunbook | ResumeRunbook, *, quiet: bool
    ) -> Outcome:
        """Execute, or go on, with progress on stderr unless ``quiet``.

        Raises:
            LedgerError: the ledger refused; the run stopped there.
            ResumeError: the run cannot be gone on with.
            RunInterruptedError: ``interrupt`` was called.
            SystemExit: a component asked the process to exit.
        """
        progress = None
        if writes(Level.INFO):
            # The log has a line for all that progress shows.
            self._bus.subscribe(log_event, name="wct.log")
        elif not quiet:
            progress = make_progress(len(self._runbook.runbook.execution))
            self._bus.subscribe(progress, name="wct.progress")
        patience = DRAIN
        try:
            return self._executor.dispatch(command)
        except RunInterruptedError:
            patience = _SHORT_DRAIN
            raise
        finally:
            self._bus.drain(patience)
            if progress is not None:
                progress.close()
            self._bus.close()
