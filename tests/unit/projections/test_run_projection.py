"""Run: given events, then the state of a run."""

from typing import Any, cast

import pytest
from hypothesis import given

from tests.unit.projections.histories import (
    EVENTS,
    HISTORIES,
    NOON,
    RUN,
    SECOND,
    began,
    completed,
    failed,
    noted,
    one_of_each,
    read,
    recorded,
    ref,
    revealed,
    run_failed,
    saved,
    skipped,
    started,
    subscriber_failed,
    unknown,
)
from wct_domain.events import (
    AnyEvent,
    ArtifactMissing,
    ArtifactsCleared,
    PlannedStep,
    RunCompleted,
    RunInterrupted,
    RunPruned,
)
from wct_domain.projections.run import Run
from wct_domain.projections.states import RunStatus, StepState, StepStatus


def run_of(*events: AnyEvent) -> Run:
    return Run.of(recorded(*events))


def step_after(*events: AnyEvent) -> StepState:
    return run_of(started("a", "b"), *events).steps["a"]


def test_a_stream_without_events_is_a_run_that_has_not_started() -> None:
    run = run_of()
    assert (run.started, run.started_at, run.version, run.id) == (None, None, 0, "")
    assert (dict(run.steps), run.in_flight, run.sources) == ({}, (), [])
    assert run.duration is None


def test_a_started_run_knows_its_plan_and_is_running() -> None:
    run = run_of(started("b", "a"))
    assert (run.id, run.status, run.started_at) == (RUN, RunStatus.RUNNING, NOON)
    assert run.started == started("b", "a")
    assert run.started_id == recorded(started())[0].id
    assert list(run.steps) == ["b", "a"]  # as declared
    assert [step.status for step in run.steps.values()] == [StepStatus.PLANNED] * 2
    assert (run.ended_at, run.duration) == (None, None)


def test_a_step_that_began_is_running_since_then() -> None:
    run = run_of(started("a", "b"), began("a", attempt=2))
    step = run.steps["a"]
    assert (step.status, step.attempt) == (StepStatus.RUNNING, 2)
    assert step.started_at == NOON + SECOND
    assert run.in_flight == ("a",)


def test_a_completed_step_has_a_result() -> None:
    step = step_after(began("a"), completed("a", "7", truncated=True))
    assert step == StepState(
        plan=PlannedStep(id="a", connector="files", analyser="scan"),
        status=StepStatus.SUCCEEDED,
        attempt=1,
        started_at=NOON + SECOND,
        duration=1_500_000,
        items=3,
        input_schema="standard_input/1.0.0",
        output_schema="personal_data_finding/1.0.0",
        result=ref("7"),
        truncated=True,
        ended_by=recorded(began("a"), began("a"), began("a"))[2].id,
    )


def test_a_step_whose_artifact_was_saved_says_so() -> None:
    run = run_of(started("a", "b"), began("a"), saved("a"), completed("a"))
    assert (run.steps["a"].saved, run.steps["b"].saved) == (True, False)


def test_an_artifact_of_no_step_is_no_step() -> None:
    assert list(run_of(started("a"), saved("x")).steps) == ["a"]


def test_a_failed_step_says_why() -> None:
    step = step_after(began("a"), failed("a"))
    assert (step.status, step.duration) == (StepStatus.FAILED, 12_000)
    assert (step.code, step.message) == ("connector.extraction", ref("d"))
    assert (step.result, step.items, step.because) == (None, None, None)


def test_a_skipped_step_names_the_step_that_it_waited_for() -> None:
    step = step_after(skipped("a", "b"))
    assert (step.status, step.because) == (StepStatus.SKIPPED, "b")
    assert (step.code, step.message) == ("executor.upstream-failed", ref("e"))
    assert (step.attempt, step.started_at, step.duration) == (0, None, None)


def test_a_step_that_is_tried_again_is_running_again() -> None:
    step = step_after(began("a"), failed("a"), began("a", attempt=2))
    assert (step.status, step.attempt) == (StepStatus.RUNNING, 2)


def test_steps_that_nobody_planned_are_known_all_the_same() -> None:
    run = run_of(began("x"))
    assert run.steps["x"].plan == PlannedStep(id="x")


def test_sources_are_listed_as_they_were_read() -> None:
    assert run_of(started("a", "b"), read("a"), read("b")).sources == [
        read("a"),
        read("b"),
    ]


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (RunCompleted(succeeded=2, failed=0, skipped=0), RunStatus.COMPLETED),
        (
            RunCompleted(succeeded=1, failed=1, skipped=0),
            RunStatus.COMPLETED_WITH_FAILURES,
        ),
        (
            RunCompleted(succeeded=1, failed=0, skipped=1),
            RunStatus.COMPLETED_WITH_FAILURES,
        ),
        (run_failed(), RunStatus.FAILED),
        (RunInterrupted(signal="SIGTERM", in_flight=()), RunStatus.INTERRUPTED),
    ],
)
def test_the_end_of_a_run_decides_its_status(end: AnyEvent, status: RunStatus) -> None:
    run = run_of(started("a", "b"), end)
    assert run.status is status
    assert (run.ended_at, run.duration) == (NOON + SECOND, 1_000_000)


def test_a_failed_run_refers_to_the_reason() -> None:
    assert run_of(started(), run_failed()).message == ref("f")


def test_an_interrupted_run_names_signal_and_steps_in_flight() -> None:
    run = run_of(
        started("a", "b"),
        began("a"),
        began("b"),
        completed("b"),
        RunInterrupted(signal="SIGTERM", in_flight=("a",)),
    )
    assert (run.signal, run.in_flight) == ("SIGTERM", ("a",))


def test_what_is_shown_later_does_not_change_when_a_run_ended() -> None:
    end = RunCompleted(succeeded=0, failed=0, skipped=0)
    run = run_of(started(), end, revealed())
    assert (run.duration, run.version) == (1_000_000, 3)


def state(run: Run) -> dict[str, Any]:
    """Everything that a run is; of its time, what that comes to."""
    return {**vars(run), "_time": run.duration}


@pytest.mark.parametrize(
    "event",
    [
        ArtifactsCleared(),
        ArtifactMissing(step="b", artifact="a"),
        noted(),
        revealed(),
        subscriber_failed(),
        unknown(),
    ],
    ids=lambda event: event.type,
)
def test_other_events_change_nothing_but_the_version(event: AnyEvent) -> None:
    before = run_of(started("a", "b"), began("a"))
    after = run_of(started("a", "b"), began("a"), event)
    assert after.version == before.version + 1
    assert state(after) == {**state(before), "version": after.version}


@given(HISTORIES)
def test_every_history_folds(events: list[AnyEvent]) -> None:
    run = run_of(*events)
    assert run.version == len(events)
    assert sum(run.count(status) for status in StepStatus) == len(run.steps)
    assert len(run.in_flight) == run.count(StepStatus.RUNNING)


@given(HISTORIES, EVENTS)
def test_a_fold_can_go_on_where_it_stopped(
    events: list[AnyEvent], more: AnyEvent
) -> None:
    whole = recorded(*events, more)
    run = Run.of(whole[:-1])
    run.apply(whole[-1])
    assert state(run) == state(Run.of(whole))


def test_every_kind_of_event_folds_into_an_empty_run() -> None:
    for event in one_of_each():
        assert run_of(event).version == 1


def test_nobody_can_change_a_run_through_its_steps() -> None:
    steps = cast("dict[str, Any]", run_of(started("a")).steps)
    with pytest.raises(TypeError):
        del steps["a"]


def test_of_a_pruned_run_only_its_tally_says_how_many_steps_ended_how() -> None:
    pruned = RunPruned(positions=((2, 3),), blobs=1, size=100)
    tally = RunCompleted(succeeded=1, failed=2, skipped=3)
    run = run_of(started("a"), completed("a"), tally, pruned)
    assert {step.status for step in run.steps.values()} == {StepStatus.PRUNED}
    ended = (StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.SKIPPED)
    assert [run.ended(status) for status in ended] == [1, 2, 3]
    stopped = RunInterrupted(signal="SIGINT", in_flight=())
    run = run_of(started("a"), completed("a"), stopped, pruned)
    assert [run.ended(status) for status in ended] == [None, None, None]
