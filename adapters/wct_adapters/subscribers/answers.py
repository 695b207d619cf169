"""What the status of an HTTP answer means for an event that was posted."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from wct_domain.errors import DeliveryError, ReceiverGoneError

_LONGEST: Final = 86_400.0  # seconds that a receiver may ask for: a day
_LATER: Final = frozenset({408, 425, 429})  # and all of 5xx
_WAYS_OUT: Final = {
    400: "it does not accept the event",
    401: "see that it has the same secret, or login",
    403: "see that it has the same secret, or login",
    404: "see that the path of the URL is right",
    405: "it takes no POST there; see that the path of the URL is right",
    413: "the event is too large for it",
    415: "it does not take application/cloudevents+json",
}


def check_answer(
    place: str, status: int, headers: Mapping[str, str], now: datetime
) -> None:
    """Return if the event was taken: 2xx.

    Args:
        place: the receiver, as it may be shown.
        headers: whose names are found in lower case.

    Raises:
        ReceiverGoneError: 410, it wants nothing more.
        DeliveryError: any other answer; worth another try are 408, 425, 429 and 5xx.
    """
    if 200 <= status < 300:
        return
    said = f"{place} answered {status}{_phrase(status)}"
    if status == HTTPStatus.GONE:
        msg = f"{said}: it wants no more events; remove the subscriber, or its URL"
        raise ReceiverGoneError(msg)
    if status in _LATER or status >= 500:
        raise DeliveryError(said, retry_after=retry_after(headers, now))
    if 300 <= status < 400:
        way_out = "put the address that it moved to into the URL"
    else:
        way_out = _WAYS_OUT.get(status, "see what it asks for")
    raise DeliveryError(f"{said}; {way_out}", retryable=False)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that the header asks for; None if it does not say.

    It is a number, or a date of HTTP: RFC 9110, section 10.2.3.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError, TypeError):
        return None  # the parser of mail dates raises what it stumbles over
    # A date without a zone is one of GMT: HTTP knows no other.
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return min(max(0.0, (date - now).total_seconds()), _LONGEST)


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
