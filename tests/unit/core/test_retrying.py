"""Steps that are tried again: how often, how late, and what is recorded of it."""

import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core.test_whole_runs import Setup
from tests.unit.core.toys import components, count_of, step, two_texts
from wct_domain.errors import (
    AnalyserConfigError,
    ConnectorExtractionError,
    RunbookValidationError,
)
from wct_domain.events import SourceRead, StepFailed, StepSkipped, StepStarted
from wct_domain.executor.outcome import RunInterruptedError
from wct_domain.message import Message
from wct_domain.projections.states import StepStatus
from wct_domain.retrying import pause_before_next
from wct_domain.runbook import RetryPolicy, parse_runbook
from wct_domain.schemas import Schema

AT_ONCE = {"attempts": 3, "backoff": 0}


def failing(times: int, error: Exception | None = None) -> Any:
    """An analysis that fails so many times, and then works."""
    left = [error or RuntimeError("flaky")] * times

    def analyse(schema: Schema, message: Message) -> Message:
        if left:
            raise left.pop()
        return count_of(schema, message)

    return analyse


@given(st.integers(1, 120), st.integers(0, 2**32 - 1), st.floats(0, 3600))
def test_a_pause_doubles_and_loses_at_most_its_half(
    attempt: int, seed: int, backoff: float
) -> None:
    policy = RetryPolicy(attempts=100, backoff=backoff)
    pause = pause_before_next(policy, attempt, "unexpected", seed)
    if attempt >= 100:
        assert pause is None
        return
    whole = min(backoff * 2.0 ** (attempt - 1), 3600) * 1_000_000
    assert pause is not None
    assert whole / 2 - 1 <= pause <= whole + 1
    assert pause == pause_before_next(policy, attempt, "unexpected", seed)


def test_pauses_of_steps_that_failed_together_differ() -> None:
    policy = RetryPolicy()
    pauses = {pause_before_next(policy, 1, "unexpected", seed) for seed in range(20)}
    assert len(pauses) > 15


def test_a_step_that_works_in_the_end_has_succeeded() -> None:
    installed = components(two_texts, failing(2))
    setup = Setup(step("a", retry=AT_ONCE, save_output=True), installed=installed)
    outcome = setup.run()
    state = outcome.run.steps["a"]
    assert (state.status, state.attempt) == (StepStatus.SUCCEEDED, 3)
    assert (state.code, state.error, state.message) == (None, None, None)
    assert [event.attempt for event in setup.history(StepStarted)] == [1, 2, 3]
    assert [event.retry_in for event in setup.history(StepFailed)] == [0, 0]
    assert outcome.results[0].success


def test_after_the_last_attempt_it_has_failed_and_others_are_skipped_for_it() -> None:
    installed = components(two_texts, failing(9))
    setup = Setup(
        step("a", retry=AT_ONCE, save_output=True),
        step("b", input_from="a"),
        installed=installed,
    )
    outcome = setup.run()
    assert [event.retry_in for event in setup.history(StepFailed)] == [0, 0, None]
    assert len(setup.history(StepSkipped)) == 1
    assert outcome.run.steps["a"].status is StepStatus.FAILED


def test_each_attempt_is_caused_by_the_failure_before_it() -> None:
    installed = components(two_texts, failing(1))
    setup = Setup(step("a", retry=AT_ONCE), installed=installed)
    setup.run()
    history = list(setup.ledger.read_all())
    failed = next(each for each in history if isinstance(each.event, StepFailed))
    again = [each for each in history if isinstance(each.event, StepStarted)][1]
    assert again.causation_id == failed.id


def test_without_a_policy_and_for_other_errors_there_is_one_attempt() -> None:
    for retry, error in (
        (None, RuntimeError()),
        (AT_ONCE, AnalyserConfigError("wrong")),
        ({**AT_ONCE, "on": ["connector.extraction"]}, RuntimeError()),
    ):
        installed = components(two_texts, failing(1, error))
        setup = Setup(step("a", retry=retry), installed=installed)
        setup.run()
        assert [event.retry_in for event in setup.history(StepFailed)] == [None]


def test_a_source_that_could_not_be_read_is_read_again() -> None:
    left = [ConnectorExtractionError("away")]

    def read(schema: Schema) -> Message:
        if left:
            raise left.pop()
        return two_texts(schema)

    setup = Setup(step("a", retry=AT_ONCE), installed=components(read))
    outcome = setup.run()
    assert outcome.results[0].success
    assert len(setup.history(SourceRead)) == 1


def test_a_run_is_interrupted_during_a_pause() -> None:
    installed = components(two_texts, failing(1))
    setup = Setup(step("a", retry={"backoff": 600}), installed=installed)

    def stop() -> None:
        while not setup.history(StepFailed):
            time.sleep(0.01)
        setup.executor.interrupt("SIGINT")

    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.raises(RunInterruptedError) as caught:
        setup.run()
    stopper.join()
    assert caught.value.in_flight == ()
    assert len(setup.history(StepStarted)) == 1


@pytest.mark.parametrize(
    "retry",
    [{"attempts": 0}, {"attempts": 101}, {"backoff": -1}, {"backoff": 1e9}, {"on": 1}],
)
def test_a_policy_out_of_bounds_is_refused(retry: dict[str, Any]) -> None:
    from tests.unit.core.toys import runbook  # a name of many here

    with pytest.raises(RunbookValidationError, match="retry"):
        parse_runbook(runbook(step("a", retry=retry)))
