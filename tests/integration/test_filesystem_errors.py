"""What filesystem_connector refuses, in which words."""

from pathlib import Path
from typing import Any

import pytest

from tests.filesystem_reading import connector, extracted, failure, plant
from wct_adapters.connectors.filesystem import FilesystemConnectorFactory
from wct_adapters.connectors.filesystem_config import FilesystemConnectorConfig
from wct_domain.errors import ConnectorConfigError
from wct_domain.schemas import Schema
from wct_domain.services import ServiceContainer


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path / "site")


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    assert failure(lambda: extracted(tmp_path)) == (
        f"Failed to read from path {tmp_path}: No files found in directory {tmp_path}"
    )


@pytest.mark.parametrize(
    ("encoding", "reason"),
    [
        ("utf-8", "not_text"),
        ("ascii", "not_text"),
        ("klingon", "unknown_encoding"),
        ("rot13", "unknown_encoding"),
    ],
)
def test_nothing_readable_is_an_error_with_its_reasons(
    tmp_path: Path, encoding: str, reason: str
) -> None:
    (tmp_path / "a").write_bytes(b"\xff")
    (tmp_path / "b").write_bytes(b"\xfe\xfd")

    assert failure(lambda: extracted(tmp_path, encoding=encoding)) == (
        f"Failed to read from path {tmp_path}: "
        f"No readable files found in {tmp_path}: 2 {reason}"
    )


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (
            Schema("letter", "1.0.0"),
            "Unsupported output schema: letter. Supported schemas: ['standard_input']",
        ),
        (
            Schema("standard_input", "9.0.0"),
            (
                "Unsupported output schema: standard_input. Supported schemas: "
                "['standard_input']: version 9.0.0 is none of ['1.0.0']"
            ),
        ),
    ],
)
def test_another_schema_is_refused(tree: Path, schema: Schema, said: str) -> None:
    text = failure(lambda: connector(tree).extract(schema))

    assert text == f"Failed to read from path {tree}: {said}"


INVALID = "Invalid filesystem connector configuration: "


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({}, "path property is required"),
        ({"path": None}, "path property is required"),
        ({"path": "  "}, "path property is required"),
        (
            {"path": "/no/such/place"},
            f"{INVALID}path: Value error, Path does not exist: /no/such/place",
        ),
        (
            {"path": "/dev/null"},
            f"{INVALID}path: Value error, Path must be a file or directory: /dev/null",
        ),
        (
            {"path": "/", "errors": "explode"},
            (
                f"{INVALID}errors: Value error, "
                "errors must be one of ['strict', 'replace', 'ignore'], got: explode"
            ),
        ),
        (
            {"path": "/", "include_patterns": ["a"], "exclude_patterns": ["b"]},
            (
                f"{INVALID}root: Value error, "
                "include_patterns and exclude_patterns are mutually exclusive"
            ),
        ),
        (
            {"path": "/", "exclude_patterns": ["!"]},
            (
                f"{INVALID}exclude_patterns: Value error, "
                "not a pattern as in .gitignore: '!'"
            ),
        ),
        (
            {"path": "/", "max_files": 0, "chunk_size": -1},
            (
                f"{INVALID}chunk_size: Input should be greater than 0; "
                "max_files: Input should be greater than 0"
            ),
        ),
        (
            {"path": "/", "paths": "x"},
            f"{INVALID}paths: Extra inputs are not permitted",
        ),
    ],
)
def test_wrong_properties_are_told_by_name_and_rule(
    properties: dict[str, Any], said: str
) -> None:
    factory = FilesystemConnectorFactory(ServiceContainer())

    with pytest.raises(ConnectorConfigError) as raised:
        factory.create(properties)

    assert str(raised.value) == said
    assert factory.can_create(properties) is False


def test_a_path_is_stripped(tree: Path) -> None:
    config = FilesystemConnectorConfig.from_properties({"path": f"  {tree} "})

    assert config.path == tree
    assert config.max_files == 1000


def test_the_editor_learns_the_properties_from_the_model() -> None:
    model = FilesystemConnectorFactory(ServiceContainer()).get_config_model()
    schema = model.model_json_schema()

    assert schema["required"] == ["path"]
    assert schema["additionalProperties"] is False
    assert all("description" in each for each in schema["properties"].values())
