"""What deliveries of this process share: ledger, clock, and where trouble is told."""

import time
from collections.abc import Callable

from wct_adapters.identity import new_id, utc_now
from wct_domain.delivery.tools import Tools, Trouble
from wct_domain.events import SubscriberParked
from wct_domain.ports.ledger import Ledger
from wct_entrypoints.logs import Log

_log = Log("wct")


def delivery_tools(
    ledger: Ledger, stopped: Callable[[], bool] = lambda: False
) -> Tools:
    """Gather what a delivery needs.

    Args:
        stopped: asked between two events; true: no more of them.
    """
    return Tools(ledger, utc_now, new_id, time.monotonic, stopped, notice=_tell)


def _tell(trouble: Trouble) -> None:
    parked = isinstance(trouble, SubscriberParked)
    _log.warning(
        "subscriber.parked" if parked else "subscriber.failed",
        subscriber=trouble.subscriber,
        error=trouble.error,
        run=trouble.run,
        position=trouble.position,
    )
