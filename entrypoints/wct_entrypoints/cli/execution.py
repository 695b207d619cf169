"""A run and its watchers: progress, log lines, and who may interrupt it."""

from time import monotonic

from wct_domain.commands import ExecuteRunbook, ResumeRunbook
from wct_domain.components import Components
from wct_domain.executor.outcome import LoadedRunbook, Outcome, RunInterruptedError
from wct_domain.ports.ledger import Ledger
from wct_entrypoints.bootstrap.application import equipment, make_bus, make_executor
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas
from wct_entrypoints.cli.listeners import Listeners
from wct_entrypoints.cli.log_lines import log_event
from wct_entrypoints.cli.progress import Progress, make_progress
from wct_entrypoints.cli.shared import LedgerPlace
from wct_entrypoints.logs import Level, Log, writes

_OWN_DRAIN = 2.0  # seconds that progress, and the file of events, get in the end
_SHORT_DRAIN = 0.2  # when somebody waits for the process to end
_log = Log("wct")


class Execution:
    """One execution of a runbook that is read and checked already.

    Args:
        keep_events: the file of events has some already, which stay.
        given: how the ledger was named.

    Raises:
        ExportError: the file of events cannot be written.
        SubscriberError: a program is not there any more.
    """

    def __init__(
        self,
        ledger: Ledger,
        components: Components,
        runbook: LoadedRunbook,
        listeners: Listeners,
        *,
        keep_events: bool,
        max_workers: int | None = None,
        given: LedgerPlace | None = None,
    ) -> None:
        self._runbook = runbook
        self._drain = listeners.drain
        file = listeners.event_file(ledger, keep=keep_events)
        self._bus = make_bus(ledger)
        self._executor = make_executor(
            equipment(ledger, self._bus, RegisteredSchemas(), components),
            max_workers=max_workers,
            read_runbook=lambda _path: runbook,
        )
        # What is wct's own is waited for, however little time subscribers get.
        self._own = [self._bus.subscribe(file, name="wct.events")] if file else []
        for each in listeners.subscribers:
            self._bus.subscribe(each.call, *each.types, name=each.name)
        self._durable = listeners.durable(ledger, given)
        if self._durable is not None:
            self._bus.subscribe(self._durable.ring, name="wct.delivery")
        self._transports = dict(listeners.transports(ledger))
        for name, transport in self._transports.items():
            self._bus.subscribe(transport, name=name)

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
            self._own.append(self._bus.subscribe(log_event, name="wct.log"))
        elif not quiet:
            progress = make_progress(len(self._runbook.runbook.execution))
            self._own.append(self._bus.subscribe(progress, name="wct.progress"))
        hurry = False
        if self._durable is not None:
            self._durable.start()
        try:
            return self._executor.dispatch(command)
        except RunInterruptedError:
            hurry = True
            raise
        finally:
            try:
                self._wind_up(progress, hurry=hurry, quiet=quiet)
            finally:
                # A signal may have cut that short: no program of theirs stays behind.
                self._close_transports()

    def _wind_up(self, progress: Progress | None, *, hurry: bool, quiet: bool) -> None:
        """Give everybody the time that is left, and say who needed more."""
        if self._durable is not None:
            self._durable.finish(self._time_left(hurry=hurry))
        late = self._drained(hurry=hurry)
        if progress is not None:
            progress.close()
        for name in () if hurry else late:
            _log.warning("subscriber.left_behind", subscriber=name, seconds=self._drain)
        self._bus.close()
        if self._durable is not None:
            self._durable.join(tell=not (hurry or quiet))

    def _close_transports(self) -> None:
        if self._durable is not None:
            self._durable.close()
        for transport in self._transports.values():
            transport.close()

    def _drained(self, *, hurry: bool) -> list[str]:
        """Let subscribers hear what is left; return the names of who needs longer."""
        until = monotonic() + (_SHORT_DRAIN if hurry else _OWN_DRAIN)
        for each in self._own:
            each.wait(max(0.0, until - monotonic()))
        return self._bus.drain(self._time_left(hurry=hurry))

    def _time_left(self, *, hurry: bool) -> float:
        """Seconds that other people's subscribers get in the end."""
        return min(self._drain, _SHORT_DRAIN) if hurry else self._drain
