"""What is delivered from the ledger to one subscriber, and how often."""

from datetime import timedelta
from threading import Thread
from typing import Any, cast

import pytest

from tests.delivering import (
    NAME,
    NOON,
    BatchReceiver,
    World,
    events_per_run,
    refused,
)
from wct_domain.delivery.feed import Feed
from wct_domain.delivery.service import BATCH
from wct_domain.delivery.session import delivering
from wct_domain.delivery.wanted import Wanted
from wct_domain.errors import CursorMovedError, ReceiverGoneError, RunHeldError
from wct_domain.events import (
    ArtifactsCleared,
    DataErased,
    RunCompleted,
    RunImported,
    SubscriberFailed,
    SubscriberParked,
)
from wct_domain.ports.cursors import Row
from wct_domain.ports.ledger import Recorded

DONE = RunCompleted(succeeded=1, failed=0, skipped=0)


@pytest.fixture
def world() -> World:
    """A subscriber that has begun, and has been told nothing."""
    world = World()
    world.delivers()
    return world


# Where a subscriber begins


def test_a_new_subscriber_is_told_what_comes_after_it() -> None:
    world = World()
    world.records("a", 3)
    assert world.delivers().told == 0
    world.records("a", 2)
    assert world.delivers().told == 2
    assert world.receiver.told == [("a", 4), ("a", 5)]


def test_one_that_begins_at_the_start_is_told_everything() -> None:
    world = World()
    world.records("a", 2)
    world.records("b")
    world.delivers(from_start=True)
    assert world.receiver.told == [("a", 1), ("a", 2), ("b", 1)]


def test_from_start_is_of_no_account_to_one_that_has_begun(world: World) -> None:
    world.records("a")
    world.delivers()
    world.delivers(from_start=True)
    assert world.receiver.told == [("a", 1)]


@pytest.mark.parametrize("on_replay", ["skip", "run"])
def test_of_an_imported_run_it_is_news_that_it_was_and_what_follows(
    world: World, on_replay: str
) -> None:
    world.records("a", 2)
    world.records("b", 1)
    world.record("a", RunImported(log="other", by="9" * 32, size=9))
    world.record("a", DataErased(scope="shop", blobs=1))
    world.delivers(on_replay=on_replay)
    past = [("a", 1), ("a", 2)] if on_replay == "run" else []
    assert world.receiver.told == [*past, ("b", 1), ("a", 3), ("a", 4)]
    assert world.lag.pending == 0


# When all goes well


def test_events_are_told_in_the_order_of_the_ledger(world: World) -> None:
    for run in ("a", "b", "a", "c", "b"):
        world.records(run)
    world.delivers()
    assert world.receiver.told == [("a", 1), ("b", 1), ("a", 2), ("c", 1), ("b", 2)]


def test_nothing_is_told_twice(world: World) -> None:
    world.records("a", 3)
    assert world.delivers().told == 3
    assert world.delivers().told == 0
    assert world.receiver.told == [("a", 1), ("a", 2), ("a", 3)]


def test_a_thousand_events_cost_a_write_for_each_hundred(world: World) -> None:
    world.records("a", 1000)
    before = world.ledger.writes
    assert world.delivers().told == 1000
    assert world.ledger.writes - before == 1000 // BATCH + 1


def test_a_slow_subscriber_has_its_progress_written_each_second(world: World) -> None:
    def slow(recorded: Recorded) -> None:
        world.seconds += 0.4
        world.receiver(recorded)

    world.records("a", 10)
    world.receiver.troubles = {10: ["dies"]}
    world.delivers(slow)
    # Written after the third, sixth and ninth; all after that is told again.
    world.delivers(slow)
    assert world.receiver.told == [("a", n) for n in range(1, 11)]


def test_only_the_types_that_are_wanted_are_told(world: World) -> None:
    world.records("a", 2)
    world.record("a", DONE)
    world.record("a", ArtifactsCleared())
    world.record("b", DONE)
    world.delivers(types=(RunCompleted,))
    assert world.receiver.told == [("a", 3), ("b", 1)]


def test_what_is_of_no_wanted_type_is_not_read_again(world: World) -> None:
    world.records("a", 2)
    world.delivers(types=(RunCompleted,))
    assert world.standing.cursor == world.ledger.cursors.head()


def test_a_type_that_comes_while_others_are_passed_over_is_not_missed(
    world: World,
) -> None:
    for number in range(1, 6):
        world.records("a", 2)
        world.delivers(types=(RunCompleted,))
        world.record("a", DONE)
        world.records("a", 1)
        world.delivers(types=(RunCompleted,))
        assert len(world.receiver.seen) == number


def test_what_is_recorded_while_it_is_read_is_read_once(world: World) -> None:
    wanted = Wanted(NAME, (RunCompleted,))
    world.record("a", DONE)
    feed = Feed(world.ledger, wanted, None)
    assert feed.next() is not None
    last = world.record("a", DONE)
    assert feed.next() == last
    assert feed.next() is None
    assert feed.place == world.ledger.cursor(last)
    assert feed.next() is None


def test_who_is_stopped_goes_on_where_it_was(world: World) -> None:
    world.records("a", 5)
    world.stop_after = 2
    assert world.delivers().told == 2
    assert not world.is_waiting
    world.stop_after = 10
    assert world.delivers().told == 3
    assert world.receiver.told == [("a", n) for n in range(1, 6)]


def test_only_one_process_delivers_to_a_subscriber(world: World) -> None:
    tools = world.tools()
    with (
        delivering(world.subscriber(), tools),
        pytest.raises(RunHeldError),
        delivering(world.subscriber(), tools),
    ):
        pass


def test_who_was_overtaken_in_spite_of_the_lock_changes_nothing(world: World) -> None:
    world.records("a", 2)
    with delivering(world.subscriber(), world.tools()) as delivery:
        standing = world.standing
        world.ledger.cursors.move(
            standing, standing._replace(cursor=world.ledger.cursors.head())
        )
        with pytest.raises(CursorMovedError):
            delivery.go_on()
    assert world.receiver.told == []
    assert world.standing.cursor == world.ledger.cursors.head()


# When an event is refused


def test_an_event_that_was_refused_is_told_again_later(world: World) -> None:
    world.records("a", 3)
    world.receiver.troubles = {2: [refused()]}
    done = world.delivers()
    assert (done.told, done.parked, done.reason) == (1, (), "chat answers 503")
    assert done.again_at is not None
    assert NOON < done.again_at <= NOON + timedelta(seconds=1)
    assert world.delivers()[:3] == (0, (), done.again_at)
    assert world.receiver.calls == 2
    world.later(1)
    assert world.delivers().told == 2
    assert world.receiver.told == [("a", 1), ("a", 2), ("a", 3)]
    assert not world.is_waiting


def test_each_pause_is_longer_and_ends_within_an_hour() -> None:
    world = World()
    world.patience = world.patience._replace(attempts=20)
    world.delivers()
    world.records("a")
    world.receiver.troubles = {1: ["always"]}
    pauses: list[float] = []
    for _ in range(19):
        again_at = world.delivers().again_at
        assert again_at is not None
        pauses.append((again_at - world.now).total_seconds())
        world.now = again_at
    for number, pause in enumerate(pauses):
        longest = min(2.0**number, 3600)
        assert longest / 2 <= pause <= longest
    assert pauses[-1] == 3600
    assert len({pause % 1 for pause in pauses[:12]}) > 6


def test_who_asks_to_be_left_alone_longer_is(world: World) -> None:
    world.records("a")
    world.receiver.troubles = {1: [refused(retry_after=90.0)]}
    assert world.delivers().again_at == NOON + timedelta(seconds=90)
    world.later(89)
    assert world.delivers().told == 0
    world.later(1)
    assert world.delivers().told == 1


def test_a_clock_that_was_ahead_puts_nothing_off_for_years(world: World) -> None:
    world.now = NOON + timedelta(days=400)
    world.records("a")
    world.receiver.troubles = {1: [refused()]}
    assert world.delivers().told == 0
    world.now = NOON
    assert world.delivers().told == 1


def test_a_subscriber_that_raises_what_ctrl_c_does_is_refused_that(
    world: World,
) -> None:
    world.records("a")
    world.receiver.troubles = {1: [KeyboardInterrupt()]}
    thread = Thread(target=world.delivers)  # as all deliveries that follow a run
    thread.start()
    thread.join()
    attempt = world.standing.attempt
    assert attempt is not None
    assert attempt.reason == "it raised KeyboardInterrupt"


def test_others_are_told_when_one_run_is_parked(world: World) -> None:
    world.records("a", 2)
    world.records("b", 2)
    world.records("a", 1)
    world.receiver.troubles = {2: ["always"]}
    world.delivers_all(lambda recorded: _troubled(world, recorded))
    assert world.receiver.told == [("a", 1), ("b", 1), ("b", 2)]
    (parked,) = world.parked
    assert (parked.stream, parked.position, parked.last) == ("a", 2, 3)
    assert (parked.waiting, parked.attempts) == (2, 5)
    assert parked.reason == "it raised OSError"


def _troubled(world: World, recorded: Recorded) -> None:
    """Run ``b`` has no trouble, whatever its positions."""
    if recorded.stream == "b":
        world.receiver.seen.append(recorded)
    else:
        world.receiver(recorded)


def test_trouble_is_recorded_when_it_begins_and_when_it_ends_in_parking(
    world: World,
) -> None:
    world.records("a", 5)
    world.receiver.troubles = {1: ["always"]}
    world.delivers_all()
    where: dict[str, Any] = {"subscriber": NAME, "run": "a", "position": 1}
    assert world.notes() == [
        SubscriberFailed(**where, error="OSError"),
        SubscriberParked(**where, attempts=5, error="OSError"),
    ]
    assert "jane" not in repr(world.parked)


def test_an_event_that_will_never_be_taken_is_parked_at_once(world: World) -> None:
    world.records("a", 2)
    world.receiver.troubles = {1: [refused(for_good=True)]}
    done = world.delivers()
    assert [each.attempts for each in done.parked] == [1]
    assert world.receiver.told == []


def test_a_receiver_that_wants_nothing_more_is_left_alone_for_a_day(
    world: World,
) -> None:
    gone = ReceiverGoneError("chat is gone (HTTP 410)")
    world.records("a", 2)
    world.receiver.troubles = {1: [gone] * 9}
    for day in range(1, 10):
        assert world.delivers().again_at == NOON + timedelta(days=day)
        world.now = NOON + timedelta(days=day)
    assert world.parked == []
    assert world.delivers().told == 2


def test_a_subscriber_that_asks_the_process_to_exit_is_refused_that(
    world: World,
) -> None:
    world.records("a")
    world.receiver.troubles = {1: [SystemExit(3)]}
    assert world.delivers().reason == "it asked the process to exit"


def test_nobody_is_told_of_its_own_failures(world: World) -> None:
    failed = SubscriberFailed(subscriber=NAME, run="a", position=1, error="OSError")
    world.record(f"subscriber/{NAME}", failed)
    world.delivers()
    world.delivers(types=(SubscriberFailed,))
    assert world.receiver.told == []


def test_failures_of_others_are_told_to_who_asks_for_them(world: World) -> None:
    failed = SubscriberFailed(subscriber="other", run="a", position=1, error="OSError")
    world.record("subscriber/other", failed)
    world.delivers()
    assert world.receiver.told == []
    world.record("subscriber/other", failed)
    world.delivers(types=(SubscriberFailed,))
    assert world.receiver.told == [("subscriber/other", 2)]


# When the process ends


def test_what_was_under_way_is_told_again(world: World) -> None:
    world.records("a", 3)
    world.receiver.troubles = {2: ["dies after"]}
    world.delivers()
    assert world.receiver.told == [("a", 1), ("a", 2)]
    world.delivers()
    assert world.receiver.told == [
        *[("a", 1), ("a", 2)],
        *[("a", 1), ("a", 2), ("a", 3)],
    ]
    assert len({each.id for each in world.receiver.seen}) == 3


def test_after_a_crash_no_more_than_one_event_is_told_again_and_again(
    world: World,
) -> None:
    world.records("a", 4)
    world.receiver.troubles = {3: ["dies", "dies after"]}
    world.delivers()
    world.delivers()
    world.delivers()
    assert [place for _, place in world.receiver.told] == [1, 2, 1, 2, 3, 3, 4]


def test_an_event_that_ends_the_process_is_parked_at_the_next_start(
    world: World,
) -> None:
    world.records("a", 2)
    world.record("a", DONE)
    world.records("b", 1)
    world.receiver.troubles = {2: ["always dies"]}
    for _ in range(5):
        world.delivers()
    (parked,) = world.parked
    assert (parked.position, parked.attempts, parked.waiting) == (2, 3, 2)
    assert parked.reason == "its process ended, or was stopped, while it was told"
    assert world.receiver.told[-1] == ("b", 1)
    assert world.receiver.calls == 2 + 4 + 1
    (note,) = world.notes()
    assert note == SubscriberParked(
        subscriber=NAME, run="a", position=2, attempts=3, error=""
    )


def test_batches_are_back_when_the_crash_is_over(world: World) -> None:
    world.records("a", 10)
    world.receiver.troubles = {5: ["dies"]}
    world.delivers()
    world.records("a", 100)
    before = world.ledger.writes
    assert world.delivers().told == 110
    assert world.ledger.writes - before < 15
    assert not world.is_waiting


def test_what_was_under_way_and_is_not_wanted_any_more_is_passed_over(
    world: World,
) -> None:
    world.records("a", 2)
    world.receiver.troubles = {1: ["dies"]}
    world.delivers()
    world.record("a", DONE)
    world.delivers(types=(RunCompleted,))
    assert world.receiver.told == [("a", 3)]
    assert not world.is_waiting


# Transports take batches


def test_a_transport_is_handed_batches(world: World) -> None:
    receiver = BatchReceiver(world)
    world.records("a", 250)
    before = world.ledger.writes
    assert world.delivers(receiver).told == 250
    assert receiver.told == [("a", n) for n in range(1, 251)]
    assert world.ledger.writes - before == 4


def test_a_batch_that_was_not_taken_goes_one_by_one(world: World) -> None:
    receiver = BatchReceiver(world)
    world.records("a", 3)
    receiver.troubles = {2: [refused(), refused(for_good=True)]}
    done = world.delivers(receiver)
    assert done.again_at is not None
    assert done.told == 0
    world.later(1)
    done = world.delivers(receiver)
    assert (done.told, [each.position for each in done.parked]) == (1, [2])
    assert receiver.told == [("a", 1), ("a", 1)]


def test_a_batch_that_is_refused_for_good_shows_which_event_it_was(
    world: World,
) -> None:
    receiver = BatchReceiver(world)
    world.records("a", 2)
    world.records("b", 1)
    receiver.troubles = {2: [refused(for_good=True)] * 2}
    done = world.delivers(receiver)
    assert [each.position for each in done.parked] == [2]
    assert receiver.told == [("a", 1), ("a", 1), ("b", 1)]


# Rows


def test_rows_are_written_exactly_once_however_often_processes_end(
    world: World,
) -> None:
    def counting(recorded: Recorded) -> list[Row]:
        world.receiver(recorded)
        return list(events_per_run(recorded))

    world.records("a", 3)
    world.records("b", 2)
    world.receiver.troubles = {2: ["dies after", "dies"], 3: [refused(), "dies after"]}
    world.delivers_all(counting)
    assert world.rows == {
        "a": {"events": 3, "last": 1 + 2 + 3},
        "b": {"events": 2, "last": 1 + 2},
    }


def test_rows_may_come_from_a_generator(world: World) -> None:
    def yields(recorded: Recorded) -> object:
        yield Row(f"{recorded.position}")
        yield Row("last", {"is": recorded.position})

    world.records("a", 2)
    world.delivers(yields)
    assert world.rows == {"1": {}, "2": {}, "last": {"is": 2}}


@pytest.mark.parametrize("returned", [None, 0, "text", True, {"a": 1}])
def test_whatever_else_a_function_returns_is_of_no_account(
    world: World, returned: object
) -> None:
    world.records("a")
    assert world.delivers(lambda _: returned).told == 1
    assert world.rows == {}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (Row("a\0b", {}), "whose key is no text"),
        (Row("\ud800", {}), "whose key is no text"),
        (Row(cast("Any", 1), {}), "whose key is no text"),
        (Row("a", cast("Any", [1])), "is a list, no object"),
        (Row("a", {"at": NOON}), "is no JSON (TypeError)"),
        (Row("a", {"share": float("nan")}), "is no JSON (ValueError)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_that_cannot_be_kept_parks_its_event_and_stops_nobody(
    world: World, row: Row, reason: str
) -> None:
    world.records("a")
    world.records("b")

    def wrong_at_first(recorded: Recorded) -> list[Row]:
        world.receiver(recorded)
        return [row] if recorded.stream == "a" else [Row("b", {"ok": True})]

    world.delivers(wrong_at_first)
    (parked,) = world.parked
    assert parked.stream == "a"
    assert reason in parked.reason
    assert world.rows == {"b": {"ok": True}}


def test_a_list_of_something_else_than_rows_is_a_mistake(world: World) -> None:
    world.records("a")
    (parked,) = world.delivers(lambda _: ["row"]).parked
    assert parked.reason == "it returned a str where a Row is wanted"
