"""Typed views of standard_input content."""

from typing import Any

import pytest
from pydantic import BaseModel, field_validator

from wct_domain.errors import DataParsingError
from wct_domain.standard_input import (
    BaseMetadata,
    FilesystemMetadata,
    RelationalDatabaseMetadata,
    StandardInputDataItemModel,
    StandardInputDataModel,
    parse_data_model,
)

SECRET = "jane.roe@example.com"
FILE = {"source": "a.txt", "connector_type": "filesystem_connector", "file_path": "a"}
CELL = {
    "source": "row 1",
    "connector_type": "sqlite_connector",
    "table_name": "customers",
    "column_name": "email",
    "schema_name": "shop",
}


def content(*metadata: dict[str, Any]) -> dict[str, Any]:
    return {
        "schemaVersion": "1.0.0",
        "name": "letters",
        "data": [{"content": SECRET, "metadata": each} for each in metadata],
    }


def test_content_of_any_connector_is_read_with_the_base_metadata() -> None:
    parsed = parse_data_model(content(FILE, CELL), StandardInputDataModel[BaseMetadata])

    assert [item.metadata.source for item in parsed.data] == ["a.txt", "row 1"]
    assert parsed.data[0].content == SECRET
    assert parsed.metadata == {}
    assert parsed.description is None


def test_metadata_beyond_the_model_is_dropped() -> None:
    parsed = parse_data_model(content(FILE), StandardInputDataModel[BaseMetadata])

    assert not hasattr(parsed.data[0].metadata, "file_path")


def test_metadata_of_a_file_has_the_fields_of_a_file() -> None:
    item = {"content": SECRET, "metadata": FILE}
    parsed = parse_data_model(item, StandardInputDataItemModel[FilesystemMetadata])

    assert parsed.metadata.model_dump() == FILE


def test_metadata_of_a_cell_has_the_fields_of_a_cell() -> None:
    item = {"content": SECRET, "metadata": CELL}
    kind = StandardInputDataItemModel[RelationalDatabaseMetadata]

    assert parse_data_model(item, kind).metadata.model_dump() == CELL


def test_an_item_that_does_not_say_its_connector_is_refused_by_place_and_rule() -> None:
    wrong = content(FILE, {"source": SECRET})

    with pytest.raises(DataParsingError) as raised:
        parse_data_model(wrong, StandardInputDataModel[BaseMetadata])

    assert str(raised.value) == (
        "Data parsing failed for StandardInputDataModel[BaseMetadata]: "
        "data -> 1 -> metadata -> connector_type: Field required"
    )


def test_a_long_list_of_errors_is_cut() -> None:
    wrong = content(*[{"source": SECRET}] * 9)

    with pytest.raises(DataParsingError, match=r"; and 4 more$"):
        parse_data_model(wrong, StandardInputDataModel[BaseMetadata])


def test_content_that_is_no_object_is_refused_without_being_shown() -> None:
    with pytest.raises(DataParsingError) as raised:
        parse_data_model(SECRET, StandardInputDataModel[BaseMetadata])

    assert "root: Input should be" in str(raised.value)
    assert SECRET not in str(raised.value)


class Picky(BaseModel):
    """Its validator quotes the value, or stumbles over it."""

    value: str

    @field_validator("value")
    @classmethod
    def _refuse(cls, value: str) -> str:
        if value == SECRET:
            msg = f"I do not like {value}"
            raise ValueError(msg)
        raise RuntimeError(value)


def test_the_words_of_a_models_own_validator_are_not_repeated() -> None:
    with pytest.raises(DataParsingError) as raised:
        parse_data_model({"value": SECRET}, Picky)

    assert str(raised.value) == (
        "Data parsing failed for Picky: value: breaks the rule 'value_error'"
    )
    assert raised.value.__suppress_context__


def test_a_validator_that_stumbles_is_named_by_its_error() -> None:
    with pytest.raises(DataParsingError) as raised:
        parse_data_model({"value": "other" + SECRET}, Picky)

    assert str(raised.value) == ("Unexpected error during data parsing: RuntimeError")
