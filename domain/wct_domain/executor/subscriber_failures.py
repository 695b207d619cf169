"""What is recorded when a subscriber raises."""

from wct_domain.errors import LedgerError
from wct_domain.events import SubscriberFailed
from wct_domain.ports.clock import NewId
from wct_domain.ports.ledger import ANY_VERSION, EventLog, NewEvent, Recorded


def record_subscriber_failure(
    log: EventLog, new_id: NewId, name: str, recorded: Recorded, error: BaseException
) -> None:
    """Append ``subscriber.failed`` to the stream ``subscriber/<name>``.

    Published to nobody: a subscriber must not be told of its own failure. If the
    ledger refuses, the run's own appends will say so.
    """
    failed = SubscriberFailed(
        subscriber=name,
        run=recorded.stream,
        position=recorded.position,
        error=type(error).__name__,
    )
    event = NewEvent(new_id(), failed, causation_id=recorded.id)
    try:
        log.append(
            f"subscriber/{name}",
            [event],
            expected=ANY_VERSION,
            correlation_id=recorded.correlation_id,
        )
    except LedgerError:
        return
