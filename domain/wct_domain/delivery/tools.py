"""What a delivery needs of the world, and what it tells of itself."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeAlias

from wct_domain.delivery.patience import Patience
from wct_domain.delivery.wanted import stream_of
from wct_domain.events import SubscriberFailed, SubscriberParked
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
    notice: Callable[["Trouble"], None] = lambda _: None  # is told what is recorded


class Pass(NamedTuple):
    """What came of one pass."""

    told: int  # events that were taken
    parked: tuple[Parked, ...]  # sequences that were set aside
    again_at: datetime | None = None  # when the next event is told again
    reason: str = ""  # why not now


Trouble: TypeAlias = SubscriberFailed | SubscriberParked
"""What a ledger tells of a subscriber: an event was not taken, or is parked."""

Record: TypeAlias = Callable[[Tools, Recorded, Trouble], None]
"""Notes that a subscriber has not taken an event."""


def record_trouble(tools: Tools, recorded: Recorded, trouble: Trouble) -> None:
    """Append it to the stream ``subscriber/<name>``, and tell who listens."""
    tools.ledger.append(
        stream_of(trouble.subscriber),
        [NewEvent(tools.new_id(), trouble, causation_id=recorded.id)],
        expected=ANY_VERSION,
        correlation_id=recorded.correlation_id,
    )
    tools.notice(trouble)
