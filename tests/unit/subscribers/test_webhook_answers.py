"""What an HTTP status means: taken, another try, or somebody has to look at it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_adapters.subscribers.answers import check_answer, retry_after
from wct_domain.errors import DeliveryError, ReceiverGoneError

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_the_two_hundreds_have_taken_it(status: int) -> None:
    check_answer("https://chat", status, {}, NOW)


@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        *((each, True) for each in (408, 425, 429, 500, 502, 503, 504, 599)),
        *((each, False) for each in (301, 302, 304, 307, 400, 401, 404, 405, 413, 422)),
    ],
)
def test_others_are_worth_another_try_or_not(status: int, retryable: bool) -> None:
    with pytest.raises(DeliveryError, match=f"^https://chat answered {status}") as got:
        check_answer("https://chat", status, {}, NOW)

    assert (got.value.retryable, got.value.retry_after) == (retryable, None)
    assert not isinstance(got.value, ReceiverGoneError)


def test_gone_is_gone() -> None:
    with pytest.raises(ReceiverGoneError, match="410 Gone: it wants no more") as got:
        check_answer("https://chat", 410, {"retry-after": "3"}, NOW)

    assert not got.value.retryable


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_says_when_to_come_back(status: int) -> None:
    with pytest.raises(DeliveryError) as got:
        check_answer("https://chat", status, {"retry-after": "120"}, NOW)

    assert (got.value.retryable, got.value.retry_after) == (True, 120.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        (" 7 ", 7.0),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90.0),
        ("Sunday, 22-Nov-26 12:01:30 GMT", 90.0),
        ("Sun Nov 22 12:01:30 2026", 90.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2043 11:00:00 GMT", 86_400.0),
        ("9" * 400, 86_400.0),
        ("", None),
        ("-1", None),
        ("soon", None),
        ("1.5", None),
        ("٣", None),
        ("Sun, 99 Nov 2026 12:01:30 GMT", None),
    ],
)
def test_seconds_and_dates_are_understood_and_nothing_else(
    text: str, seconds: float | None
) -> None:
    assert retry_after({"retry-after": text}, NOW) == seconds


def test_no_header_is_no_answer() -> None:
    assert retry_after({}, NOW) is None


@given(st.text())
def test_nothing_that_a_receiver_writes_breaks_us(text: str) -> None:
    seconds = retry_after({"retry-after": text}, NOW)

    assert seconds is None or 0 <= seconds <= 86_400


@given(st.integers(0, 80_000))
def test_a_date_is_the_seconds_until_it(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

    assert retry_after({"retry-after": date}, NOW) == seconds
