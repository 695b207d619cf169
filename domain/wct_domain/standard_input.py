"""Typed view of ``standard_input`` content, for components that want one.

Built-in connectors build plain objects and have the JSON Schema check them once;
these models are for plugins and for analysers that read items one by one.
"""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field, ValidationError

from wct_domain.errors import DataParsingError


class BaseMetadata(BaseModel):
    """Where a data item comes from; what else it says is dropped.

    ``connector_type`` is required here, though the JSON Schema does without: an
    analyser that depends on it must be able to say that it is missing.
    """

    source: str
    connector_type: str


class RelationalDatabaseMetadata(BaseMetadata):
    """Where a table's cell comes from."""

    table_name: str
    column_name: str
    schema_name: str


class FilesystemMetadata(BaseMetadata):
    """Where a file's text comes from."""

    file_path: str


MetadataT = TypeVar("MetadataT", bound=BaseMetadata)
ModelT = TypeVar("ModelT", bound=BaseModel)


class StandardInputDataItemModel(BaseModel, Generic[MetadataT]):
    """One item: its text, and where the text comes from."""

    content: str
    metadata: MetadataT


class StandardInputDataModel(BaseModel, Generic[MetadataT]):
    """The whole content of a ``standard_input`` message."""

    schemaVersion: str  # noqa: N815 - the name in the JSON Schema
    name: str
    data: list[StandardInputDataItemModel[MetadataT]]
    description: str | None = None
    contentEncoding: str | None = None  # noqa: N815 - as above
    source: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


def parse_data_model(data: object, model: type[ModelT]) -> ModelT:
    """Make ``model`` of ``data``.

    Raises:
        DataParsingError: the data does not fit; the text names each path and the
            rule that it breaks, and no value.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        msg = f"Data parsing failed for {model.__name__}: {_what_is_wrong(error)}"
        raise DataParsingError(msg) from None
    except Exception as error:  # noqa: BLE001 - a foreign model's validator
        # Its text may quote the data, its class does not.
        msg = f"Unexpected error during data parsing: {type(error).__name__}"
        raise DataParsingError(msg) from None


_SHOWN = 5


def _what_is_wrong(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"{_place(each['loc'])}: {_rule(each)}" for each in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"and {len(found) - _SHOWN} more")
    return "; ".join(lines)


def _place(location: tuple[int | str, ...]) -> str:
    return " -> ".join(map(str, location)) or "root"


def _rule(found: Any) -> str:
    """Repeat pydantic's sentence only where it is known to quote no data.

    Validators of a model write what they like, and a few of pydantic's own
    sentences name the tag or the character that they met.
    """
    kind: str = found["type"]
    if kind.endswith("_type") or kind in _SAID_WITHOUT_VALUES:
        return str(found["msg"])
    return f"breaks the rule '{kind}'"


_SAID_WITHOUT_VALUES = frozenset(
    {
        "missing",
        "extra_forbidden",
        "enum",
        "literal_error",
        "greater_than",
        "greater_than_equal",
        "less_than",
        "less_than_equal",
        "string_pattern_mismatch",
        "string_too_long",
        "string_too_short",
        "too_long",
        "too_short",
        "bool_parsing",
        "float_parsing",
        "int_parsing",
    }
)
