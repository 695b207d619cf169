"""What a delivery needs of the world, and what it tells of itself."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeAlias

from wct_domain.delivery.patience import Patience
from wct_domain.delivery.telling import Refused
from wct_domain.delivery.wanted import stream_of
from wct_domain.events import SubscriberParked
from wct_domain.ports.clock import Clock, NewId
from wct_domain.ports.cursors import Parked
from wct_domain.ports.ledger import ANY_VERSION, Ledger, NewEvent, Recorded


class Tools(NamedTuple):
    """What a delivery needs of the world."""

    ledger: Ledger
    clock: Clock
    new_id: NewId
    timer: Callable[[], float]  # seconds that never go back
    stopped: Callable[[], bool]  # asked between two events
    patience: Patience = Patience()


class Pass(NamedTuple):
    """What came of one pass."""

    told: int  # events that were taken
    parked: tuple[Parked, ...]  # sequences that were set aside
    again_at: datetime | None = None  # when the next event is told again
    reason: str = ""  # why not now


def record_parked(
    tools: Tools, name: str, recorded: Recorded, attempts: int, refused: Refused
) -> None:
    """Append ``subscriber.parked`` to the stream ``subscriber/<name>``."""
    event = SubscriberParked(
        subscriber=name,
        run=recorded.stream,
        position=recorded.position,
        attempts=attempts,
        error=refused.error,
    )
    tools.ledger.append(
        stream_of(name),
        [NewEvent(tools.new_id(), event, causation_id=recorded.id)],
        expected=ANY_VERSION,
        correlation_id=recorded.correlation_id,
    )


RecordParked: TypeAlias = Callable[[Tools, str, Recorded, int, Refused], None]
"""Is told what is about to be parked, after how many attempts, and why."""
