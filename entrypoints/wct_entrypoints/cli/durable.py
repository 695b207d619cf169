"""Subscribers that a run's process delivers to from the ledger, while it goes on.

What is left in the end stays with their cursors, and one line says so. None of them
makes a run fail, or lasts longer than it is given.
"""

from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic

from wct_domain.delivery.lag import COUNTED, lag_of
from wct_domain.delivery.wanted import stream_of
from wct_domain.errors import LedgerError
from wct_domain.ports.cursors import OWN
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.subscribers import DeclaredSubscriber
from wct_entrypoints.cli.known_subscribers import Known, close
from wct_entrypoints.cli.run_outcome import ledger_option_of
from wct_entrypoints.cli.shared import LedgerPlace, warn
from wct_entrypoints.delivery_thread import DeliveryThread
from wct_entrypoints.logs import Log

_log = Log("wct")
_plugins = Log("wct.plugins")


class DurableSubscribers:
    """A thread for each.

    Args:
        known: those that cannot be told have a problem; it is said, and what is
            recorded waits for them.
        given: how the ledger was named, for the commands that are shown.
    """

    def __init__(
        self, known: Iterable[Known], ledger: Ledger, given: LedgerPlace | None
    ) -> None:
        self._ledger = ledger
        self._given = given
        self._threads: list[DeliveryThread] = []
        self._broken: list[Known] = []
        self._until = 0.0  # when the last one has to be done, by the monotonic clock
        for each in known:
            if each.declared is None:
                self._broken.append(each)
            else:
                self._threads.append(DeliveryThread(each.declared, ledger))

    def start(self) -> None:
        """Begin to deliver; what is recorded from now on is told to all of them."""
        beginnings: list[tuple[str, Callable[[], None]]] = [
            *((each.name, partial(self._keep_for, each)) for each in self._broken),
            *((each.subscriber.name, each.start) for each in self._threads),
        ]
        for name, begin in beginnings:
            try:
                begin()
            except LedgerError as error:
                _not_told(name, error)

    def _keep_for(self, broken: Known) -> None:
        """Say what is wrong; what is recorded waits for who can be told later."""
        _plugins.warning(
            "plugin.failed",
            message=f"Failed to load subscriber {broken.name}: {broken.problem}",
            plugin=broken.origin,
        )
        if broken.name.startswith(OWN):
            return  # what waits under this name is not for it
        if self._ledger.cursors.standing(broken.name) is None:
            first = None if broken.from_start else self._ledger.cursors.head()
            self._ledger.cursors.begin(broken.name, first)

    def ring(self, recorded: Recorded) -> None:
        """Tell all of them that there is something new."""
        del recorded
        for thread in self._threads:
            thread.ring()

    def finish(self, seconds: float) -> None:
        """Ask them to end when all is told, and after so many seconds at the latest."""
        self._until = monotonic() + seconds
        for thread in self._threads:
            thread.finish(seconds)

    def join(self, *, tell: bool) -> None:
        """Wait for their end, and say what is left if somebody wants to know."""
        for thread in self._threads:
            if not thread.join(self._until - monotonic()):
                thread.stop()
            if thread.error is not None:
                _not_told(thread.subscriber.name, thread.error)
        if tell:
            for thread in self._threads:
                self._tell(thread.subscriber)

    def close(self) -> None:
        """Have all of them end now, and with them what transports have started."""
        for thread in self._threads:
            thread.stop()
        close(each.subscriber for each in self._threads)

    def _tell(self, subscriber: DeclaredSubscriber) -> None:
        try:
            lag = lag_of(subscriber, self._ledger)
            if not lag.pending or self._is_delivered_elsewhere(subscriber):
                return
        except LedgerError:
            return  # the run has said so
        more = " or more" if lag.pending == COUNTED else ""
        are = "event is" if lag.pending == 1 else f"events{more} are"
        command = f"wct deliver {subscriber.name}{ledger_option_of(self._given)}"
        warn(
            f"{lag.pending:,} {are} still to be delivered to '{subscriber.name}': "
            f"{command}",
            prefix="",
        )

    def _is_delivered_elsewhere(self, subscriber: DeclaredSubscriber) -> bool:
        mine = any(
            each.subscriber is subscriber and not each.held for each in self._threads
        )
        return not mine and self._ledger.locks.is_held(stream_of(subscriber.name))


def _not_told(name: str, error: LedgerError) -> None:
    """Say why a subscriber gets nothing of this run; the run goes on without it."""
    _log.warning("subscriber.not_told", subscriber=name, reason=str(error))
