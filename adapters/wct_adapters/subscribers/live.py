"""A transport during one run: patient as long as the run lasts, and never beyond it."""

from collections.abc import Callable, Sequence
from threading import Event
from time import monotonic
from typing import Final

from wct_domain.errors import DeliveryError
from wct_domain.ports.ledger import Recorded
from wct_domain.ports.transports import Transport

PATIENCE: Final = 30.0  # seconds of failing after which the rest of the run is not told
_FIRST, _LONGEST = 0.1, 5.0  # seconds between two attempts


class Live:
    """Tries again what was not taken, on the thread of whoever calls.

    Args:
        on_trouble: is told once of each outage, when it begins.
        patience: seconds, as ``PATIENCE``.
    """

    def __init__(
        self,
        transport: Transport,
        on_trouble: Callable[[DeliveryError], None],
        patience: float = PATIENCE,
    ) -> None:
        self._transport = transport
        self._on_trouble = on_trouble
        self._patience = patience
        self._over = Event()

    def __call__(self, recorded: Recorded) -> None:
        """Hand over one event.

        Raises:
            DeliveryError: as for ``batch``.
        """
        self.batch((recorded,))

    def batch(self, events: Sequence[Recorded]) -> None:
        """Hand over several, all of them again if one was not taken.

        Raises:
            DeliveryError: the other side will not take it, did not for too long, or
                the run has ended.
        """
        until, pause, told = 0.0, _FIRST, False
        while True:
            try:
                return self._transport.batch(events)
            except DeliveryError as error:
                if self._over.is_set():
                    raise  # nobody waits for it any more
                if not told:
                    told, until = True, monotonic() + self._patience
                    self._on_trouble(error)
                wait = max(pause, error.retry_after or 0.0)
                if not error.retryable or monotonic() + wait > until:
                    raise
                if self._over.wait(wait):
                    raise
                pause = min(2 * pause, _LONGEST)

    def close(self) -> None:
        """Try no more."""
        self._over.set()
        self._transport.close()
