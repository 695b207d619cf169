"""How an event gets to somebody outside of this process."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from wct_domain.ports.ledger import Recorded


@runtime_checkable
class Transport(Protocol):
    """Hands events over, and returns when the other side has taken them.

    At least once: whoever calls repeats what was not taken, and the other side knows
    an event by its source and id. One call at a time; ``close`` may come meanwhile,
    from another thread.
    """

    def __call__(self, recorded: Recorded) -> None:
        """Hand over one event.

        Raises:
            DeliveryError: it was not taken, or nobody can tell.
        """
        ...

    def batch(self, events: Sequence[Recorded]) -> None:
        """Hand over several, in this order, with less effort where that is possible.

        Raises:
            DeliveryError: not all of them were taken; a part may have been.
        """
        ...

    def close(self) -> None:
        """Let go of connections and processes; what is under way fails. May repeat."""
        ...
