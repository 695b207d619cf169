"""Artifacts: given events, then which artifacts exist."""

from typing import Any, cast

import pytest
from hypothesis import given

from tests.unit.projections.histories import (
    HISTORIES,
    began,
    completed,
    one_of_each,
    ref,
    saved,
)
from wct_domain.events import AnyEvent, ArtifactSaved, ArtifactsCleared, RunResumed
from wct_domain.projections.artifacts import Artifacts


def artifacts_after(*events: AnyEvent) -> dict[str, ArtifactSaved]:
    artifacts = Artifacts()
    for event in events:
        artifacts.apply(event)
    return dict(artifacts.saved)


def test_there_are_none_at_first() -> None:
    assert artifacts_after() == {}


def test_a_saved_artifact_exists_under_its_name() -> None:
    assert artifacts_after(saved("a")) == {"a": saved("a")}


def test_the_last_one_saved_under_a_name_wins() -> None:
    assert artifacts_after(saved("a", "1"), saved("b"), saved("a", "2")) == {
        "a": saved("a", "2"),
        "b": saved("b"),
    }


def test_clearing_forgets_all_and_saving_goes_on_after_it() -> None:
    events = saved("a"), saved("b"), ArtifactsCleared()
    assert artifacts_after(*events) == {}
    assert artifacts_after(*events, saved("b", "2")) == {"b": saved("b", "2")}


def test_what_is_done_again_is_gone_until_it_is_saved_again() -> None:
    again = RunResumed(attempt=2, redo=("a",), steps=(), document=ref("d"))
    assert artifacts_after(saved("a"), saved("b"), again) == {"b": saved("b")}


def test_a_result_that_was_not_saved_is_no_artifact() -> None:
    assert artifacts_after(began("a"), completed("a")) == {}


@pytest.mark.parametrize(
    "event",
    [e for e in one_of_each() if not isinstance(e, ArtifactSaved | ArtifactsCleared)],
    ids=lambda event: event.type,
)
def test_other_events_change_nothing(event: AnyEvent) -> None:
    assert artifacts_after(saved("x"), event) == {"x": saved("x")}


@given(HISTORIES)
def test_what_exists_is_what_was_saved_since_the_store_was_cleared(
    events: list[AnyEvent],
) -> None:
    expected: dict[str, ArtifactSaved] = {}
    for event in events:
        if isinstance(event, ArtifactsCleared):
            expected = {}
        if isinstance(event, ArtifactSaved):
            expected[event.artifact] = event
        if isinstance(event, RunResumed):
            expected = {a: e for a, e in expected.items() if a not in event.redo}
    assert artifacts_after(*events) == expected


def test_nobody_can_change_the_fold_through_what_it_shows() -> None:
    artifacts = Artifacts()
    artifacts.apply(saved("a"))
    with pytest.raises(TypeError):
        del cast("dict[str, Any]", artifacts.saved)["a"]
