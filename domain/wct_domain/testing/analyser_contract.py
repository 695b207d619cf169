"""What every analyser promises, as tests that a plugin's own suite inherits.

::

    class TestMyAnalyser(AnalyserContractTests[MyAnalyser]):
        @pytest.fixture
        def factory(self) -> MyAnalyserFactory:
            return MyAnalyserFactory(ServiceContainer())

        @pytest.fixture
        def valid_config(self) -> ComponentConfig:
            return {"threshold": 3}

        @pytest.fixture
        def schemas(self) -> SchemaSource:
            return SchemaRegistry.get_loader()  # from wct_entrypoints.api

        @pytest.fixture
        def message(self) -> Message:
            return Message("1", {...}, Schema("standard_input", "1.0.0"))
"""

import json
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from wct_domain.context import StepContext, working_in
from wct_domain.digests import canonical_json
from wct_domain.message import Message
from wct_domain.ports.components import Analyser, ComponentConfig, ComponentFactory
from wct_domain.schemas import SchemaSource
from wct_domain.testing.component_contract import (
    NOON,
    ComponentFactoryContractTests,
    lasting,
)

AnalyserT = TypeVar("AnalyserT", bound=Analyser)


class AnalyserContractTests(ComponentFactoryContractTests[AnalyserT]):
    """An analyser with its factory; ``message`` is one that it can read.

    Let the message be one that means the same at any time: it is analysed twice, as
    if more than a year had passed.
    """

    @pytest.fixture
    def schemas(self) -> SchemaSource:
        """Finds the JSON Schemas that the analyser reads and produces."""
        raise NotImplementedError

    @pytest.fixture
    def message(self) -> Message:
        """Something to analyse, with its schema."""
        raise NotImplementedError

    @pytest.fixture
    def results(
        self,
        factory: ComponentFactory[AnalyserT],
        valid_config: ComponentConfig,
        schemas: SchemaSource,
        message: Message,
    ) -> list[Message]:
        """One result for each schema that the analyser can be asked for."""
        return _analysed(factory, valid_config, schemas, message, NOON)

    def test_analyser_and_factory_agree_on_the_name(
        self, factory: ComponentFactory[AnalyserT], valid_config: ComponentConfig
    ) -> None:
        analyser = factory.create(valid_config)
        assert analyser.get_name() == factory.get_component_name()

    def test_analyser_and_factory_agree_on_the_schemas(
        self, factory: ComponentFactory[AnalyserT], valid_config: ComponentConfig
    ) -> None:
        analyser = factory.create(valid_config)
        reads = analyser.get_supported_input_schemas()
        produces = analyser.get_supported_output_schemas()
        assert produces
        assert set(reads) == set(factory.get_input_schemas())
        assert set(produces) == set(factory.get_output_schemas())

    def test_it_reads_the_schema_of_the_message(
        self,
        factory: ComponentFactory[AnalyserT],
        valid_config: ComponentConfig,
        message: Message,
    ) -> None:
        reads = factory.create(valid_config).get_supported_input_schemas()
        assert not reads or message.schema in reads

    def test_a_result_says_the_schema_that_was_asked_for(
        self,
        factory: ComponentFactory[AnalyserT],
        valid_config: ComponentConfig,
        results: list[Message],
    ) -> None:
        offered = factory.create(valid_config).get_supported_output_schemas()
        assert [result.schema for result in results] == offered

    def test_a_result_satisfies_its_schema(self, results: list[Message]) -> None:
        for result in results:
            assert result.validate().schema_validated

    def test_a_result_has_an_id(self, results: list[Message]) -> None:
        for result in results:
            assert result.id

    def test_a_result_is_json(self, results: list[Message]) -> None:
        for result in results:
            canonical_json(result.content)

    def test_analysing_again_differs_in_volatile_fields_only(
        self,
        factory: ComponentFactory[AnalyserT],
        valid_config: ComponentConfig,
        schemas: SchemaSource,
        message: Message,
        results: list[Message],
    ) -> None:
        later = NOON + timedelta(days=400)
        again = _analysed(factory, valid_config, schemas, message, later)
        assert [lasting(each) for each in again] == [lasting(each) for each in results]


def _analysed(
    factory: ComponentFactory[AnalyserT],
    config: ComponentConfig,
    schemas: SchemaSource,
    message: Message,
    at: datetime,
) -> list[Message]:
    """Analyse as the executor does: a new analyser, and a copy of the message."""
    assert message.schema is not None
    reads = message.schema.bound(schemas)
    with working_in(StepContext(at=at, seed=at.year)):
        offered = factory.create(config).get_supported_output_schemas()
        return [
            factory.create(config).process(
                reads,
                produces.bound(schemas),
                Message(message.id, json.loads(json.dumps(message.content)), reads),
            )
            for produces in offered
        ]
