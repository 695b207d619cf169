"""The shipped contract suite catches components that break a promise."""

from datetime import datetime
from itertools import count
from typing import Any

import pytest

from wct_domain.context import current_step
from wct_domain.message import Message
from wct_domain.ports.components import ComponentConfig, ComponentFactory, Connector
from wct_domain.schemas import Schema, SchemaSource
from wct_domain.testing.component_contract import ConnectorContractTests

LETTER = Schema("letter", "1.0.0")
NUMBERS = count()


class Letters(SchemaSource):
    """One schema, with one volatile field; content must have a text."""

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, Any]:
        return {"properties": {"read_at": {"x-wct-volatile": True}}}

    def violation(self, schema_name: str, version: str, content: object) -> str | None:
        assert isinstance(content, dict)
        return None if "text" in content else "root: 'text' is a required property"


class LetterConnector(Connector):
    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    @classmethod
    def get_name(cls) -> str:
        return "letters"

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return [LETTER]

    def extract(self, output_schema: Schema) -> Message:
        made = {
            name: field() if callable(field) else field
            for name, field in self._fields.items()
        }
        return Message("1", made, output_schema)


class LetterFactory(ComponentFactory[LetterConnector]):
    """Makes connectors whose content is the properties; callables are called."""

    def create(self, config: ComponentConfig) -> LetterConnector:
        return LetterConnector(config)

    def can_create(self, config: ComponentConfig) -> bool:
        return True

    def get_component_name(self) -> str:
        return "letters"

    def get_input_schemas(self) -> list[Schema]:
        return []

    def get_output_schemas(self) -> list[Schema]:
        return [LETTER]


def now() -> datetime:
    return current_step().at


class Checks(ConnectorContractTests[LetterConnector]):
    """Calls single tests of the suite as pytest would."""

    def read_twice(self, **fields: Any) -> None:
        self.test_reading_again_differs_in_volatile_fields_only(
            LetterFactory(), fields, Letters(), self.read(**fields)
        )

    def read(self, **fields: Any) -> list[Message]:
        schema = LETTER.bound(Letters())
        return [LetterFactory().create(fields).extract(schema)]


def test_a_connector_that_keeps_the_promises_passes() -> None:
    checks = Checks()
    checks.read_twice(text="Dear all", read_at=now)
    checks.test_a_message_is_json(checks.read(text="Dear all"))
    checks.test_a_message_satisfies_its_schema(checks.read(text="Dear all"))


@pytest.mark.parametrize("changing", [now, lambda: next(NUMBERS)])
def test_content_that_changes_outside_of_volatile_fields_is_caught(
    changing: object,
) -> None:
    with pytest.raises(AssertionError):
        Checks().read_twice(text=changing)


def test_content_that_breaks_the_schema_is_caught() -> None:
    checks = Checks()
    with pytest.raises(Exception, match="'text' is a required property"):
        checks.test_a_message_satisfies_its_schema(checks.read(body="Dear all"))


def test_content_that_is_no_json_is_caught() -> None:
    checks = Checks()
    with pytest.raises(Exception, match="content -> text is not JSON"):
        checks.test_a_message_is_json(checks.read(text=b"Dear all"))


def test_a_factory_with_another_name_than_its_connector_is_caught() -> None:
    class Renamed(LetterFactory):
        def get_component_name(self) -> str:
            return "post"

    with pytest.raises(AssertionError):
        Checks().test_connector_and_factory_agree_on_the_name(Renamed(), {"text": ""})


def test_a_factory_that_raises_where_it_should_refuse_is_caught() -> None:
    class Raising(LetterFactory):
        def can_create(self, config: ComponentConfig) -> bool:
            return bool(config["text"])

    with pytest.raises(KeyError):
        Checks().test_it_says_without_raising_that_it_cannot(Raising())
