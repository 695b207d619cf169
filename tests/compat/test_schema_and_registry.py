"""Schemas by name and version, and where the process looks for them."""

import json
from pathlib import Path

import pytest

from wct_domain.schemas import Schema as PlainSchema
from wct_entrypoints.api import (
    JsonSchemaLoader,
    Message,
    Schema,
    SchemaLoader,
    SchemaLoadError,
    SchemaRegistry,
)


def put(base: Path, name: str, version: str = "1.0.0", text: str | None = None) -> Path:
    """Write a schema file; return the folder that it is looked up in."""
    path = base / name / version / f"{name}.json"
    path.parent.mkdir(parents=True)
    path.write_text(text or json.dumps({"version": version, "required": ["letters"]}))
    return base


class CountingLoader:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, object]:
        self.asked.append((schema_name, version))
        return {"version": version}


def test_a_schema_is_a_name_and_a_version() -> None:
    schema = Schema("standard_input", "1.0.0")

    assert (schema.name, schema.version) == ("standard_input", "1.0.0")
    assert repr(schema) == "Schema(name='standard_input', version='1.0.0')"


def test_schemas_of_one_name_and_version_are_equal_wherever_they_come_from() -> None:
    one = Schema("letters", "1.0.0")

    assert one == Schema("letters", "1.0.0", CountingLoader())
    assert one == PlainSchema("letters", "1.0.0")
    assert hash(one) == hash(PlainSchema("letters", "1.0.0"))
    assert len({one, PlainSchema("letters", "1.0.0")}) == 1


def test_schemas_of_another_name_or_version_differ() -> None:
    assert Schema("letters", "1.0.0") != Schema("letters", "1.0.1")
    assert Schema("letters", "1.0.0") != Schema("cards", "1.0.0")


@pytest.mark.parametrize("other", ["letters", ("letters", "1.0.0"), None, 1])
def test_a_schema_equals_nothing_else(other: object) -> None:
    assert Schema("letters", "1.0.0") != other


def test_a_schema_of_a_class_of_its_own_is_a_schema_like_any_other() -> None:
    class LettersSchema(PlainSchema):
        def __init__(self) -> None:
            super().__init__("letters", "1.0.0")

    assert LettersSchema() == Schema("letters", "1.0.0")


def test_every_schema_is_an_instance_of_the_public_class() -> None:
    kind: type = Schema

    assert isinstance(PlainSchema("letters", "1.0.0"), kind)
    assert not isinstance("letters", kind)


def test_making_a_schema_reads_nothing_and_checks_nothing() -> None:
    assert Schema("nowhere", "not a version").version == "not a version"


def test_the_json_schema_is_loaded_once_when_it_is_first_asked_for() -> None:
    loader = CountingLoader()
    schema = Schema("letters", "2.0.0", loader)
    assert loader.asked == []

    assert schema.schema is schema.schema
    assert schema.schema == {"version": "2.0.0"}
    assert loader.asked == [("letters", "2.0.0")]


def test_a_schema_without_loader_is_looked_up_in_the_registry(tmp_path: Path) -> None:
    schema = Schema("letters", "1.0.0")
    SchemaRegistry.register_search_path(put(tmp_path, "letters"))

    assert schema.schema == {"version": "1.0.0", "required": ["letters"]}


def test_bundled_schemas_are_found_without_registration() -> None:
    assert Schema("standard_input", "1.0.0").schema["version"] == "1.0.0"


def test_a_loader_is_whatever_can_load() -> None:
    assert isinstance(CountingLoader(), SchemaLoader)
    assert isinstance(JsonSchemaLoader(), SchemaLoader)
    assert not isinstance(object(), SchemaLoader)


def test_a_loader_asks_for_version_1_unless_told_otherwise(tmp_path: Path) -> None:
    loader = JsonSchemaLoader([put(tmp_path, "letters")])

    assert loader.load("letters")["version"] == "1.0.0"


def test_a_loader_looks_in_its_folders_in_order(tmp_path: Path) -> None:
    first = put(tmp_path / "a", "letters", text='{"title": "first"}')
    second = put(tmp_path / "b", "letters", text='{"title": "second"}')
    put(second, "cards", text='{"title": "cards"}')
    loader = JsonSchemaLoader([first, second])

    assert loader.load("letters")["title"] == "first"
    assert loader.load("cards")["title"] == "cards"


def test_a_loader_keeps_what_it_has_read(tmp_path: Path) -> None:
    loader = JsonSchemaLoader([put(tmp_path, "letters")])
    read = loader.load("letters")
    (tmp_path / "letters" / "1.0.0" / "letters.json").unlink()

    assert loader.load("letters") == read


@pytest.mark.parametrize("folders", [None, []])
def test_a_loader_without_folders_finds_the_bundled_schemas(
    folders: list[Path] | None,
) -> None:
    assert JsonSchemaLoader(folders).load("standard_input")


def test_a_schema_that_is_not_there_is_told_with_all_folders(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]

    with pytest.raises(FileNotFoundError) as raised:
        JsonSchemaLoader(folders).load("letters", "3.0.0")

    assert str(raised.value) == (
        f"Schema file for 'letters' version '3.0.0' not found in any of: {folders}"
    )


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "letters", text='{"version": "9.9.9"}')
    path = tmp_path / "letters" / "1.0.0" / "letters.json"

    with pytest.raises(SchemaLoadError) as raised:
        JsonSchemaLoader([tmp_path]).load("letters")

    assert str(raised.value) == (
        f"Schema version mismatch: expected '1.0.0', found '9.9.9' in '{path}'"
    )


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "letters", text="{")
    path = tmp_path / "letters" / "1.0.0" / "letters.json"

    with pytest.raises(SchemaLoadError) as raised:
        JsonSchemaLoader([tmp_path]).load("letters")

    assert str(raised.value).startswith(f"Invalid JSON in schema file '{path}': ")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "letters")
    path = tmp_path / "letters" / "1.0.0" / "letters.json"
    path.write_bytes(b"\xff\xfe\xff")

    with pytest.raises(SchemaLoadError) as raised:
        JsonSchemaLoader([tmp_path]).load("letters")

    assert str(raised.value).startswith(f"Cannot read schema file '{path}': ")


def test_the_bundled_schemas_come_first_and_cannot_be_replaced(tmp_path: Path) -> None:
    fake = put(tmp_path, "standard_input", text='{"version": "1.0.0", "title": "fake"}')
    SchemaRegistry.register_search_path(fake)

    assert SchemaRegistry.get_search_paths()[1:] == [fake]
    assert SchemaRegistry.get_loader().load("standard_input").get("title") != "fake"


def test_a_search_path_is_registered_once(tmp_path: Path) -> None:
    for _ in range(3):
        SchemaRegistry.register_search_path(tmp_path)

    assert SchemaRegistry.get_search_paths().count(tmp_path) == 1


def test_the_search_paths_are_a_copy(tmp_path: Path) -> None:
    SchemaRegistry.get_search_paths().append(tmp_path)

    assert tmp_path not in SchemaRegistry.get_search_paths()


def test_the_process_shares_one_loader_until_a_path_is_registered(
    tmp_path: Path,
) -> None:
    loader = SchemaRegistry.get_loader()
    assert SchemaRegistry.get_loader() is loader

    SchemaRegistry.register_search_path(put(tmp_path, "letters"))

    assert SchemaRegistry.get_loader() is not loader
    assert SchemaRegistry.get_loader().load("letters")


def test_registered_paths_can_be_forgotten(tmp_path: Path) -> None:
    SchemaRegistry.register_search_path(put(tmp_path, "letters"))

    SchemaRegistry.clear_search_paths()

    assert tmp_path not in SchemaRegistry.get_search_paths()
    with pytest.raises(FileNotFoundError):
        SchemaRegistry.get_loader().load("letters")


def test_the_state_of_the_registry_can_be_brought_back(tmp_path: Path) -> None:
    SchemaRegistry.register_search_path(put(tmp_path, "letters"))
    loader = SchemaRegistry.get_loader()
    state = SchemaRegistry.snapshot_state()

    SchemaRegistry.clear_search_paths()
    SchemaRegistry.restore_state(state)

    assert tmp_path in SchemaRegistry.get_search_paths()
    assert SchemaRegistry.get_loader() is loader


def test_a_message_may_follow_a_registered_schema(tmp_path: Path) -> None:
    SchemaRegistry.register_search_path(put(tmp_path, "letters"))
    message = Message("1", {"letters": []}, Schema("letters", "1.0.0"))

    assert message.validate().schema_validated
