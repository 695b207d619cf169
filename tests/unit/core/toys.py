"""Small working components for the core's tests."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from wct_domain.components import Components
from wct_domain.message import Message
from wct_domain.plan import ExecutionPlan, plan_runbook
from wct_domain.ports.components import (
    Analyser,
    ComponentConfig,
    ComponentFactory,
    Connector,
)
from wct_domain.runbook import ExecutionStep, parse_runbook
from wct_domain.schemas import Schema

TEXTS = Schema("texts", "1.0.0")
COUNTS = Schema("counts", "1.0.0")

T = TypeVar("T")


class TextsConnector(Connector):
    """Reads two texts, and counts how often it was asked."""

    def __init__(self, read: Callable[[Schema], Any]) -> None:
        self._read = read

    @classmethod
    def get_name(cls) -> str:
        return "texts_connector"

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return [TEXTS]

    def extract(self, output_schema: Schema) -> Message:
        message: Message = self._read(output_schema)
        return message


class CountingAnalyser(Analyser):
    """Says how many texts there are; also reads its own output."""

    def __init__(self, analyse: Callable[[Schema, Message], Any]) -> None:
        self._analyse = analyse

    @classmethod
    def get_name(cls) -> str:
        return "counting_analyser"

    @classmethod
    def get_supported_input_schemas(cls) -> list[Schema]:
        return [TEXTS, COUNTS]

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return [COUNTS]

    def process(
        self, input_schema: Schema, output_schema: Schema, message: Message
    ) -> Message:
        result: Message = self._analyse(output_schema, message)
        return result


class Factory(ComponentFactory[T], Generic[T]):
    """Makes a component with a function; knows no schemas, like many a plugin."""

    def __init__(self, name: str, make: Callable[[ComponentConfig], T]) -> None:
        self._name = name
        self._make = make

    def create(self, config: ComponentConfig) -> T:
        return self._make(config)

    def can_create(self, config: ComponentConfig) -> bool:
        return True

    def get_component_name(self) -> str:
        return self._name

    def get_input_schemas(self) -> list[Schema]:
        return []

    def get_output_schemas(self) -> list[Schema]:
        return []


def two_texts(schema: Schema) -> Message:
    return Message("read", {"data": ["one", "two"]}, schema)


def count_of(schema: Schema, message: Message) -> Message:
    data = message.content.get("data")
    number = len(data) if data is not None else message.content["count"] + 1
    return Message("counted", {"count": number}, schema)


def components(
    read: Callable[[Schema], Any] = two_texts,
    analyse: Callable[[Schema, Message], Any] = count_of,
) -> Components:
    def connector(_config: ComponentConfig) -> Connector:
        return TextsConnector(read)

    def analyser(_config: ComponentConfig) -> Analyser:
        return CountingAnalyser(analyse)

    return Components(
        connectors={"texts_connector": Factory("texts_connector", connector)},
        analysers={"counting_analyser": Factory("counting_analyser", analyser)},
    )


def step(name: str, **fields: Any) -> dict[str, Any]:
    """Describe a step; it reads the connector unless told otherwise."""
    source = {} if "input_from" in fields else {"connector": "texts"}
    return {
        "id": name,
        "name": f"Step {name}",
        "description": "",
        "analyser": "count",
        "input_schema": "texts",
        "output_schema": "counts",
        **source,
        **fields,
    }


def runbook(*steps: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "counting",
        "description": "counts texts",
        "connectors": [{"name": "texts", "type": "texts_connector"}],
        "analysers": [{"name": "count", "type": "counting_analyser"}],
        "execution": list(steps),
    }


def planned(*steps: dict[str, Any]) -> ExecutionPlan:
    return plan_runbook(parse_runbook(runbook(*steps)))


def first(plan: ExecutionPlan) -> ExecutionStep:
    return plan.runbook.execution[0]
