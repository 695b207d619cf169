"""The run list as rows: whatever happened, they and the fold say the same."""

from dataclasses import astuple
from datetime import datetime, timedelta
from itertools import count
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.projections.histories import EVENTS, NOON, run_failed, started
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.delivery.own import OWN, keep_up
from wct_domain.delivery.rebuilding import rebuild
from wct_domain.delivery.tools import Tools
from wct_domain.events import (
    AnyEvent,
    DataErased,
    Event,
    PrunedEvent,
    RunCompleted,
    RunInterrupted,
    RunResumed,
    UnknownEvent,
)
from wct_domain.ports.cursors import Row
from wct_domain.ports.ledger import ANY_VERSION, NewEvent
from wct_domain.projections.kept_rows import events_behind
from wct_domain.projections.kept_runs import (
    NAME,
    list_runs,
    runs_in_rows,
)
from wct_domain.projections.run_list import LIFECYCLE, RunList

# Streams of subscribers hold nothing of a run's life, and nobody is told of them.
RUNS = st.sampled_from(["run-1", "run-2", "run-3", "artifacts/run-1"])


class World:
    """A ledger whose clock may be set back."""

    def __init__(self) -> None:
        self.now = NOON
        self.ledger = MemoryLedger(lambda: self.now)
        self._ids = count(1)

    def new_id(self) -> str:
        return f"01980000-0000-7000-8000-{next(self._ids):012x}"

    def record(self, run: str, *events: Event, seconds: float = 1) -> None:
        for event in events:
            self.now += timedelta(seconds=seconds)
            new = NewEvent(self.new_id(), event)
            self.ledger.append(run, [new], expected=ANY_VERSION)

    def tools(self) -> Tools:
        return Tools(
            self.ledger, self._clock, self.new_id, lambda: 0.0, stopped=lambda: False
        )

    def _clock(self) -> datetime:
        return self.now

    def keep_up(self) -> None:
        keep_up(self.tools())

    def folded(self) -> list[Any]:
        return everything(RunList.of(self.ledger.read_all(types=LIFECYCLE)))

    def listed(self) -> list[Any]:
        return everything(list_runs(self.ledger))


def everything(runs: RunList) -> list[Any]:
    """All that the list knows, the time at work included."""
    return [
        (
            *astuple(each)[:-1],
            each.time.attempts,
            each.time.killed,
            each.time.spent,
            each.time.last,
        )
        for each in runs.newest_first
    ]


@pytest.fixture
def world() -> World:
    return World()


def resumed() -> RunResumed:
    begun = started("a", "b")
    return RunResumed(attempt=2, redo=(), steps=begun.steps, document=begun.document)


def is_recordable(event: AnyEvent) -> bool:
    return not isinstance(event, UnknownEvent | PrunedEvent)


RECORDABLE = EVENTS.filter(is_recordable).map(lambda event: cast("Event", event))


MOVES: st.SearchStrategy[list[tuple[str, Event, int] | str]] = st.lists(
    st.tuples(RUNS, RECORDABLE, st.integers(-3, 9))
    | st.sampled_from(["keep up", "rebuild", "forget", "lose rows", "lose all"]),
    max_size=25,
)


@given(MOVES)
def test_rows_and_what_follows_them_are_what_the_fold_of_the_log_is(
    moves: list[tuple[str, Event, int] | str],
) -> None:
    world = World()
    for move in moves:
        match move:
            case "keep up":
                world.keep_up()
            case "rebuild":
                rebuild(OWN[0], world.tools())
            case "forget":
                world.ledger.cursors.forget("run-1")
            case "lose rows":
                lose(world, "run-2")
            case "lose all":
                world.ledger.cursors.remove(NAME)
            case str():
                raise AssertionError(move)
            case run, event, seconds:
                world.record(run, event, seconds=seconds)
        assert world.listed() == world.folded()


def lose(world: World, key: str) -> None:
    """Delete a row behind the back of its function."""
    cursors = world.ledger.cursors
    if (standing := cursors.standing(NAME)) is not None:
        cursors.move(standing, standing, rows=[("?", Row(key, change="delete"))])


@pytest.mark.parametrize("behind", range(6))
def test_rows_may_be_behind_at_any_event(world: World, behind: int) -> None:
    life: list[Event] = [
        started("a", "b"),
        RunInterrupted(signal="SIGINT", in_flight=("a",)),
        resumed(),
        resumed(),
        RunCompleted(succeeded=2, failed=0, skipped=0),
        DataErased(scope="7" * 32, blobs=3),
    ]
    world.record("run", *life[: len(life) - behind])
    world.keep_up()
    world.record("run", *life[len(life) - behind :])
    assert events_behind(world.ledger, NAME, LIFECYCLE, 100) == behind
    assert world.listed() == world.folded()


def test_what_is_in_the_rows_is_not_read_from_the_log_again(world: World) -> None:
    world.record("run", started("a"), run_failed())
    world.keep_up()
    (kept,) = world.ledger.cursors.rows(NAME, prefix="run")
    standing = world.ledger.cursors.standing(NAME)
    assert standing is not None
    changed = Row("run", {**kept.value, "runbook": "from the row"})
    world.ledger.cursors.move(standing, standing, rows=[("run", changed)])
    assert [each.runbook for each in list_runs(world.ledger).newest_first] == [
        "from the row"
    ]


def test_a_row_that_is_lost_has_the_log_read(world: World) -> None:
    world.record("run-1", started("a"), run_failed())
    world.record("run-2", started("a"), run_failed())
    world.keep_up()
    assert runs_in_rows(world.ledger) is not None
    lose(world, "run-2")
    assert runs_in_rows(world.ledger) is None
    assert world.listed() == world.folded()


def test_rows_of_a_name_that_has_begun_elsewhere_are_not_the_whole_truth(
    world: World,
) -> None:
    world.record("run", started("a"), run_failed())
    world.ledger.cursors.begin(NAME, world.ledger.cursors.head())
    assert [each.run for each in list_runs(world.ledger).newest_first] == ["run"]
