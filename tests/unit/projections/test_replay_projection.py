"""A run told again, and walked through."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.projections import histories as on
from wct_domain.events import AnyEvent, RunCompleted
from wct_domain.projections.replay import NoSuchPlaceError, Replay, Walk, place
from wct_domain.projections.run import Run


def state(replay: Replay) -> dict[str, Any]:
    run = replay.run
    return {
        "status": run.status,
        "version": run.version,
        "steps": {name: asdict(step) for name, step in run.steps.items()},
        "sources": run.sources,
        "erased": run.is_erased,
        "kept": replay.inventory.kept,
        "unknown": replay.unknown,
        "pruned": replay.pruned,
    }


class TestWalk:
    @given(on.HISTORIES, st.lists(st.one_of(st.none(), st.integers(-3, 40))))
    def test_wherever_one_walks_the_state_is_that_of_the_events_behind(
        self, events: list[AnyEvent], moves: list[int | None]
    ) -> None:
        history = on.recorded(*events)
        walk = Walk(history)
        for move in moves:
            if move is None:
                walk.back()
            elif move == 0:
                walk.next()
            else:
                walk.jump(move)
            assert 0 <= walk.position <= walk.last
            behind = history[: walk.position]
            assert state(walk.state) == state(Replay.of(behind))
            assert (walk.told is None) == (walk.position == 0)
            if walk.told is not None:
                assert walk.told.recorded == behind[-1]

    def test_it_ends_at_both_ends(self) -> None:
        walk = Walk(on.recorded(on.started("a")))
        assert not walk.back()
        assert walk.next()
        assert not walk.next()
        assert walk.position == walk.last == 1

    def test_an_event_is_told_the_same_from_either_side(self) -> None:
        history = on.recorded(on.started("a"), on.began("a"), on.completed("a"))
        walk = Walk(history)
        walk.jump(2)
        there = walk.told
        walk.next()
        walk.back()
        assert walk.told == there


class TestTelling:
    def test_what_led_to_an_event_is_named_by_position(self) -> None:
        start, begun, stranger = on.recorded(
            on.started("a"), on.began("a"), on.unknown()
        )
        begun = begun._replace(causation_id=start.id)
        stranger = stranger._replace(causation_id="of another stream")
        replay = Replay()
        told = [replay.tell(each) for each in (start, begun, stranger)]
        assert [each.cause for each in told] == [None, 1, None]

    def test_times_count_from_the_first_event(self) -> None:
        replay = Replay()
        told = [replay.tell(e) for e in on.recorded(on.started("a"), on.began("a"))]
        assert [each.since for each in told] == [0, 1_000_000]

    def test_the_end_of_a_run_says_how_long_the_run_took(self) -> None:
        start, end = on.recorded(
            on.started("a"), RunCompleted(succeeded=1, failed=0, skipped=0)
        )
        end = end._replace(at=start.at + timedelta(milliseconds=250))
        replay = Replay.of([start])
        assert replay.tell(end).took == 250_000

    def test_events_that_change_nothing_are_counted(self) -> None:
        replay = Replay.of(on.recorded(*on.one_of_each()))
        assert (replay.unknown, replay.pruned) == (1, 1)

    def test_every_event_can_be_told(self) -> None:
        replay = Replay()
        assert all(replay.tell(e).text for e in on.recorded(*on.one_of_each()))


class TestPlace:
    HISTORY = on.recorded(
        on.started("a", "b", "7"),
        on.began("a"),
        on.completed("a"),
        on.saved("a"),
        on.began("7"),
        on.revealed(),
    )

    @pytest.mark.parametrize(
        ("wanted", "position"), [("1", 1), ("6", 6), ("a", 3), ("step:7", 5)]
    )
    def test_a_number_is_a_position_and_a_step_its_last_event(
        self, wanted: str, position: int
    ) -> None:
        assert place(self.HISTORY, wanted) == position

    @pytest.mark.parametrize(
        ("wanted", "why"),
        [
            ("0", "has events 1 to 6"),
            ("7", "has events 1 to 6"),
            ("b", "it did not begin"),
            ("c", "its steps: a, b, 7"),
        ],
    )
    def test_a_place_that_is_none_is_refused_with_those_there_are(
        self, wanted: str, why: str
    ) -> None:
        with pytest.raises(NoSuchPlaceError, match=why):
            place(self.HISTORY, wanted)


def test_the_replay_of_all_events_is_the_run() -> None:
    history = on.recorded(*on.one_of_each())
    assert Replay.of(history).run.status is Run.of(history).status
