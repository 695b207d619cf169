"""Components that can be read at a glance, well-behaved and not, for the tests here.

The post brings letters, the counter counts them, the clerk writes a summary of what
was counted. Whatever else a connector or an analyser may do is handed in as a function.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from wct_entrypoints.api import (
    Analyser,
    ComponentConfig,
    ComponentFactory,
    Connector,
    Message,
    Schema,
)

T = TypeVar("T")

Extract = Callable[[Schema], Any]
Process = Callable[[Schema, Schema, Message], Any]

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
