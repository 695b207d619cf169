"""Who is told of recorded events."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from wct_domain.ports.ledger import Recorded

Subscriber: TypeAlias = Callable[[Recorded], object]
"""Is told events one by one, in order, on a thread of its own; cannot change the run.

What it raises is reported, recorded in ``subscriber/<name>``, and goes no further.
What it returns is of no account; but a list of :class:`wct_domain.ports.cursors.Row` is
written to the ledger where events are delivered from there.
"""


class Bus(Protocol):
    """Carries events that are already in the ledger to whoever wants them."""

    def publish(self, recorded: Recorded) -> None:
        """Hand an event to the subscribers' queues. Never blocks, never raises."""
        ...


class SilentBus:
    """A bus without subscribers."""

    def publish(self, recorded: Recorded) -> None:
        """Tell nobody."""
