"""What every component promises, as tests that a plugin's own suite inherits.

::

    class TestMyConnector(ConnectorContractTests[MyConnector]):
        @pytest.fixture
        def factory(self) -> MyConnectorFactory:
            return MyConnectorFactory(ServiceContainer())

        @pytest.fixture
        def valid_config(self, tmp_path: Path) -> ComponentConfig:
            return {"path": str(a_small_source_in(tmp_path))}

        @pytest.fixture
        def schemas(self) -> SchemaSource:
            return SchemaRegistry.get_loader()  # from wct_entrypoints.api
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import pytest

from wct_domain.context import StepContext, working_in
from wct_domain.digests import canonical_json
from wct_domain.marks import marked, without
from wct_domain.message import Message
from wct_domain.ports.components import ComponentConfig, ComponentFactory, Connector
from wct_domain.schemas import Schema, SchemaSource

T = TypeVar("T")
ConnectorT = TypeVar("ConnectorT", bound=Connector)

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class ComponentFactoryContractTests(Generic[T]):
    """Any factory, of connectors or of analysers."""

    @pytest.fixture
    def factory(self) -> ComponentFactory[T]:
        """The factory under test."""
        raise NotImplementedError

    @pytest.fixture
    def valid_config(self) -> ComponentConfig:
        """Properties with which it can make a component."""
        raise NotImplementedError

    def test_it_makes_a_component(
        self, factory: ComponentFactory[T], valid_config: ComponentConfig
    ) -> None:
        assert factory.create(valid_config) is not None

    def test_it_can_make_what_it_makes(
        self, factory: ComponentFactory[T], valid_config: ComponentConfig
    ) -> None:
        assert factory.can_create(valid_config) is True

    def test_it_says_without_raising_that_it_cannot(
        self, factory: ComponentFactory[T]
    ) -> None:
        nonsense: ComponentConfig = {"no such property": object()}
        assert factory.can_create(nonsense) in (True, False)

    def test_it_leaves_the_properties_as_they_are(
        self, factory: ComponentFactory[T], valid_config: ComponentConfig
    ) -> None:
        before = repr(valid_config)
        factory.can_create(valid_config)
        factory.create(valid_config)
        assert repr(valid_config) == before

    def test_it_has_a_name_for_runbooks(self, factory: ComponentFactory[T]) -> None:
        name: object = factory.get_component_name()
        assert isinstance(name, str)
        assert name

    def test_its_input_schemas_are_schemas(self, factory: ComponentFactory[T]) -> None:
        _assert_schemas(factory.get_input_schemas())

    def test_its_output_schemas_are_schemas(self, factory: ComponentFactory[T]) -> None:
        _assert_schemas(factory.get_output_schemas())

    def test_its_dependencies_are_types_by_name(
        self, factory: ComponentFactory[T]
    ) -> None:
        dependencies: object = factory.get_service_dependencies()
        assert isinstance(dependencies, dict)


class ConnectorContractTests(ComponentFactoryContractTests[ConnectorT]):
    """A connector with its factory; ``valid_config`` leads to a readable source."""

    @pytest.fixture
    def schemas(self) -> SchemaSource:
        """Finds the JSON Schemas that the connector produces."""
        raise NotImplementedError

    @pytest.fixture
    def messages(
        self,
        factory: ComponentFactory[ConnectorT],
        valid_config: ComponentConfig,
        schemas: SchemaSource,
    ) -> list[Message]:
        """One message for each schema that the connector can be asked for."""
        return _extracted(factory, valid_config, schemas, NOON)

    def test_connector_and_factory_agree_on_the_name(
        self, factory: ComponentFactory[ConnectorT], valid_config: ComponentConfig
    ) -> None:
        connector = factory.create(valid_config)
        assert connector.get_name() == factory.get_component_name()

    def test_connector_and_factory_agree_on_the_schemas(
        self, factory: ComponentFactory[ConnectorT], valid_config: ComponentConfig
    ) -> None:
        offered = factory.create(valid_config).get_supported_output_schemas()
        assert offered
        assert set(offered) == set(factory.get_output_schemas())

    def test_a_message_says_the_schema_that_was_asked_for(
        self,
        factory: ComponentFactory[ConnectorT],
        valid_config: ComponentConfig,
        messages: list[Message],
    ) -> None:
        offered = factory.create(valid_config).get_supported_output_schemas()
        assert [message.schema for message in messages] == offered

    def test_a_message_satisfies_its_schema(self, messages: list[Message]) -> None:
        for message in messages:
            assert message.validate().schema_validated

    def test_a_message_has_an_id(self, messages: list[Message]) -> None:
        for message in messages:
            assert message.id

    def test_a_message_is_json(self, messages: list[Message]) -> None:
        for message in messages:
            canonical_json(message.content)

    def test_reading_again_differs_in_volatile_fields_only(
        self,
        factory: ComponentFactory[ConnectorT],
        valid_config: ComponentConfig,
        schemas: SchemaSource,
        messages: list[Message],
    ) -> None:
        later = NOON + timedelta(days=400)
        again = _extracted(factory, valid_config, schemas, later)
        assert [lasting(each) for each in again] == [lasting(each) for each in messages]


def _assert_schemas(found: object) -> None:
    assert isinstance(found, list)
    assert all(isinstance(each, Schema) for each in found)  # pyright: ignore[reportUnknownVariableType]  # anything may be in it


def _extracted(
    factory: ComponentFactory[ConnectorT],
    config: ComponentConfig,
    schemas: SchemaSource,
    at: datetime,
) -> list[Message]:
    """Extract as the executor does: a new connector each time, inside a step."""
    with working_in(StepContext(at=at, seed=at.year)):
        offered = factory.create(config).get_supported_output_schemas()
        return [
            factory.create(config).extract(schema.bound(schemas)) for schema in offered
        ]


def lasting(message: Message) -> dict[str, Any]:
    """Content without what may differ from run to run."""
    assert message.schema is not None
    fields = marked(message.schema.schema, "x-wct-volatile")
    content: dict[str, Any] = without(message.content, fields)
    return content
