"""In which order steps run, and which orders there are not."""

from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from tests.compat.bench import Bench, step, summary
from tests.compat.toys import LETTERS, analysis
from wct_domain.events import StepStarted
from wct_entrypoints.api import (
    Executor,
    ExecutorError,
    Message,
    Schema,
    ServiceContainer,
)

CYCLE = (
    "Circular dependency detected in execution steps involving '{}'. "
    "Pipeline steps cannot form dependency cycles."
)


def keeping(step_id: str, reads: str | None = None) -> dict[str, Any]:
    """A step that passes on what it read, to be read again."""
    where = {"input_from": reads} if reads else {"connector": "post"}
    return step(
        step_id,
        analyser="copyist",
        output_schema="letters",
        save_output=True,
        **where,
    )


@pytest.fixture
def copying(bench: Bench) -> Bench:
    """A bench with an analyser from letters to letters."""
    bench.employ(
        analysis("copyist", lambda _read, _made, message: message, makes=[LETTERS])
    )
    return bench


def started(bench: Bench) -> list[str]:
    return [event.step for event in bench.events(StepStarted)]


def test_two_steps_that_read_from_each_other_are_refused(copying: Bench) -> None:
    with pytest.raises(ExecutorError) as raised:
        copying.run(keeping("a", "b"), keeping("b", "a"))

    assert str(raised.value) == CYCLE.format("a")


def test_a_step_that_reads_from_itself_is_refused(copying: Bench) -> None:
    with pytest.raises(ExecutorError) as raised:
        copying.run(step("x"), keeping("a", "a"))

    assert str(raised.value) == CYCLE.format("a")


def test_a_cycle_over_several_steps_is_refused(copying: Bench) -> None:
    with pytest.raises(ExecutorError) as raised:
        copying.run(step("x"), *(keeping(*pair) for pair in ("ac", "ba", "cb")))

    assert str(raised.value) == CYCLE.format("a")


def test_a_cycle_is_named_by_the_first_step_that_leads_to_it(copying: Bench) -> None:
    with pytest.raises(ExecutorError) as raised:
        copying.run(keeping("outside", "b"), keeping("a", "b"), keeping("b", "a"))

    assert str(raised.value) == CYCLE.format("outside")


def test_a_runbook_with_a_cycle_runs_no_step_and_records_no_run(
    copying: Bench,
) -> None:
    with pytest.raises(ExecutorError):
        copying.run(step("x"), keeping("a", "b"), keeping("b", "a"))

    assert copying.post.asked == []
    assert copying.executor.ledger.streams() == []


def test_step_ids_that_stand_twice_are_refused_before_they_look_like_a_cycle(
    copying: Bench,
) -> None:
    with pytest.raises(ExecutorError) as raised:
        copying.run(keeping("a"), keeping("a", "a"), keeping("b"), keeping("b"))

    assert str(raised.value).endswith(
        "\n  execution: Value error, Duplicate step ids found: ['a', 'b']"
    )


def test_a_chain_of_steps_runs(copying: Bench) -> None:
    results = copying.run(
        keeping("a"), keeping("b", "a"), keeping("c", "b"), step("d", input_from="c")
    )

    assert [result.error_message for result in results] == [None] * 4
    assert results[-1].data == {"count": 2}
    assert started(copying) == ["a", "b", "c", "d"]


def test_steps_that_branch_and_do_not_meet_again_run(copying: Bench) -> None:
    results = copying.run(
        keeping("a"),
        keeping("b", "a"),
        keeping("c", "a"),
        step("d", input_from="b"),
        step("e", input_from="c"),
        step("f", input_from="c"),
    )

    assert [result.success for result in results] == [True] * 6


def test_a_step_may_read_from_a_later_one(copying: Bench) -> None:
    results = copying.run(
        summary("last", "middle"),
        step("middle", input_from="first", save_output=True),
        keeping("first"),
    )

    assert [result.step_id for result in results] == ["last", "middle", "first"]
    assert results[0].data == {"summary": "2 letters"}
    assert started(copying) == ["first", "middle", "last"]


def test_steps_that_do_not_wait_for_each_other_may_run_at_once(tmp_path: Path) -> None:
    bench = Bench(Executor(ServiceContainer(), max_workers=3), tmp_path)
    meeting = Barrier(3)

    def meet(_read: Schema, made: Schema, _message: Message) -> Message:
        meeting.wait(timeout=10)
        return Message("count", {"count": 0}, made)

    bench.employ(analysis("counter", meet))

    results = bench.run(*(step(f"s{number}") for number in range(6)))

    assert [result.success for result in results] == [True] * 6
    assert [result.step_id for result in results] == [f"s{n}" for n in range(6)]


def test_with_one_worker_steps_run_one_after_the_other_in_their_order(
    tmp_path: Path,
) -> None:
    bench = Bench(Executor(ServiceContainer(), max_workers=1), tmp_path)

    bench.run(*(step(f"s{number}") for number in range(6)))

    assert started(bench) == [f"s{number}" for number in range(6)]
