"""Finding, reading and keeping JSON Schema files."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from wct_adapters.schemas.json_files import BUNDLED, JsonSchemaLoader
from wct_domain.errors import MessageValidationError, SchemaLoadError
from wct_domain.message import Message
from wct_domain.schemas import Schema, SchemaLoader, SchemaSource

Put = Callable[..., Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, text: str | bytes, base: str = "a") -> Path:
        path = tmp_path / base / name / "1.0.0" / f"{name}.json"
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


@pytest.fixture
def loader(tmp_path: Path) -> JsonSchemaLoader:
    return JsonSchemaLoader([tmp_path / "a", tmp_path / "b"])


def test_it_is_a_loader_and_a_source(loader: JsonSchemaLoader) -> None:
    assert isinstance(loader, SchemaLoader)
    assert isinstance(loader, SchemaSource)


@pytest.mark.parametrize("search_paths", [None, []])
def test_without_search_paths_the_bundled_schemas_are_found(
    search_paths: list[Path] | None,
) -> None:
    loader = JsonSchemaLoader(search_paths)

    assert loader.load("standard_input")["version"] == "1.0.0"


def test_search_paths_replace_the_bundled_schemas(loader: JsonSchemaLoader) -> None:
    with pytest.raises(FileNotFoundError):
        loader.load("standard_input", "1.0.0")


def test_a_schema_that_nobody_has_is_named_with_all_search_paths(
    loader: JsonSchemaLoader, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        loader.load("letter", "2.0.0")

    assert str(raised.value) == (
        "Schema file for 'letter' version '2.0.0' not found in any of: "
        f"{[tmp_path / 'a', tmp_path / 'b']}"
    )


@pytest.mark.parametrize(
    "name", ["../secret", "", ".", "..", "a/b", "/etc", "x\0y", "n" * 5000]
)
def test_a_name_cannot_lead_out_of_the_search_paths(name: str, put: Put) -> None:
    outside = put("secret", '{"version": "1.0.0"}', base="outside")
    loader = JsonSchemaLoader([outside.parents[2] / "a"])

    with pytest.raises(FileNotFoundError):
        loader.load(name, "1.0.0")
    with pytest.raises(FileNotFoundError):
        loader.load("standard_input", name)


def test_the_first_search_path_that_has_it_wins(
    loader: JsonSchemaLoader, put: Put
) -> None:
    put("letter", '{"title": "first"}', base="a")
    put("letter", '{"title": "second"}', base="b")

    assert loader.load("letter")["title"] == "first"


def test_a_later_search_path_is_used_when_the_earlier_has_nothing(
    loader: JsonSchemaLoader, put: Put
) -> None:
    put("letter", '{"title": "second"}', base="b")

    assert loader.load("letter")["title"] == "second"


def test_a_schema_is_read_once(loader: JsonSchemaLoader, put: Put) -> None:
    path = put("letter", '{"title": "old"}')
    first = loader.load("letter")
    path.write_text('{"title": "new"}')

    assert loader.load("letter") is first


def test_another_version_in_the_file_is_refused(
    loader: JsonSchemaLoader, put: Put
) -> None:
    path = put("letter", '{"version": "1.0.1"}')

    with pytest.raises(SchemaLoadError) as raised:
        loader.load("letter", "1.0.0")

    assert str(raised.value) == (
        f"Schema version mismatch: expected '1.0.0', found '1.0.1' in '{path}'"
    )


def test_a_file_that_says_no_version_is_taken_as_it_is(
    loader: JsonSchemaLoader, put: Put
) -> None:
    put("letter", "{}")

    assert loader.load("letter") == {}


def test_broken_json_is_refused(loader: JsonSchemaLoader, put: Put) -> None:
    path = put("letter", '{"version": ')

    with pytest.raises(SchemaLoadError) as raised:
        loader.load("letter")

    start = f"Invalid JSON in schema file '{path}': Expecting value: line 1"
    assert str(raised.value).startswith(start)


@pytest.mark.parametrize("text", [b'{"a": "\xff"}', "[" * 100_000])
def test_a_file_that_cannot_be_decoded_is_refused(
    loader: JsonSchemaLoader, put: Put, text: str | bytes
) -> None:
    path = put("letter", text)

    with pytest.raises(SchemaLoadError) as raised:
        loader.load("letter")

    assert str(raised.value).startswith(f"Cannot read schema file '{path}': ")


def test_json_that_is_not_an_object_is_refused(
    loader: JsonSchemaLoader, put: Put
) -> None:
    path = put("letter", "[]")

    with pytest.raises(SchemaLoadError, match="it is not an object"):
        loader.load("letter")
    assert path.exists()


def test_an_object_that_is_no_json_schema_is_told_when_content_is_checked(
    loader: JsonSchemaLoader, put: Put
) -> None:
    path = put("letter", '{"type": "paper"}')

    with pytest.raises(SchemaLoadError) as raised:
        loader.violation("letter", "1.0.0", {})

    assert str(raised.value).startswith(f"Invalid JSON Schema in schema file '{path}'")


def test_content_is_checked_against_the_file(
    loader: JsonSchemaLoader, put: Put
) -> None:
    put("letter", '{"required": ["to"]}')

    assert loader.violation("letter", "1.0.0", {"to": "x"}) is None
    assert loader.violation("letter", "1.0.0", {}) == (
        "root: 'to' is a required property"
    )


def test_a_message_says_which_schema_its_content_breaks(
    loader: JsonSchemaLoader, put: Put
) -> None:
    put("letter", '{"properties": {"to": {"type": "string"}}}')
    message = Message("1", {"to": 7}, Schema("letter", "1.0.0", loader))

    with pytest.raises(MessageValidationError) as raised:
        message.validate()

    assert str(raised.value) == (
        "Schema validation failed for schema 'letter': "
        "to: an integer is not of type 'string'"
    )


def test_threads_share_a_loader(put: Put, tmp_path: Path) -> None:
    for number in range(20):
        put(f"s{number}", json.dumps({"required": [f"p{number}"]}))
    loader = JsonSchemaLoader([tmp_path / "a"])

    def check(number: int) -> tuple[dict[str, Any], str | None]:
        name = f"s{number % 20}"
        return loader.load(name), loader.violation(name, "1.0.0", {})

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(check, range(400)))

    for number, (document, said) in enumerate(results):
        assert document is results[number % 20][0]
        assert said == f"root: 'p{number % 20}' is a required property"


def test_the_bundled_folder_holds_one_file_per_schema_and_version() -> None:
    for path in BUNDLED.rglob("*.json"):
        name, version, file = path.relative_to(BUNDLED).parts
        assert file == f"{name}.json"
        assert JsonSchemaLoader().load(name, version)["version"] == version
