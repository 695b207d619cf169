"""One event handed to one subscriber, and what comes of it."""

import json
from collections.abc import Iterable, Iterator, Mapping
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
    """A subscriber has returned something else than rows, or one that cannot be kept.

    Quotes neither key nor value.
    """


def _rows(returned: object) -> Iterator[Row]:
    if not isinstance(returned, list | tuple | Iterator):
        return  # whatever a function happens to return that is called for its effect
    if isinstance(returned, Row):
        yield _keepable(returned)
        return
    for each in cast("Iterable[object]", returned):
        if not isinstance(each, Row):
            msg = f"it returned a {type(each).__name__} where a Row is wanted"
            raise NoRowError(msg)
        yield _keepable(each)


def _keepable(row: Row) -> Row:
    """Refuse a row that no ledger can keep, while it is known which event it is of."""
    key, value = cast("tuple[object, object]", row[:2])
    if not isinstance(key, str) or "\0" in key or not _is_utf8(key):
        msg = "it returned a row whose key is no text"
        raise NoRowError(msg)
    if not isinstance(value, Mapping):
        msg = f"it returned a row whose value is a {type(value).__name__}, no object"
        raise NoRowError(msg)
    try:
        json.dumps(dict(cast("Mapping[object, object]", value)), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        # Not the library's text, which may quote the value.
        msg = f"it returned a row whose value is no JSON ({type(error).__name__})"
        raise NoRowError(msg) from None
    return row


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
