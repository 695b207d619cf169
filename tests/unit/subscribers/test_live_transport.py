"""Patience of a transport during a run, and where it ends."""

import time
from collections.abc import Sequence
from threading import Event, Thread

import pytest

from tests.integration.subscribers.told import several, told
from wct_adapters.subscribers.live import Live
from wct_domain.errors import DeliveryError, ReceiverGoneError
from wct_domain.ports.ledger import Recorded
from wct_domain.ports.transports import Transport


class Flaky:
    """Takes nothing as long as there is trouble left."""

    def __init__(self, *trouble: DeliveryError, forever: bool = False) -> None:
        self.trouble = list(trouble)
        self.forever = forever
        self.calls: list[list[str]] = []
        self.tried = Event()
        self.closed = False

    def __call__(self, recorded: Recorded) -> None:
        self.batch((recorded,))

    def batch(self, events: Sequence[Recorded]) -> None:
        self.calls.append([each.id for each in events])
        self.tried.set()
        if self.trouble:
            raise self.trouble[0] if self.forever else self.trouble.pop(0)

    def close(self) -> None:
        self.closed = True


def test_it_is_a_transport_like_the_one_it_wraps() -> None:
    flaky = Flaky()
    assert isinstance(Live(flaky, print), Transport)
    assert isinstance(flaky, Transport)


def test_what_is_not_taken_is_tried_again_as_a_whole_and_told_once() -> None:
    said: list[str] = []
    flaky = Flaky(DeliveryError("away"), DeliveryError("still away"))
    live = Live(flaky, lambda error: said.append(str(error)))

    live.batch(several(3))
    live(told(4))

    assert len(flaky.calls) == 4
    assert flaky.calls[0] == flaky.calls[1] == flaky.calls[2]
    assert said == ["away"]


def test_every_outage_is_told() -> None:
    said: list[str] = []
    flaky = Flaky(DeliveryError("one"))
    live = Live(flaky, lambda error: said.append(str(error)))

    live(told(1))
    flaky.trouble.append(DeliveryError("two"))
    live(told(2))

    assert said == ["one", "two"]


@pytest.mark.parametrize(
    "final", [DeliveryError("never", retryable=False), ReceiverGoneError("gone")]
)
def test_a_refusal_for_good_is_no_reason_to_try_again(final: DeliveryError) -> None:
    flaky = Flaky(final, forever=True)
    said: list[DeliveryError] = []

    with pytest.raises(DeliveryError) as raised:
        Live(flaky, said.append)(told())

    assert raised.value is final
    assert (len(flaky.calls), said) == (1, [final])


def test_patience_has_an_end() -> None:
    flaky = Flaky(DeliveryError("away"), forever=True)

    with pytest.raises(DeliveryError):
        Live(flaky, lambda _: None, patience=0.35)(told())

    assert len(flaky.calls) == 3  # at once, after 0.1 and 0.2 s more; 0.4 is too late


def test_who_asks_for_more_time_than_there_is_is_given_up() -> None:
    flaky = Flaky(DeliveryError("later", retry_after=60))

    with pytest.raises(DeliveryError, match="later"):
        Live(flaky, lambda _: None)(told())

    assert len(flaky.calls) == 1


def test_who_asks_for_time_gets_it() -> None:
    flaky = Flaky(DeliveryError("later", retry_after=0.3))
    begun = time.monotonic()

    Live(flaky, lambda _: None)(told())

    assert time.monotonic() - begun >= 0.3


def test_closing_ends_the_waiting_at_once() -> None:
    flaky = Flaky(DeliveryError("later", retry_after=20), forever=True)
    live = Live(flaky, lambda _: None)
    raised: list[DeliveryError] = []

    def deliver() -> None:
        try:
            live(told())
        except DeliveryError as error:
            raised.append(error)

    thread = Thread(target=deliver)
    thread.start()
    flaky.tried.wait(5)
    live.close()
    thread.join(2)

    assert not thread.is_alive()
    assert str(raised[0]) == "later"
    assert flaky.closed
