"""A small world in which runs take place, and of which one thing can be changed."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.unit.core.toys import TEXTS, CountingAnalyser, Factory, components
from wct_domain.commands import ExecuteRunbook, ResumeRunbook
from wct_domain.components import Components
from wct_domain.context import current_step
from wct_domain.errors import AnalyserProcessingError, ConnectorExtractionError
from wct_domain.executor.core import RunbookExecutor
from wct_domain.executor.outcome import LoadedRunbook
from wct_domain.message import Message
from wct_domain.ports.bus import SilentBus
from wct_domain.ports.components import Analyser, ComponentConfig
from wct_domain.ports.ledger import Ledger
from wct_domain.runbook import parse_runbook
from wct_domain.schemas import Schema
from wct_domain.testing.scenario import AnySchema
from wct_entrypoints.bootstrap.application import equipment, make_executor

RUNBOOK: dict[str, Any] = {
    "name": "counting",
    "description": "counts texts",
    "contact": "somebody",
    "connectors": [
        {"name": "texts", "type": "texts_connector", "properties": {"path": "a"}}
    ],
    "analysers": [
        {"name": "first", "type": "counting_analyser", "properties": {"add": 0}},
        {"name": "second", "type": "counting_analyser", "properties": {"limit": 9}},
        {"name": "other", "type": "another_analyser", "properties": {"add": 0}},
    ],
    "execution": [
        {
            "id": "kept",
            "name": "Kept",
            "description": "counts",
            "connector": "texts",
            "analyser": "first",
            "input_schema": "texts",
            "output_schema": "counts",
            "save_output": True,
        },
        {
            "id": "after",
            "name": "After",
            "description": "counts again",
            "input_from": "kept",
            "analyser": "second",
            "input_schema": "counts",
            "output_schema": "counts",
        },
    ],
}


@dataclass
class World:
    """What a run depends on; a test changes one thing of it."""

    runbook: dict[str, Any] = field(default_factory=lambda: deepcopy(RUNBOOK))
    texts: list[str] = field(default_factory=lambda: ["one", "two"])
    unreadable: int = 0
    versions: dict[str, str] = field(
        default_factory=lambda: {"wct": "1.0.0", "python": "3.11.2"}
    )
    plugin: str = "counter 1.0"
    ruleset: str = "1.0.0 sha256:aa"
    rules: dict[str, str] = field(default_factory=lambda: {"sum": "aa", "mean": "bb"})
    counts: str = "1.0.0"  # version of the schema that analysers know
    fails: bool = False  # the analyser of the first step
    breaks: bool = False  # that of the second one
    unreachable: bool = False
    bias: int = 0  # a fault of the code that adds
    timed: bool = False  # the time and seed of the step are part of what it makes
    notes: int | None = None  # what is noted beside the result

    def step(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = self.runbook["execution"][number]
        return found

    def components(self) -> Components:
        """Return what is installed."""
        has = components(self._read)
        for name in ("counting_analyser", "another_analyser"):
            has.analysers[name] = Counter(name, self)
        has.origins["counting_analyser"] = self.plugin
        return has

    def run(self, ledger: Ledger, *, record_inputs: bool = False) -> str:
        """Execute the runbook; return the run's id."""
        executor = self._executor(ledger)
        command = ExecuteRunbook(Path("runbook.yaml"), record_inputs=record_inputs)
        return executor.dispatch(command).run.id

    def resume(self, ledger: Ledger, run: str, from_step: str | None = None) -> None:
        """Go on with a run, whatever has changed since."""
        command = ResumeRunbook(run, None, from_step, accept_changes=True)
        self._executor(ledger).dispatch(command)

    def _executor(self, ledger: Ledger) -> RunbookExecutor:
        tools = equipment(ledger, SilentBus(), AnySchema(), self.components())
        return make_executor(
            tools._replace(versions=self.versions),
            read_runbook=lambda _: LoadedRunbook(parse_runbook(self.runbook), b""),
        )

    def _read(self, schema: Schema) -> Message:
        if self.unreachable:
            raise ConnectorExtractionError("nobody answers")
        facts = {"extraction": {"unreadable_count": self.unreadable}}
        return Message("read", {"data": self.texts, "metadata": facts}, schema)


class Counter(Factory[Analyser]):
    """Makes analysers that add a number to what they count."""

    def __init__(self, name: str, world: World) -> None:
        super().__init__(name, self._analyser)
        self._world = world

    def get_versions(self, config: ComponentConfig) -> Mapping[str, str]:
        return {"ruleset numbers": self._world.ruleset} if "add" in config else {}

    def get_rules(self, config: ComponentConfig) -> Mapping[str, Mapping[str, str]]:
        return {"ruleset numbers": self._world.rules} if "add" in config else {}

    def _analyser(self, config: ComponentConfig) -> Analyser:
        def analyse(schema: Schema, message: Message) -> Message:
            if self._world.fails and "add" in config:
                raise AnalyserProcessingError("it fails")
            if self._world.breaks and "limit" in config:
                raise AnalyserProcessingError("it breaks")
            data = message.content.get("data")
            count = message.content["count"] if data is None else len(data)
            step = current_step()
            content: dict[str, Any] = {"count": count}
            if "add" in config:
                content["count"] += config["add"] + self._world.bias
            if self._world.timed:
                content |= {"at": step.at.isoformat(), "seed": step.seed}
            if self._world.notes is not None:
                step.note("counter", "sums", {"number": self._world.notes})
            return Message("counted", content, schema)

        known = Schema("counts", self._world.counts)

        class Knowing(CountingAnalyser):
            @classmethod
            def get_supported_input_schemas(cls) -> list[Schema]:
                return [TEXTS, known]

            @classmethod
            def get_supported_output_schemas(cls) -> list[Schema]:
                return [known]

        return Knowing(analyse)
