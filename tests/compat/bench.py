"""A bench to run the toys on, and runbooks for it: documents that become files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

from tests.compat.toys import Toy, ToySource, analysis, clerk, source
from wct_domain.events import Event
from wct_entrypoints.api import (
    Analyser,
    AnalysisResult,
    Connector,
    ExecuteRunbook,
    Executor,
    Outcome,
    Runbook,
)

EventT = TypeVar("EventT", bound=Event)

Document = dict[str, Any]
Load = Callable[[str | bytes | Document], Runbook]
Problems = Callable[[str | bytes | Document], list[str]]


def step(step_id: str, **fields: Any) -> Document:
    """A step that counts the letters of the post, unless ``fields`` say otherwise."""
    reads = {} if "input_from" in fields else {"connector": "post"}
    return {
        "id": step_id,
        "name": f"Step {step_id}",
        "description": f"What {step_id} does",
        "analyser": "counter",
        "input_schema": "letters",
        "output_schema": "counts",
        **reads,
        **fields,
    }


def summary(step_id: str, input_from: str, **fields: Any) -> Document:
    """A step in which the clerk reads what another step counted."""
    defaults = {"analyser": "clerk", "input_schema": "counts"}
    made = {"output_schema": "summary", **fields}
    return step(step_id, input_from=input_from, **{**defaults, **made})


def component(name: str, **fields: Any) -> Document:
    """A connector or analyser of the runbook, of a type that is called like it."""
    return {"name": name, "type": name, "properties": {}, **fields}


def named(steps: Sequence[Document], part: str) -> list[Document]:
    names = {str(each[part]) for each in steps if each.get(part)}
    return [component(name) for name in sorted(names)]


def runbook(*steps: Document, **fields: Any) -> Document:
    """A runbook that defines the components that its steps name."""
    return {
        "name": "Post",
        "description": "Counts letters",
        "connectors": named(steps, "connector") or [component("post")],
        "analysers": named(steps, "analyser") or [component("counter")],
        "execution": list(steps),
        **fields,
    }


@dataclass
class Bench:
    """An executor that knows post, counter and clerk, and a place for runbook files."""

    executor: Executor
    directory: Path
    post: ToySource = field(default_factory=source)

    def __post_init__(self) -> None:
        self.connect(self.post)
        self.employ(analysis(), clerk())

    def connect(self, *sources: Toy[Connector]) -> None:
        for each in sources:
            self.executor.register_connector_factory(each)

    def employ(self, *analyses: Toy[Analyser]) -> None:
        for each in analyses:
            self.executor.register_analyser_factory(each)

    def file(self, document: object) -> Path:
        path = self.directory / "runbook.yaml"
        path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        return path

    def run(self, *steps: Document, **fields: Any) -> list[AnalysisResult]:
        return self.executor.execute_runbook(self.file(runbook(*steps, **fields)))

    def error(self, *steps: Document, **fields: Any) -> str:
        """Run one step that is expected to fail, the last; return its text."""
        result = self.run(*steps, **fields)[-1]
        assert not result.success
        assert result.error_message is not None
        return result.error_message

    def outcome(self, *steps: Document, **fields: Any) -> Outcome:
        command = ExecuteRunbook(self.file(runbook(*steps, **fields)))
        return self.executor.dispatch(command)

    def events(self, kind: type[EventT]) -> list[EventT]:
        """What the ledger holds of one kind, in all runs so far."""
        recorded = self.executor.ledger.read_all()
        return [each.event for each in recorded if isinstance(each.event, kind)]
