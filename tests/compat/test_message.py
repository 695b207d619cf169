"""What travels from component to component, and when it is valid."""

import dataclasses
from typing import Any

import pytest

from tests.compat.toys import COUNTS, LETTERS, OddError
from wct_entrypoints.api import (
    Message,
    MessageValidationError,
    Schema,
    SchemaLoadError,
    WaivernError,
)

STANDARD = Schema("standard_input", "1.0.0")
SECRET = "jane.roe@example.org"


def content(**fields: Any) -> dict[str, Any]:
    item = {"content": "hello", "metadata": {"source": "a.txt"}}
    return {"schemaVersion": "1.0.0", "name": "n", "data": [item], **fields}


class Loader:
    """Loads one document, or raises."""

    def __init__(self, outcome: dict[str, Any] | Exception) -> None:
        self._outcome = outcome

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, Any]:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def refusal(message: Message) -> str:
    with pytest.raises(MessageValidationError) as raised:
        message.validate()
    assert message.schema_validated is False
    return str(raised.value)


def test_a_message_has_five_fields_in_this_order() -> None:
    assert [field.name for field in dataclasses.fields(Message)] == [
        "id",
        "content",
        "schema",
        "context",
        "schema_validated",
    ]
    assert Message("1", {}) == Message("1", {}, None, None, schema_validated=False)


def test_messages_are_compared_by_value() -> None:
    assert Message("1", {"a": [1]}, LETTERS) == Message("1", {"a": [1]}, LETTERS)
    assert Message("1", {"a": [1]}, LETTERS) != Message("1", {"a": [2]}, LETTERS)
    assert Message("1", {}, LETTERS) != Message("1", {}, COUNTS)


def test_a_message_can_be_changed() -> None:
    message = Message("1", {}, LETTERS)
    message.content = {"a": 1}
    message.schema = COUNTS

    assert message == Message("1", {"a": 1}, COUNTS)


def test_a_message_has_no_other_fields() -> None:
    with pytest.raises(AttributeError):
        Message("1", {}).colour = "red"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # the point


def test_a_valid_message_says_so_and_is_returned() -> None:
    message = Message("1", content(), STANDARD)

    assert message.validate() is message
    assert message.schema_validated is True


def test_a_message_without_schema_cannot_be_validated() -> None:
    message = Message("1", content(), schema_validated=True)

    assert refusal(message) == "No schema provided for validation"


@pytest.mark.parametrize("nothing", [{}, None, [], ""])
def test_a_message_without_content_cannot_be_validated(nothing: Any) -> None:
    message = Message("1", nothing, STANDARD, schema_validated=True)

    assert refusal(message) == "No content provided for validation"


def test_invalid_content_is_told_with_the_schema_the_place_and_the_rule() -> None:
    document = content(data=[{"content": SECRET, "metadata": {}}])

    assert refusal(Message("1", document, STANDARD)) == (
        "Schema validation failed for schema 'standard_input': "
        "data -> 0 -> metadata: 'source' is a required property"
    )


@pytest.mark.parametrize(
    "document",
    [
        content(data=[{"content": 7, "metadata": {"source": SECRET}}]),
        content(data=SECRET),
        content(name=[SECRET]),
        content(data=[SECRET]),
    ],
)
def test_no_value_is_quoted_when_content_is_invalid(document: dict[str, Any]) -> None:
    text = refusal(Message("1", document, STANDARD))

    assert text.startswith("Schema validation failed for schema 'standard_input': ")
    assert SECRET not in text


def test_what_was_valid_once_may_be_so_no_longer() -> None:
    message = Message("1", content(), STANDARD).validate()
    del message.content["name"]

    refusal(message)


def test_a_schema_that_nobody_has_fails_validation() -> None:
    text = refusal(Message("1", content(), Schema("unheard", "1.0.0")))

    assert text.startswith(
        "Schema loading failed for 'unheard': "
        "Schema file for 'unheard' version '1.0.0' not found in any of: ["
    )


@pytest.mark.parametrize("kind", [SchemaLoadError, FileNotFoundError])
def test_a_schema_that_does_not_load_fails_validation(kind: type[Exception]) -> None:
    schema = Schema("letters", "1.0.0", Loader(kind("burnt")))

    assert refusal(Message("1", content(), schema)) == (
        "Schema loading failed for 'letters': burnt"
    )


def test_whatever_else_goes_wrong_fails_validation() -> None:
    schema = Schema("letters", "1.0.0", Loader(OddError("ask again")))

    assert refusal(Message("1", content(), schema)) == "Validation error: ask again"


def test_a_schema_that_is_no_json_schema_fails_validation() -> None:
    schema = Schema("letters", "1.0.0", Loader({"type": "leter"}))

    assert refusal(Message("1", content(), schema)).startswith(
        "Schema loading failed for 'letters': "
    )


def test_formats_are_not_enforced() -> None:
    schema = Schema(
        "stamped",
        "1.0.0",
        Loader({"properties": {"at": {"type": "string", "format": "date-time"}}}),
    )

    assert Message("1", {"at": "next Tuesday"}, schema).validate().schema_validated


def test_a_validation_error_is_an_error_of_ours() -> None:
    assert issubclass(MessageValidationError, WaivernError)


def test_a_schema_may_come_from_a_loader_of_one_s_own() -> None:
    schema = Schema("x", "0", Loader({"required": ["letters"]}))

    assert Message("1", {"letters": []}, schema).validate().schema_validated
    assert refusal(Message("1", {"cards": []}, schema)) == (
        "Schema validation failed for schema 'x': "
        "root: 'letters' is a required property"
    )
