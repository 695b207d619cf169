"""Inventory: given events, then what can be rebuilt."""

import pytest
from hypothesis import given

from tests.unit.projections.histories import (
    HISTORIES,
    NOON,
    SECOND,
    began,
    completed,
    failed,
    one_of_each,
    recorded,
    ref,
    saved,
    skipped,
    started,
)
from wct_domain.events import (
    AnyEvent,
    ArtifactSaved,
    ArtifactsCleared,
    RunResumed,
    StepCompleted,
)
from wct_domain.projections.artifacts import Artifacts
from wct_domain.projections.inventory import Inventory, Kept
from wct_domain.projections.run import Run

FOUND = "personal_data_finding/1.0.0"


def kept_after(*events: AnyEvent) -> dict[str, Kept]:
    return Inventory.of(recorded(*events)).kept


def test_there_is_nothing_at_first() -> None:
    assert kept_after() == {}
    assert (
        kept_after(started("a", "b"), began("a"), failed("a"), skipped("b", "a")) == {}
    )


def test_a_step_without_save_output_leaves_its_result() -> None:
    assert kept_after(completed("a", "7")) == {
        "a": Kept("a", False, ref("7"), 3, NOON, size=None, schema=FOUND)
    }


def test_a_step_with_save_output_leaves_an_artifact_of_known_size_and_schema() -> None:
    assert kept_after(saved("a", "7"), completed("a", "7")) == {
        "a": Kept("a", True, ref("7"), 3, NOON, size=2048, schema=FOUND)
    }


def test_steps_are_in_the_order_of_the_runbook_and_not_in_that_of_their_ends() -> None:
    events = started("a", "b"), completed("b"), completed("a"), saved("notes")
    assert list(kept_after(*events)) == ["a", "b", "notes"]


def test_a_message_saved_later_under_a_steps_id_goes_before_its_result() -> None:
    kept = kept_after(saved("a", "7"), completed("a", "7"), saved("a", "8"))["a"]
    assert (kept.saved, kept.result, kept.at) == (True, ref("8"), NOON + 2 * SECOND)
    assert kept.schema is None  # the step's schema need not be that of the message


def test_an_artifact_of_no_step_is_kept_too() -> None:
    kept = kept_after(completed("a"), saved("notes"))
    assert list(kept) == ["a", "notes"]
    assert kept["notes"].schema is None


def test_a_cleared_artifact_is_still_the_result_of_its_step() -> None:
    kept = kept_after(saved("a"), completed("a"), saved("notes"), ArtifactsCleared())
    assert list(kept) == ["a"]
    assert not kept["a"].saved


def test_a_step_that_was_tried_again_leaves_its_last_result() -> None:
    assert kept_after(completed("a", "1"), completed("a", "2"))["a"].result == ref("2")


@pytest.mark.parametrize(
    "event",
    [
        event
        for event in one_of_each()
        if not isinstance(event, ArtifactSaved | ArtifactsCleared | StepCompleted)
    ],
    ids=lambda event: event.type,
)
def test_other_events_leave_nothing(event: AnyEvent) -> None:
    assert kept_after(event) == {}


@given(HISTORIES)
def test_it_agrees_with_artifacts_and_run(events: list[AnyEvent]) -> None:
    artifacts = Artifacts()
    for event in events:
        artifacts.apply(event)
    kept = kept_after(*events)
    results: set[str] = set()
    for event in events:
        if isinstance(event, StepCompleted):
            results.add(event.step)
        elif isinstance(event, RunResumed):
            results.difference_update(event.redo)
    assert set(kept) == results | set(artifacts.saved)
    assert {n: k.result for n, k in kept.items() if k.saved} == {
        name: event.result for name, event in artifacts.saved.items()
    }


def test_it_agrees_with_the_run_on_results() -> None:
    events = (
        started("a", "b"),
        completed("a", "1"),
        saved("b", "2"),
        completed("b", "2"),
    )
    steps = Run.of(recorded(*events)).steps
    assert {name: step.result for name, step in steps.items()} == {
        name: kept.result for name, kept in kept_after(*events).items()
    }
