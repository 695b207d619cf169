"""Events delivered from real ledgers, by a thread, while others write."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Event

import psycopg
import pytest

from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.delivery.lag import lag_of
from wct_domain.delivery.rebuilding import rebuild
from wct_domain.errors import DeliveryError
from wct_domain.events import PluginNoted
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.cursors import Row
from wct_domain.ports.ledger import ANY_VERSION, Ledger, NewEvent, Recorded
from wct_domain.subscribers import DeclaredSubscriber
from wct_entrypoints.bootstrap.delivery import delivery_tools
from wct_entrypoints.delivery_thread import DeliveryThread

FACT = PluginNoted(plugin="test", name="", data={})
Open = Callable[[], Ledger]


@pytest.fixture(params=["sqlite", "postgresql"])
def open_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    if request.param == "sqlite":
        return lambda: open_sqlite_ledger(tmp_path / "ledger.db", clock=utc_now)
    url: str = request.getfixturevalue("postgres_url")
    return lambda: open_postgres(url, tmp_path)


@pytest.fixture
def ledger(open_ledger: Open) -> Iterator[Ledger]:
    with closing(open_ledger()) as opened:
        yield opened


def open_postgres(url: str, tmp_path: Path) -> Ledger:
    from wct_adapters.ledgers.postgres import open_postgres_ledger

    keys = tmp_path / "ledger.keys"
    return open_postgres_ledger(url, clock=utc_now, keys=lambda _: keys)


def subscriber(call: Subscriber) -> DeclaredSubscriber:
    return DeclaredSubscriber("chat", call, (), "run", "")


def append(ledger: Ledger, stream: str, number: int) -> None:
    events = [NewEvent(new_id(), FACT) for _ in range(number)]
    ledger.append(stream, events, expected=ANY_VERSION)


def finished(thread: DeliveryThread, seconds: float = 20.0) -> bool:
    thread.finish(seconds)
    return thread.join(seconds + 1)


def test_a_thread_tells_everything_that_was_recorded_while_it_was_at_work(
    ledger: Ledger,
) -> None:
    told: list[tuple[str, int]] = []
    append(ledger, "before", 3)
    thread = DeliveryThread(
        subscriber(lambda each: told.append((each.stream, each.position))), ledger
    )
    thread.start()
    for number in range(30):
        append(ledger, f"run {number % 3}", 5)
        thread.ring()
    assert finished(thread)
    assert thread.error is None
    assert len(told) == thread.told == 150
    for run in range(3):
        own = [position for stream, position in told if stream == f"run {run}"]
        assert own == [*range(1, 51)]
    assert lag_of(thread.subscriber, ledger).state == "up-to-date"


def test_two_processes_do_not_both_deliver(ledger: Ledger, open_ledger: Open) -> None:
    told: list[str] = []
    with closing(open_ledger()) as other:
        threads = [
            DeliveryThread(subscriber(lambda each: told.append(each.id)), each)
            for each in (ledger, other)
        ]
        for thread in threads:
            thread.start()
        for _ in range(20):
            append(ledger, "run", 5)
            threads[0].ring()
            threads[1].ring()
        for thread in threads:
            thread.finish(20)
        assert all(thread.join(21) for thread in threads)
    assert len(told) == len(set(told)) == 100


def test_a_handler_that_hangs_is_left_behind_in_time(ledger: Ledger) -> None:
    released = Event()
    thread = DeliveryThread(subscriber(lambda _: released.wait(30)), ledger)
    thread.start()
    append(ledger, "run", 2)
    begun = time.monotonic()
    assert not finished_within(thread, 0.3)
    assert time.monotonic() - begun < 5
    thread.stop()
    standing = ledger.cursors.standing("chat")
    assert standing is not None
    assert standing.handed is not None
    released.set()
    assert thread.join(10)


def finished_within(thread: DeliveryThread, seconds: float) -> bool:
    thread.finish(seconds)
    return thread.join(seconds)


def test_what_was_refused_is_told_again_by_the_same_thread(ledger: Ledger) -> None:
    attempts = count(1)
    told: list[int] = []

    def refuses_once(recorded: Recorded) -> None:
        if next(attempts) == 2:
            raise DeliveryError("not now")
        told.append(recorded.position)

    thread = DeliveryThread(subscriber(refuses_once), ledger)
    thread.start()
    append(ledger, "run", 3)
    thread.ring()
    assert finished(thread)
    assert told == [1, 2, 3]
    assert [each.event.type for each in ledger.read("subscriber/chat")] == [
        "subscriber.failed/1"
    ]


def test_rows_made_anew_meanwhile_are_gone_on_with(ledger: Ledger) -> None:
    def counts(recorded: Recorded) -> list[Row]:
        return [Row(recorded.stream, {"events": 1}, "add")]

    counting = subscriber(counts)._replace(from_start=True)
    thread = DeliveryThread(counting, ledger)
    thread.start()
    for _ in range(5):
        append(ledger, "run", 40)
        thread.ring()
        rebuild(counting, delivery_tools(ledger))
    append(ledger, "run", 1)
    assert finished(thread)
    assert thread.error is None
    (row,) = ledger.cursors.rows("chat")
    assert row.value == {"events": 201}


def test_what_is_not_settled_yet_is_told_when_it_is(
    postgres_url: str, tmp_path: Path
) -> None:
    told: list[int] = []
    with (
        closing(open_postgres(postgres_url, tmp_path)) as ledger,
        closing(psycopg.connect(postgres_url)) as writer,
    ):
        append(ledger, "run", 1)
        until = time.monotonic() + 20
        while ledger.cursors.head() is None and time.monotonic() < until:
            time.sleep(0.01)
        thread = DeliveryThread(
            subscriber(lambda each: told.append(each.position)), ledger
        )
        thread.start()
        writer.execute("CREATE TABLE holds_back_readers (id int)")
        append(ledger, "run", 2)
        thread.finish(30)
        assert not thread.join(0.5)
        assert told == []
        writer.rollback()
        assert thread.join(30)
    assert told == [2, 3]
