"""A thread that delivers to one subscriber from the ledger, for as long as it may.

The thread is a daemon: a handler that hangs keeps nobody from leaving. Which event it
was is in the ledger, and counted.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread
from time import monotonic

from wct_domain.delivery.service import Delivery
from wct_domain.delivery.session import begun, delivering
from wct_domain.delivery.tools import Pass
from wct_domain.delivery.wanted import wanted_by
from wct_domain.errors import CursorMovedError, LedgerError, RunHeldError
from wct_domain.ports.cursors import Parked
from wct_domain.ports.ledger import Ledger
from wct_domain.subscribers import DeclaredSubscriber
from wct_entrypoints.bootstrap.delivery import delivery_tools

_LOOK = 0.5  # seconds between two looks at a ledger that others may write
_GATHER = 0.03  # seconds in which events of a run come together to a batch
_SETTLES = 0.02  # seconds between looks at what has no fixed order yet
_NEVER = float("inf")

OnPass = Callable[[str, Pass], None]
"""Is told what came of each pass that told or parked something."""


class DeliveryThread:
    """Delivers what is there and what comes, until ``finish`` or ``stop``."""

    def __init__(
        self,
        subscriber: DeclaredSubscriber,
        ledger: Ledger,
        on_pass: OnPass = lambda _name, _pass: None,
    ) -> None:
        self.subscriber = subscriber
        self.told = 0
        self.parked: list[Parked] = []
        self.last = Pass(0, ())
        self.held = False  # another process delivers
        self.error: LedgerError | None = None
        self._ledger = ledger
        self._on_pass = on_pass
        self._tools = delivery_tools(ledger, self._is_stopped)
        self._stop = Event()
        self._bell = Event()
        self._until = _NEVER  # when it has to be done, once it is to finish
        self._finishing = False
        self._wait_at_most = _NEVER  # seconds, for one that is to be told again
        self._thread = Thread(
            target=self._deliver, name=f"wct-delivery-{subscriber.name}", daemon=True
        )

    def start(self) -> None:
        """Have the subscriber begin, if it is new, and go to work.

        Raises:
            LedgerError: the ledger cannot be read, or written.
        """
        begun(self.subscriber, self._ledger)
        self._thread.start()

    def ring(self) -> None:
        """Say that something was recorded."""
        if not self._bell.is_set():
            self._bell.set()

    def finish(self, seconds: float = _NEVER, *, patience: float = _NEVER) -> None:
        """Ask it to end when all is told, at the latest after so many seconds.

        Args:
            patience: it ends, too, where an event has to wait longer than that.
        """
        self._until = monotonic() + seconds
        self._wait_at_most = patience
        self._finishing = True
        self._bell.set()

    def stop(self) -> None:
        """Ask it to end behind the event that it is at."""
        self._stop.set()
        self._bell.set()

    def join(self, seconds: float) -> bool:
        """Wait for its end, at most so long; say whether it has ended.

        One that could not begin has.
        """
        if self._thread.ident is not None:
            self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _is_stopped(self) -> bool:
        return self._stop.is_set() or monotonic() > self._until

    def _deliver(self) -> None:
        while not self._is_stopped():
            try:
                with delivering(self.subscriber, self._tools) as delivery:
                    self.held = False
                    self._go_on(delivery)
                    return
            except RunHeldError:
                self.held = True
                if not self._pause(_LOOK):
                    return
            except CursorMovedError:  # rows were made anew: from where they end
                continue
            except LedgerError as error:
                self.error = error
                return

    def _go_on(self, delivery: Delivery) -> None:
        while not self._is_stopped():
            self._bell.clear()
            self.last = done = delivery.go_on()
            self.told += done.told
            self.parked += done.parked
            if done.told or done.parked:
                self._on_pass(self.subscriber.name, done)
            if done.again_at is not None:
                if not self._wait_for(done.again_at):
                    return
            elif not self._finishing:
                if self._bell.wait(_LOOK) and not self._finishing:
                    self._stop.wait(_GATHER)
            elif not self._is_something_left(delivery):
                return
            else:
                self._stop.wait(_SETTLES)

    def _wait_for(self, moment: datetime) -> bool:
        """Wait until then; say no if it is too long for somebody who is to finish."""
        while (seconds := (moment - datetime.now(UTC)).total_seconds()) > 0:
            if self._is_stopped():
                return False
            if self._finishing and (
                seconds > self._wait_at_most or monotonic() + seconds > self._until
            ):
                return False
            self._stop.wait(min(seconds, 0.1))
        return True

    def _pause(self, seconds: float) -> bool:
        """Wait; say whether there is time for another try."""
        seconds = min(seconds, max(0.0, self._until - monotonic()))
        return not self._stop.wait(seconds) and not self._is_stopped()

    def _is_something_left(self, delivery: Delivery) -> bool:
        """Whether an event is there that cannot be read in its order yet."""
        wanted = wanted_by(self.subscriber, self._ledger)
        events = self._ledger.read_all(
            after=delivery.place, types=wanted.types, settled=False
        )
        return any(map(wanted.includes, events))
