"""In which order the steps of a runbook can run.

A step depends on the step that it reads from, and on nothing else; the order in the
file does not matter. Results keep the file's order all the same.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Final

from wct_domain.errors import ExecutorError
from wct_domain.runbook import (
    AnalyserConfig,
    ConnectorConfig,
    ExecutionStep,
    Runbook,
)


class ExecutionPlan:
    """A runbook whose steps can be run: no cycle, every name looked up."""

    def __init__(self, runbook: Runbook) -> None:
        self.runbook: Final = runbook

    @cached_property
    def steps(self) -> Mapping[str, ExecutionStep]:
        """Steps by id, in declaration order."""
        return {step.id: step for step in self.runbook.execution}

    @cached_property
    def connectors(self) -> Mapping[str, ConnectorConfig]:
        return {each.name: each for each in self.runbook.connectors}

    @cached_property
    def analysers(self) -> Mapping[str, AnalyserConfig]:
        return {each.name: each for each in self.runbook.analysers}

    def frontier(self, done: Iterable[str] = ()) -> "Frontier":
        """Where execution stands when the steps ``done`` have been visited."""
        return Frontier(self, done)


class Frontier:
    """The steps that can run now, as others are finished. Not thread-safe."""

    def __init__(self, plan: ExecutionPlan, done: Iterable[str] = ()) -> None:
        self._steps = plan.steps
        self._sorter: TopologicalSorter[str] = TopologicalSorter()
        for step in plan.runbook.execution:
            self._sorter.add(step.id, *([step.input_from] if step.input_from else ()))
        self._sorter.prepare()
        self._visited = set(done)

    def take(self) -> list[ExecutionStep]:
        """Return the steps that became ready since the last call, file order first."""
        ready: list[ExecutionStep] = []
        while names := self._sorter.get_ready():
            ready += (self._steps[name] for name in names if name not in self._visited)
            self._sorter.done(*(name for name in names if name in self._visited))
            if not self._visited:
                break
        return ready

    def finish(self, step_id: str) -> None:
        """Mark a step as visited, whatever its outcome."""
        self._sorter.done(step_id)

    @property
    def exhausted(self) -> bool:
        """True when every step was taken and finished."""
        return not self._sorter.is_active()


def plan_runbook(runbook: Runbook) -> ExecutionPlan:
    """Check that the steps can be ordered.

    Raises:
        ExecutorError: some step reads, directly or not, from itself. Named is the
            first step in the file from which the cycle is reached.
    """
    reads_from = {step.id: step.input_from for step in runbook.execution}
    sound: set[str] = set()
    for start in reads_from:
        walk: dict[str, None] = {}
        step: str | None = start
        while step is not None and step not in sound:
            if step in walk:
                msg = (
                    "Circular dependency detected in execution steps involving "
                    f"'{start}'. Pipeline steps cannot form dependency cycles."
                )
                raise ExecutorError(msg)
            walk[step] = None
            step = reads_from.get(step)
        sound.update(walk)
    return ExecutionPlan(runbook)
