"""RunList: given the events of many streams, then one line for each run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.projections.histories import (
    EVENTS,
    NOON,
    RUN,
    SECOND,
    began,
    completed,
    interleaved,
    one_of_each,
    recorded,
    run_failed,
    started,
)
from wct_domain.events import (
    AnyEvent,
    DataErased,
    RunCompleted,
    RunImported,
    RunInterrupted,
    RunPruned,
    RunStarted,
)
from wct_domain.projections.run import Run
from wct_domain.projections.run_list import (
    LIFECYCLE,
    RunList,
    RunSummary,
    shortest_prefixes,
)
from wct_domain.projections.states import RunStatus

STREAMS = st.sampled_from(["run-1", "run-2", "subscriber/webhook"])


def test_a_ledger_without_runs_has_an_empty_list() -> None:
    assert RunList.of([]).newest_first == []


def test_a_started_run_is_running() -> None:
    assert RunList.of(recorded(started("a", "b"))).newest_first == [
        RunSummary(RUN, "shop", steps=2, started_at=NOON)
    ]


def test_a_completed_run_brings_its_tally() -> None:
    tally = RunCompleted(succeeded=1, failed=0, skipped=1)
    (run,) = RunList.of(recorded(started("a", "b"), tally)).newest_first
    assert (run.status, run.tally) == (RunStatus.COMPLETED_WITH_FAILURES, tally)
    assert (run.ended_at, run.duration) == (NOON + SECOND, 1_000_000)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (run_failed(), RunStatus.FAILED),
        (RunInterrupted(signal="SIGINT", in_flight=()), RunStatus.INTERRUPTED),
    ],
)
def test_a_run_that_did_not_visit_all_steps_has_no_tally(
    end: AnyEvent, status: RunStatus
) -> None:
    (run,) = RunList.of(recorded(started("a"), end)).newest_first
    assert (run.status, run.tally, run.duration) == (status, None, 1_000_000)


def test_the_run_that_started_last_comes_first() -> None:
    events = interleaved([("b", started()), ("a", started()), ("b", run_failed())])
    assert [run.run for run in RunList.of(events).newest_first] == ["a", "b"]


def test_a_stream_that_is_no_run_is_not_listed() -> None:
    events = interleaved([("subscriber/x", began("a")), ("private", run_failed())])
    assert RunList.of(events).newest_first == []


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (DataErased(scope="7" * 32, blobs=3), "erased"),
        (RunPruned(positions=((2, 5),), blobs=1, size=100), "pruned"),
        (RunImported(by="9" * 32, log="other", size=9), "imported"),
    ],
)
def test_what_befell_a_run_is_listed_with_it(event: AnyEvent, word: str) -> None:
    (run,) = RunList.of(recorded(started(), run_failed(), event)).newest_first
    assert run.since == [word]
    assert run.status is RunStatus.FAILED
    at = {"erased": run.erased_at, "pruned": run.pruned_at, "imported": run.imported_at}
    assert at[word] == NOON + 2 * SECOND


@pytest.mark.parametrize(
    "event",
    [event for event in one_of_each() if event.type not in LIFECYCLE],
    ids=lambda event: event.type,
)
def test_other_events_change_nothing(event: AnyEvent) -> None:
    before, after = RunList.of(recorded(started())), recorded(started(), event)
    assert RunList.of(after).newest_first == before.newest_first


@given(st.lists(st.tuples(st.sampled_from(["run-1", "run-2"]), EVENTS), max_size=30))
def test_it_says_of_each_run_what_the_runs_own_fold_says(
    events: list[tuple[str, AnyEvent]],
) -> None:
    begun = [("run-2", started("a")), ("run-1", started("a", "b", runbook="mail"))]
    later = [(run, event) for run, event in events if not isinstance(event, RunStarted)]
    history = interleaved([*begun, *later])
    for summary in RunList.of(history).newest_first:
        run = Run.of(each for each in history if each.stream == summary.run)
        assert run.started
        assert summary.runbook == run.started.runbook
        assert (summary.status, summary.started_at) == (run.status, run.started_at)
        assert (summary.duration, summary.steps) == (
            run.duration,
            len(run.planned),
        )


@given(st.lists(st.tuples(STREAMS, EVENTS), max_size=30))
def test_the_events_of_the_lifecycle_are_all_that_it_needs(
    events: list[tuple[str, AnyEvent]],
) -> None:
    history = interleaved(events)
    needed = [each for each in history if each.event.type in LIFECYCLE]
    assert RunList.of(needed).newest_first == RunList.of(history).newest_first


def test_steps_are_not_among_the_events_that_it_needs() -> None:
    assert {began("a").type, completed("a").type}.isdisjoint(LIFECYCLE)


IDS = st.sets(st.text("ab-", min_size=1, max_size=6), max_size=12)


@given(IDS, st.integers(0, 4))
def test_a_prefix_tells_a_run_from_all_others_and_is_no_longer_than_that_takes(
    ids: set[str], at_least: int
) -> None:
    names = shortest_prefixes(ids, at_least)
    assert set(names) == ids
    for each, name in names.items():
        assert each.startswith(name)
        if name != each:
            assert [other for other in ids if other.startswith(name)] == [each]
        if len(name) > max(at_least, 1):
            assert sum(other.startswith(name[:-1]) for other in ids) > 1


def test_prefixes_are_eight_characters_where_that_is_enough() -> None:
    ids = ["019ab2c4-7d10-7a51", "019ab2c5-0000-7a51"]
    assert list(shortest_prefixes(ids).values()) == ["019ab2c4", "019ab2c5"]


def test_runs_of_the_same_minute_need_more() -> None:
    ids = ["019ab2c4-7d10-7a51", "019ab2c4-7e10-7a51"]
    assert list(shortest_prefixes(ids).values()) == ["019ab2c4-7d", "019ab2c4-7e"]


def test_an_id_that_another_one_begins_with_stands_for_itself() -> None:
    assert shortest_prefixes(["nightly", "nightly-2"], 1) == {
        "nightly": "nightly",
        "nightly-2": "nightly-",
    }
