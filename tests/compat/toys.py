"""Components that can be read at a glance, well-behaved and not, for the tests here.

The post brings letters, the counter counts them, the clerk writes a summary of what
was counted. Whatever else a connector or an analyser may do is handed in as a function.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml

from wct_domain.events import Event
from wct_entrypoints.api import (
    Analyser,
    AnalysisResult,
    ComponentConfig,
    ComponentFactory,
    Connector,
    ExecuteRunbook,
    Executor,
    Message,
    Outcome,
    Runbook,
    Schema,
)

T = TypeVar("T")
EventT = TypeVar("EventT", bound=Event)

Document = dict[str, Any]
Extract = Callable[[Schema], Any]
Process = Callable[[Schema, Schema, Message], Any]

Load = Callable[[str | bytes | Document], Runbook]
Problems = Callable[[str | bytes | Document], list[str]]

LETTERS = Schema("letters", "1.0.0")
COUNTS = Schema("counts", "1.0.0")
SUMMARY = Schema("summary", "1.0.0")


class OddError(Exception):
    """Raised on purpose by a component; no error of wct's."""


def bring_letters(schema: Schema) -> Message:
    return Message("post", {"letters": ["Dear Ann", "Dear Ben"]}, schema)


def count_letters(_read: Schema, made: Schema, message: Message) -> Message:
    return Message("count", {"count": len(message.content["letters"])}, made)


def summarise(_read: Schema, made: Schema, message: Message) -> Message:
    return Message("summary", {"summary": f"{message.content['count']} letters"}, made)


def raising(error: BaseException) -> Callable[..., Any]:
    """A component's work that ends in ``error``."""

    def work(*_: object) -> Any:
        raise error

    return work


def answering(value: object) -> Callable[..., Any]:
    """A component's work that comes to ``value``, whatever was asked."""
    return lambda *_: value


class Toy(ComponentFactory[T], Generic[T]):
    """Makes components by ``make``; remembers the properties of each in ``made``."""

    def __init__(
        self,
        name: str,
        make: Callable[[ComponentConfig], T],
        willing: Callable[[ComponentConfig], bool] = lambda _: True,
    ) -> None:
        self._name = name
        self._make = make
        self._willing = willing
        self.made: list[ComponentConfig] = []

    def create(self, config: ComponentConfig) -> T:
        component = self._make(config)
        self.made.append(config)
        return component

    def can_create(self, config: ComponentConfig) -> bool:
        return self._willing(config)

    def get_component_name(self) -> str:
        return self._name

    def get_input_schemas(self) -> list[Schema]:
        return []

    def get_output_schemas(self) -> list[Schema]:
        return []


class ToySource(Toy[Connector]):
    """Also remembers, in ``asked``, for which schemas its connectors were asked."""

    def __init__(self, name: str, extract: Extract, offers: Sequence[Schema]) -> None:
        asked: list[Schema] = []
        self.asked = asked

        class Source(Connector):
            @classmethod
            def get_name(cls) -> str:
                return name

            @classmethod
            def get_supported_output_schemas(cls) -> list[Schema]:
                return list(offers)

            def extract(self, output_schema: Schema) -> Message:
                asked.append(output_schema)
                message: Message = extract(output_schema)
                return message

        super().__init__(name, lambda _: Source())


def source(
    name: str = "post",
    extract: Extract = bring_letters,
    *,
    offers: Sequence[Schema] = (LETTERS,),
) -> ToySource:
    """Make a factory of connectors."""
    return ToySource(name, extract, offers)


def analysis(
    name: str = "counter",
    process: Process = count_letters,
    *,
    reads: Sequence[Schema] = (LETTERS,),
    makes: Sequence[Schema] = (COUNTS,),
) -> Toy[Analyser]:
    """Make a factory of analysers."""

    class Analysis(Analyser):
        @classmethod
        def get_name(cls) -> str:
            return name

        @classmethod
        def get_supported_input_schemas(cls) -> list[Schema]:
            return list(reads)

        @classmethod
        def get_supported_output_schemas(cls) -> list[Schema]:
            return list(makes)

        def process(
            self, input_schema: Schema, output_schema: Schema, message: Message
        ) -> Message:
            result: Message = process(input_schema, output_schema, message)
            return result

    return Toy(name, lambda _: Analysis())


def clerk() -> Toy[Analyser]:
    """Make the factory of the analyser that follows the counter."""
    return analysis("clerk", summarise, reads=[COUNTS], makes=[SUMMARY])


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
