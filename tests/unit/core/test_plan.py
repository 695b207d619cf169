"""In which order steps can run."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core.toys import planned, runbook, step
from wct_domain.errors import ExecutorError
from wct_domain.plan import plan_runbook
from wct_domain.runbook import parse_runbook


@st.composite
def any_graph(draw: Any) -> list[dict[str, Any]]:
    """Steps that read the connector, or any step: cycles and loops included."""
    number: int = draw(st.integers(1, 9))
    steps: list[dict[str, Any]] = []
    for index in range(number):
        source: int = draw(st.integers(-number, number - 1))
        origin = {"input_from": f"s{source}"} if source >= 0 else {}
        steps.append(step(f"s{index}", **origin))
    return steps


def ends_in_a_cycle(steps: list[dict[str, Any]], start: str) -> bool:
    """The plain definition: as many hops as there are steps, and still no end."""
    origin = {each["id"]: each.get("input_from") for each in steps}
    at: str | None = start
    for _ in range(len(steps)):
        at = origin[at] if at is not None else None
    return at is not None


@given(any_graph())
def test_a_plan_is_made_unless_some_step_reads_from_itself(
    steps: list[dict[str, Any]],
) -> None:
    looped = [each["id"] for each in steps if ends_in_a_cycle(steps, each["id"])]
    loaded = parse_runbook(runbook(*steps))
    if looped:
        with pytest.raises(ExecutorError) as caught:
            plan_runbook(loaded)
        assert str(caught.value) == (
            "Circular dependency detected in execution steps involving "
            f"'{looped[0]}'. Pipeline steps cannot form dependency cycles."
        )
    else:
        plan_runbook(loaded)


@given(any_graph(), st.data())
def test_every_step_is_ready_once_and_after_the_step_that_it_reads_from(
    steps: list[dict[str, Any]], data: st.DataObject
) -> None:
    sound = [each for each in steps if not ends_in_a_cycle(steps, each["id"])]
    if not sound:
        return
    plan = planned(*sound)
    frontier = plan.frontier()
    waiting = frontier.take()
    finished: list[str] = []
    while waiting:
        chosen = waiting.pop(data.draw(st.integers(0, len(waiting) - 1)))
        assert chosen.input_from is None or chosen.input_from in finished
        finished.append(chosen.id)
        frontier.finish(chosen.id)
        waiting += frontier.take()
    assert sorted(finished) == sorted(each["id"] for each in sound)
    assert frontier.exhausted


def test_steps_that_are_done_are_not_ready_again() -> None:
    plan = planned(step("a"), step("b", input_from="a"), step("c", input_from="b"))
    frontier = plan.frontier(done=["a"])
    assert [each.id for each in frontier.take()] == ["b"]
    frontier.finish("b")
    assert [each.id for each in frontier.take()] == ["c"]
    frontier.finish("c")
    assert frontier.exhausted


def test_a_chain_of_ten_thousand_steps_is_planned() -> None:
    steps = [step("s0")]
    steps += [step(f"s{n}", input_from=f"s{n - 1}") for n in range(1, 10_000)]
    assert len(planned(*reversed(steps)).frontier().take()) == 1
