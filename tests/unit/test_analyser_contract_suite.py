"""The shipped contract suite catches analysers that break a promise."""

from itertools import count
from typing import Any

import pytest

from wct_domain.context import current_step
from wct_domain.message import Message
from wct_domain.ports.components import Analyser, ComponentConfig, ComponentFactory
from wct_domain.schemas import Schema, SchemaSource
from wct_domain.testing.analyser_contract import AnalyserContractTests

TEXT = Schema("text", "1.0.0")
LENGTH = Schema("length", "1.0.0")
NUMBERS = count()


def now() -> str:
    return current_step().at.isoformat()


class Shapes(SchemaSource):
    """Any content is valid; ``measured_at`` may differ from run to run."""

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, Any]:
        return {"properties": {"measured_at": {"x-wct-volatile": True}}}

    def violation(self, schema_name: str, version: str, content: object) -> str | None:
        return None


class Measuring(Analyser):
    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    @classmethod
    def get_name(cls) -> str:
        return "measuring"

    @classmethod
    def get_supported_input_schemas(cls) -> list[Schema]:
        return [TEXT]

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return [LENGTH]

    def process(
        self, input_schema: Schema, output_schema: Schema, message: Message
    ) -> Message:
        text = message.content.pop("text")  # its own copy: it may
        more = {name: field() for name, field in self._fields.items()}
        return Message("1", {"length": len(text), **more}, output_schema)


class MeasuringFactory(ComponentFactory[Measuring]):
    """Makes analysers that report what the callables among the properties return."""

    def create(self, config: ComponentConfig) -> Measuring:
        return Measuring(config)

    def can_create(self, config: ComponentConfig) -> bool:
        return True

    def get_component_name(self) -> str:
        return "measuring"

    def get_input_schemas(self) -> list[Schema]:
        return [TEXT]

    def get_output_schemas(self) -> list[Schema]:
        return [LENGTH]


class Checks(AnalyserContractTests[Measuring]):
    """Calls single tests of the suite as pytest would."""

    def analyse_twice(self, **fields: Any) -> None:
        factory, message = MeasuringFactory(), Message("1", {"text": "abc"}, TEXT)
        raw = AnalyserContractTests.results
        results: Any = getattr(raw, "__wrapped__", raw)
        self.test_analysing_again_differs_in_volatile_fields_only(
            factory,
            fields,
            Shapes(),
            message,
            results(self, factory, fields, Shapes(), message),
        )


def test_an_analyser_may_use_up_its_copy_of_the_message() -> None:
    Checks().analyse_twice()


def test_a_time_in_a_volatile_field_is_no_difference() -> None:
    Checks().analyse_twice(measured_at=now)


@pytest.mark.parametrize("changing", [now, lambda: next(NUMBERS)])
def test_a_result_that_changes_outside_of_volatile_fields_is_caught(
    changing: object,
) -> None:
    with pytest.raises(AssertionError):
        Checks().analyse_twice(colour=changing)


def test_a_factory_that_promises_other_schemas_is_caught() -> None:
    class Boasting(MeasuringFactory):
        def get_output_schemas(self) -> list[Schema]:
            return [LENGTH, TEXT]

    with pytest.raises(AssertionError):
        Checks().test_analyser_and_factory_agree_on_the_schemas(Boasting(), {})


def test_a_message_that_the_analyser_does_not_read_is_caught() -> None:
    message = Message("1", {"length": 3}, LENGTH)
    with pytest.raises(AssertionError):
        Checks().test_it_reads_the_schema_of_the_message(
            MeasuringFactory(), {}, message
        )
