"""One event handed to one subscriber, and what comes of it."""

from collections.abc import Iterable, Iterator
from threading import current_thread, main_thread
from typing import NamedTuple, TypeAlias, cast

from wct_domain.errors import DeliveryError, ReceiverGoneError
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.cursors import Row
from wct_domain.ports.ledger import Recorded

RowOf: TypeAlias = tuple[str, Row]
"""A change of a row, with the stream of the event that it came from."""

ENDED = "its process ended, or was stopped, while it was told"
"""Why an attempt failed of which nobody has heard the end."""


class Refused(NamedTuple):
    """Why a subscriber has not taken an event; names what failed, quotes nothing."""

    reason: str
    error: str  # class of what was raised
    again: bool = True  # it may take the same event at another time
    retry_after: float | None = None  # seconds that the other side asked for
    gone: bool = False  # it wants no event any more, whichever


def told(call: Subscriber, recorded: Recorded) -> list[RowOf] | Refused:
    """Tell a subscriber of an event; return the rows that it makes of it."""
    try:
        returned = call(recorded)
        return [(recorded.stream, row) for row in _rows(returned)]
    except BaseException as error:  # noqa: BLE001  # the one place where subscribers end
        # sys.exit() among them, which would end this thread and nothing else.
        return refusal(error)


def refusal(error: BaseException) -> Refused:
    """Say why a subscriber has not taken an event, by what it raised.

    Raises:
        KeyboardInterrupt: it is that, in the thread where Ctrl-C arrives: somebody
            wants the command to end, and the subscriber has nothing to do with it.
    """
    name = type(error).__name__
    match error:
        case KeyboardInterrupt() if current_thread() is main_thread():
            raise error
        case ReceiverGoneError():
            return Refused(str(error), name, gone=True)
        case DeliveryError():
            return Refused(str(error), name, error.retryable, error.retry_after)
        case NoRowError():
            return Refused(str(error), name, again=False)
        case SystemExit():
            return Refused("it asked the process to exit", name)
        case _:
            # Not its text, which may quote data.
            return Refused(f"it raised {name}", name)


class NoRowError(TypeError):
    """A subscriber has returned a list of something else than rows."""


def _rows(returned: object) -> Iterator[Row]:
    if not isinstance(returned, list | tuple | Iterator):
        return  # whatever a function happens to return that is called for its effect
    if isinstance(returned, Row):
        yield returned
        return
    for each in cast("Iterable[object]", returned):
        if not isinstance(each, Row):
            msg = f"it returned a {type(each).__name__} where a Row is wanted"
            raise NoRowError(msg)
        yield each
