"""WorkingTime: given the attempts at a run, then how long it was worked on."""

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.projections.histories import (
    EVENTS,
    NOON,
    SECOND,
    began,
    completed,
    recorded,
    ref,
    revealed,
    started,
)
from wct_domain.events import AnyEvent, RunCompleted, RunInterrupted, RunResumed
from wct_domain.projections.run import Run
from wct_domain.projections.run_list import LIFECYCLE, RunList
from wct_domain.projections.working_time import WorkingTime

STOPPED = RunInterrupted(signal="SIGINT", in_flight=("a",))
DONE = RunCompleted(succeeded=1, failed=0, skipped=0)
S = 1_000_000  # microseconds; each event comes a second after the one before


def resumed(attempt: int = 2) -> RunResumed:
    return RunResumed(attempt=attempt, redo=("a",), steps=(), document=ref())


def spent(*events: AnyEvent) -> int | None:
    return of(*events).spent


def of(*events: AnyEvent) -> WorkingTime:
    time = WorkingTime()
    for each in recorded(*events):
        time.apply(each)
    return time


def test_of_one_attempt_it_is_from_start_to_end() -> None:
    assert spent(started("a"), began("a"), completed("a"), DONE) == 3 * S


def test_before_and_while_an_attempt_is_open_there_is_none() -> None:
    assert spent() is None
    assert spent(started("a"), began("a")) is None
    assert spent(started("a"), STOPPED, resumed()) is None


def test_what_lies_between_attempts_is_left_out() -> None:
    night = [revealed()] * 5
    events: list[AnyEvent] = [
        started("a"),
        STOPPED,
        *night,
        resumed(),
        began("a"),
        DONE,
    ]
    assert spent(*events) == 1 * S + 2 * S
    assert Run.of(recorded(*events)).duration == 3 * S
    (run,) = RunList.of(recorded(*events)).newest_first
    assert (run.duration, run.time.killed) == (3 * S, False)


def test_an_attempt_that_was_killed_was_at_work_until_its_last_event() -> None:
    events: list[AnyEvent] = [started("a"), began("a"), revealed(), resumed(), DONE]
    time = of(*events)
    assert (time.spent, time.killed, time.attempts) == (1 * S + 1 * S, True, 2)


def test_where_only_its_ends_are_folded_a_killed_attempt_is_told() -> None:
    history = recorded(started("a"), began("a"), resumed(), DONE)
    ends = [each for each in history if each.event.type in LIFECYCLE]
    (run,) = RunList.of(ends).newest_first
    assert run.time.killed


def test_a_clock_that_is_set_back_takes_nothing_away() -> None:
    first, last = recorded(started("a"), DONE)
    time = WorkingTime()
    time.apply(first)
    time.apply(last._replace(at=NOON - 9 * SECOND))
    assert time.spent == 0


@given(st.lists(EVENTS, max_size=20))
def test_it_is_never_longer_than_the_run_lasted(events: list[AnyEvent]) -> None:
    history = recorded(started("a"), *events)
    run = Run.of(history)
    assert 0 <= (run.duration or 0) <= (len(history) - 1) * S
