"""The JSON Schema of runbooks: an editor says what loading would say."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.compat.bench import Document, Load, component, runbook, step
from wct_adapters.schemas.compiled import CompiledSchema
from wct_entrypoints.api import (
    RunbookSchemaGenerator,
    RunbookValidationError,
    SchemaRegistry,
)

Change = Callable[[Document], object]


@pytest.fixture(scope="module")
def schema() -> Document:
    state = SchemaRegistry.snapshot_state()
    generated = RunbookSchemaGenerator.generate_schema()
    SchemaRegistry.restore_state(state)
    return generated


@pytest.fixture(scope="module")
def editor(schema: Document) -> CompiledSchema:
    return CompiledSchema(schema)


def definition(schema: Document, name: str) -> Document:
    found: Document = schema["$defs"][name]
    return found


def texts(field: Document) -> Document:
    """The part of an optional field that is about text."""
    [found] = [each for each in field["anyOf"] if each.get("type") == "string"]
    return dict(found)


def test_a_schema_of_runbooks_is_an_object_with_definitions(schema: Document) -> None:
    assert schema["type"] == "object"
    assert {"properties", "required", "$defs"} <= schema.keys()


def test_a_schema_says_what_it_is(schema: Document) -> None:
    assert [*schema][:2] == ["$schema", "version"]
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["version"] == "1.0.0"
    assert schema["title"] == "WCT Runbook"
    assert schema["description"]


def test_every_field_of_a_step_is_described(schema: Document) -> None:
    described = definition(schema, "ExecutionStep")

    assert described["properties"].keys() == {
        "id",
        "name",
        "description",
        "contact",
        "connector",
        "input_from",
        "analyser",
        "input_schema",
        "output_schema",
        "input_schema_version",
        "output_schema_version",
        "save_output",
        "context",
        "retry",
        "timeout",
    }
    assert {*described["required"]} == {
        "id",
        "name",
        "description",
        "input_schema",
        "output_schema",
    }


def test_every_part_of_a_runbook_is_described(schema: Document) -> None:
    parts = {"name", "description", "contact", "connectors", "analysers", "execution"}

    assert schema["properties"].keys() == parts
    assert {*schema["required"]} == parts - {"contact", "connectors"}
    # Steps may have connectors of their own; where none has, the list is required.
    assert schema["anyOf"][0] == {"required": ["connectors"]}


def test_components_and_steps_are_defined(schema: Document) -> None:
    names = {"AnalyserConfig", "AnalysisMetadata", "ConnectorConfig", "ExecutionStep"}

    assert names <= schema["$defs"].keys()
    for part, name in [
        ("connectors", "ConnectorConfig"),
        ("analysers", "AnalyserConfig"),
        ("execution", "ExecutionStep"),
    ]:
        assert schema["properties"][part]["items"] == {"$ref": f"#/$defs/{name}"}
    assert {*definition(schema, "ConnectorConfig")["required"]} == {"name", "type"}
    assert definition(schema, "AnalysisMetadata")["additionalProperties"] is True


def test_a_schema_is_json(schema: Document) -> None:
    assert json.loads(json.dumps(schema)) == schema


def test_the_bundled_schema_is_in_a_folder_of_its_version() -> None:
    path = RunbookSchemaGenerator.get_schema_path()

    assert path.parts[-3:] == ("runbook", "1.0.0", "runbook.json")
    assert json.loads(path.read_text(encoding="utf-8"))["version"] == "1.0.0"


def test_the_url_of_the_schema_leads_to_the_bundled_one() -> None:
    url = RunbookSchemaGenerator.get_schema_url()

    assert url.startswith("file://")
    assert url.endswith("/runbook/1.0.0/runbook.json")


def test_the_version_is_the_same_wherever_it_is_said(schema: Document) -> None:
    version = RunbookSchemaGenerator.SCHEMA_VERSION

    assert version == schema["version"] == "1.0.0"
    assert f"/{version}/" in RunbookSchemaGenerator.get_schema_url()


def test_a_schema_can_be_saved_where_no_folder_is_yet(tmp_path: Path) -> None:
    path = tmp_path / "some" / "where" / "schema.json"

    RunbookSchemaGenerator.save_schema(path)

    text = path.read_text(encoding="utf-8")
    assert json.loads(text) == RunbookSchemaGenerator.generate_schema()
    assert text.startswith('{\n  "$schema": ')


def test_names_and_versions_follow_patterns(schema: Document) -> None:
    name = "^[a-zA-Z0-9._-]+$"
    described = definition(schema, "ExecutionStep")["properties"]

    assert described["id"]["pattern"] == name
    for each in ("ConnectorConfig", "AnalyserConfig"):
        assert definition(schema, each)["properties"]["name"]["pattern"] == name
    for each in ("connector", "input_from", "analyser"):
        assert texts(described[each])["pattern"] == name
    for each in ("input_schema_version", "output_schema_version"):
        assert "pattern" in texts(described[each])


def test_lists_hold_at_least_one_thing(schema: Document) -> None:
    for part in ("connectors", "analysers", "execution"):
        described = schema["properties"][part]
        assert (described["type"], described["minItems"]) == ("array", 1)


def valid() -> Document:
    return runbook(
        step("a", save_output=True, contact=None, input_schema_version="1.0.0"),
        step("b", input_from="a", analyser=None, connector=None, context={"x": 1}),
        connectors=[component("post", properties={"box": 1})],
        analysers=[component("counter", metadata={"purpose": "audit"})],
        contact="Ann",
        unheard_of="ignored",
    )


def test_a_runbook_that_loads_is_right_for_an_editor(
    editor: CompiledSchema, load: Load
) -> None:
    assert load(valid()).execution
    assert editor.violation(valid()) is None


def changed_step(**fields: Any) -> Change:
    return lambda document: document["execution"][0].update(fields)


def without(field: str) -> Change:
    return lambda document: document["execution"][0].pop(field)


MISTAKES: list[Change] = [
    lambda document: document.pop("description"),
    lambda document: document.update(name=""),
    lambda document: document.update(connectors=[]),
    lambda document: document.update(contact=7),
    lambda document: document["connectors"][0].update(name="a b"),
    lambda document: document["connectors"][0].update(properties=None),
    lambda document: document["analysers"][0].update(metadata="yearly"),
    without("id"),
    without("connector"),
    changed_step(input_from="b"),
    changed_step(connector=None),
    changed_step(name=""),
    changed_step(description=None),
    changed_step(input_schema_version="1.0"),
    changed_step(output_schema_version="v1.0.0"),
    changed_step(input_schema_version=1.0),
    changed_step(save_output="perhaps"),
]


@pytest.mark.parametrize("change", MISTAKES)
def test_a_runbook_that_does_not_load_is_wrong_for_an_editor(
    change: Change, editor: CompiledSchema, load: Load
) -> None:
    document = valid()
    change(document)

    with pytest.raises(RunbookValidationError):
        load(document)
    assert editor.violation(document) is not None


def test_properties_of_installed_components_are_described(
    editor: CompiledSchema,
) -> None:
    document = valid()
    files = component("post", type="filesystem_connector", properties={"path": "."})
    document["connectors"] = [files]
    assert editor.violation(document) is None

    files["properties"]["max_files"] = -1
    assert editor.violation(document) is not None
