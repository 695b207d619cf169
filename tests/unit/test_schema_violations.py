"""What is said of content that breaks a schema: place and rule, never a value."""

from datetime import UTC, datetime
from typing import Any

import pytest

from wct_adapters.schemas.compiled import CompiledSchema
from wct_domain.errors import SchemaLoadError

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
SECRET = "jane.roe@example.com"


def violation(schema: dict[str, Any], content: object) -> str | None:
    return CompiledSchema({"$schema": DRAFT_7, **schema}).violation(content)


def in_field(rule: dict[str, Any], value: object) -> str | None:
    return violation({"properties": {"field": rule}}, {"field": value})


def test_valid_content_breaks_no_rule() -> None:
    assert in_field({"type": "string"}, "text") is None


def test_a_missing_property_is_named_with_the_place_where_it_is_missing() -> None:
    schema = {
        "properties": {
            "data": {
                "items": {
                    "properties": {"metadata": {"required": ["source"]}},
                }
            }
        }
    }
    content: dict[str, Any] = {
        "data": [{"metadata": {"source": SECRET}}, {"metadata": {}}]
    }

    assert violation(schema, content) == (
        "data -> 1 -> metadata: 'source' is a required property"
    )


def test_the_place_of_the_whole_content_is_root() -> None:
    assert violation({"required": ["data"]}, {}) == (
        "root: 'data' is a required property"
    )


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        ({"enum": ["low", "high", None]}, SECRET, "not one of 'low', 'high', null"),
        ({"const": 1}, SECRET, "not 1"),
        ({"type": "string"}, 7, "an integer is not of type 'string'"),
        ({"type": "string"}, None, "null is not of type 'string'"),
        ({"type": "integer"}, True, "a boolean is not of type 'integer'"),
        ({"type": "integer"}, 1.5, "a number is not of type 'integer'"),
        ({"type": "integer"}, SECRET, "a string is not of type 'integer'"),
        ({"type": "string"}, [SECRET], "an array is not of type 'string'"),
        (
            {"type": ["null", "integer"]},
            {SECRET: SECRET},
            "an object is not of type 'integer', 'null'",
        ),
        ({"minItems": 2}, [SECRET], "fewer than 2 items"),
        ({"maxItems": 1}, [SECRET, SECRET], "more than 1 items"),
        ({"minLength": 99}, SECRET, "shorter than 99 characters"),
        ({"maxLength": 2}, SECRET, "longer than 2 characters"),
        ({"minimum": 10}, 7, "less than the minimum of 10"),
        ({"maximum": 5}, 7, "greater than the maximum of 5"),
        ({"pattern": "^[0-9]+$"}, SECRET, "does not match '^[0-9]+$'"),
        (
            {"anyOf": [{"type": "null"}, {"type": "integer"}]},
            SECRET,
            "valid under none of the alternatives",
        ),
        (
            {"oneOf": [{"type": "null"}, {"type": "integer"}]},
            SECRET,
            "valid under none of the alternatives",
        ),
        (
            {"oneOf": [{"minLength": 1}, {"type": "string"}]},
            SECRET,
            "valid under more than one of the alternatives",
        ),
        ({"uniqueItems": True}, [SECRET, SECRET], "breaks the rule 'uniqueItems'"),
        ({"not": {"type": "string"}}, SECRET, "breaks the rule 'not'"),
        ({"propertyNames": {"maxLength": 2}}, {SECRET: 1}, "breaks the rule"),
        ({"contains": {"const": 1}}, [SECRET], "breaks the rule 'contains'"),
    ],
)
def test_every_rule_is_told_without_the_value(
    rule: dict[str, Any], value: object, said: str
) -> None:
    text = in_field(rule, value)

    assert text is not None
    assert text.startswith("field: ")
    assert said in text
    assert SECRET not in text


def test_a_closed_object_tells_what_it_allows_and_not_what_it_met() -> None:
    rule: dict[str, Any] = {
        "properties": {"regulation": {}, "relevance": {}},
        "additionalProperties": False,
    }

    assert in_field(rule, {"regulation": 1, SECRET: 2}) == (
        "field: 1 additional properties are not allowed; "
        "allowed: 'regulation', 'relevance'"
    )


def test_a_closed_object_behind_a_reference_tells_what_it_allows() -> None:
    schema: dict[str, Any] = {
        "properties": {"field": {"$ref": "#/definitions/closed"}},
        "definitions": {
            "closed": {"properties": {"a": {}}, "additionalProperties": False}
        },
    }

    text = violation(schema, {"field": {SECRET: 1}})

    assert text == "field: 1 additional properties are not allowed; allowed: 'a'"


def test_a_name_that_the_schema_does_not_declare_is_not_repeated() -> None:
    rule = {"additionalProperties": {"type": "integer"}}

    assert in_field(rule, {SECRET: "x"}) == (
        "field -> …: a string is not of type 'integer'"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (datetime(2026, 1, 5, tzinfo=UTC), "a datetime is not JSON"),
        (b"bytes", "a bytes is not JSON"),
        ({"a set"}, "a set is not JSON"),
        ({1: "x"}, "a key is an integer, which is not JSON"),
    ],
)
def test_what_json_cannot_hold_is_told_by_path_and_type(
    value: object, said: str
) -> None:
    rule = {"items": {"properties": {"a": {"type": "string", "pattern": "."}}}}

    assert in_field(rule | {"type": "array"}, [{"a": value}]) == (
        f"field -> 0 -> a: {said}"
    )


def test_a_tuple_counts_as_an_array() -> None:
    assert in_field({"type": "array", "minItems": 2}, (1, 2)) is None


def test_a_subclass_of_str_counts_as_a_string() -> None:
    class Text(str):
        __slots__ = ()

    assert in_field({"type": "string", "minLength": 2}, Text("ab")) is None
    assert in_field({"type": "string", "minLength": 3}, Text("ab")) is not None


@pytest.mark.parametrize("levels", [300, 100_000])
def test_content_that_is_nested_too_deeply_is_told_and_does_not_crash(
    levels: int,
) -> None:
    deep: list[Any] = []
    for _ in range(levels):
        deep = [deep]

    assert in_field({"type": "string"}, deep) == (
        "field: nested too deeply, or refers to itself"
    )


def test_content_that_refers_to_itself_is_told() -> None:
    loop: list[Any] = []
    loop.append(loop)

    text = in_field({"type": "string"}, loop)

    assert text == "field: nested too deeply, or refers to itself"


def test_a_format_is_not_enforced() -> None:
    assert in_field({"type": "string", "format": "date-time"}, "yesterday") is None


@pytest.mark.parametrize(
    "document",
    [
        {"type": "no such type"},
        {"$schema": DRAFT_7, "type": 7},
        {"$schema": "https://example.com/my-own-draft"},
        {"$ref": "https://example.com/elsewhere.json"},
    ],
)
def test_a_document_that_is_no_schema_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(SchemaLoadError):
        CompiledSchema(document)


def test_a_schema_that_says_no_draft_is_taken_for_draft_7() -> None:
    # In draft 2020-12 a list under `items` means nothing.
    closed = CompiledSchema({"items": [{"type": "string"}], "additionalItems": False})

    assert closed.violation([SECRET, 2]) == "root: breaks the rule 'additionalItems'"
