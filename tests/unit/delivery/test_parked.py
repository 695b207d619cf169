"""What is parked for a subscriber, tried again, and how far it is behind."""

import pytest

from tests.delivering import NAME, World, events_per_run, refused
from wct_domain.delivery.lag import strangers
from wct_domain.errors import ReceiverGoneError, SubscriberError
from wct_domain.events import RunCompleted
from wct_domain.ports.cursors import Row
from wct_domain.ports.ledger import Recorded

DONE = RunCompleted(succeeded=1, failed=0, skipped=0)


@pytest.fixture
def world() -> World:
    """Events 2 to 4 of run ``a`` are parked."""
    world = World()
    world.delivers()
    world.records("a", 4)
    world.receiver.troubles = {2: [refused(for_good=True)]}
    world.delivers()
    return world


def test_what_is_parked_is_told_in_its_order(world: World) -> None:
    world.records("b")
    assert world.retries_parked() == (3, ())
    assert world.parked == []
    world.records("a")
    world.delivers()
    places = world.receiver.told
    assert [place for run, place in places if run == "a"] == [1, 2, 3, 4, 5]
    assert ("b", 1) in places


def test_what_is_refused_again_stays_parked_with_all_that_follows(
    world: World,
) -> None:
    world.receiver.troubles = {3: ["always"]}
    told, (parked,) = world.retries_parked()
    assert told == 1
    assert (parked.position, parked.last, parked.waiting) == (3, 4, 2)
    assert (parked.attempts, parked.reason) == (1, "it raised OSError")
    assert world.parked == [parked]
    world.records("a")
    world.delivers()
    assert [each.last for each in world.parked] == [5]
    _, (again,) = world.retries_parked()
    assert (again.attempts, again.waiting) == (2, 3)
    world.receiver.troubles = {}
    assert world.retries_parked() == (3, ())
    assert world.receiver.told == [("a", n) for n in range(1, 6)]


def test_an_event_that_ends_the_process_stays_parked(world: World) -> None:
    world.receiver.troubles = {2: ["dies"]}
    world.retries_parked()
    (parked,) = world.parked
    assert (parked.position, parked.attempts) == (2, 2)
    assert world.retries_parked().parked == ()


def test_who_is_stopped_leaves_the_rest_parked(world: World) -> None:
    world.stop_after = 2
    told, (parked,) = world.retries_parked()
    assert (told, parked.position, parked.waiting, parked.attempts) == (2, 4, 1, 0)
    world.stop_after = 9
    assert world.retries_parked().told == 1
    assert world.receiver.told == [("a", n) for n in range(1, 5)]


def test_rows_of_parked_events_are_written_when_they_are_taken() -> None:
    world = World()
    world.delivers()
    world.records("a", 3)
    world.receiver.troubles = {2: [refused(for_good=True)]}

    def counting(recorded: Recorded) -> list[Row]:
        world.receiver(recorded)
        return list(events_per_run(recorded))

    world.delivers(counting)
    world.retries_parked(counting)
    assert len(world.receiver.told) == 3
    assert world.rows["a"]["events"] == 3


def test_what_is_put_off_is_told_at_once_when_somebody_asks() -> None:
    world = World()
    world.delivers()
    world.records("a")
    world.receiver.troubles = {1: [ReceiverGoneError("chat is gone (HTTP 410)")]}
    again_at = world.delivers().again_at
    assert again_at is not None
    assert again_at > world.now
    assert world.retries_parked() == (0, ())
    assert world.delivers().told == 1


def test_ctrl_c_ends_it_and_is_no_fault_of_the_subscriber(world: World) -> None:
    world.receiver.troubles = {3: [KeyboardInterrupt()]}
    with pytest.raises(KeyboardInterrupt):
        world.retries_parked()
    (parked,) = world.parked
    assert (parked.position, parked.waiting) == (3, 2)
    assert world.retries_parked() == (2, ())
    assert world.receiver.told == [("a", n) for n in range(1, 5)]


# Lag


def test_who_has_not_begun_is_new() -> None:
    world = World()
    world.records("a", 2)
    assert (world.lag.state, world.lag.pending) == ("new", 0)


def test_events_that_wait_are_counted() -> None:
    world = World()
    world.delivers()
    assert world.lag.state == "up-to-date"
    world.records("a", 3)
    assert (world.lag.state, world.lag.pending) == ("behind", 3)
    world.receiver.troubles = {2: [refused()]}
    world.delivers()
    assert (world.lag.state, world.lag.pending) == ("retrying", 2)
    world.later(10)
    world.delivers()
    assert (world.lag.state, world.lag.pending) == ("up-to-date", 0)


def test_what_is_parked_does_not_wait(world: World) -> None:
    world.records("a", 2)
    world.records("b")
    assert (world.lag.state, world.lag.pending) == ("parked", 1)
    world.delivers()
    assert world.lag.pending == 0
    assert [each.waiting for each in world.lag.parked] == [5]


def test_who_is_not_known_any_more_is_named(world: World) -> None:
    world.ledger.cursors.begin("other", None)
    world.ledger.cursors.begin("chat~anew", None)
    assert [each.subscriber for each in strangers({NAME}, world.ledger)] == ["other"]


# Rows made anew


def test_rows_are_made_anew_from_the_first_event() -> None:
    world = World()
    world.records("a", 3)
    world.delivers(events_per_run)
    world.records("b", 2)
    world.delivers(events_per_run)
    assert world.rows == {"b": {"events": 2, "last": 3}}
    assert world.rebuilds(events_per_run) == 5
    assert world.rows == {
        "a": {"events": 3, "last": 6},
        "b": {"events": 2, "last": 3},
    }
    assert world.delivers(events_per_run).told == 0


def test_rows_made_anew_stand_behind_all_that_was_looked_at() -> None:
    world = World()
    world.record("a", DONE)
    world.records("a", 3)
    assert world.rebuilds(events_per_run, types=(RunCompleted,)) == 1
    assert world.standing.cursor == world.ledger.cursors.head()


def test_what_is_recorded_meanwhile_is_neither_lost_nor_counted_twice() -> None:
    world = World()
    world.records("a", 250)
    world.delivers(events_per_run, from_start=True)

    def meanwhile(recorded: Recorded) -> object:
        if recorded.stream == "a" and recorded.position % 50 == 0:
            world.records("b")
            world.delivers(events_per_run)  # with the old rows
        return events_per_run(recorded)

    world.rebuilds(meanwhile)
    world.records("c")
    world.delivers(events_per_run)
    assert {key: row["events"] for key, row in world.rows.items()} == {
        "a": 250,
        "b": 5,
        "c": 1,
    }


def test_rows_that_cannot_be_made_leave_the_old_ones() -> None:
    world = World()
    world.records("a", 2)
    world.delivers(events_per_run, from_start=True)
    before = world.rows
    with pytest.raises(SubscriberError, match=r"event 1 of run a it raised Zero"):
        world.rebuilds(lambda _: [1 // 0])
    assert world.rows == before
    assert [each.subscriber for each in world.ledger.cursors.standings()] == [NAME]
    assert world.notes() == []


def test_rows_are_not_made_by_who_is_told_no_past() -> None:
    world = World()
    with pytest.raises(SubscriberError, match="on_replay"):
        world.rebuilds(events_per_run, on_replay="skip")


# One run, told again


def test_a_run_is_told_again_and_the_cursor_stays(world: World) -> None:
    world.record("a", DONE)
    world.records("b", 1)
    before = world.standing
    assert world.backfills("a", on_replay="run", types=(RunCompleted,)) == 1
    assert world.receiver.told[-1] == ("a", 5)
    assert world.standing == before


def test_who_is_told_no_past_is_not_told_a_run_again(world: World) -> None:
    with pytest.raises(SubscriberError, match="long ago"):
        world.backfills("a")


def test_a_run_that_is_not_taken_is_an_error_that_says_how_far_it_went(
    world: World,
) -> None:
    world.receiver.troubles = {3: [refused()]}
    with pytest.raises(SubscriberError, match=r"event 3 of run a: .*503; .* 2 before"):
        world.backfills("a", on_replay="run")


def test_who_makes_rows_is_not_told_a_run_again(world: World) -> None:
    with pytest.raises(SubscriberError, match="wct rebuild chat"):
        world.backfills("a", on_replay="run", call=events_per_run)
    assert world.rows == {}
