"""What a runbook may say, and what becomes of it."""

from pathlib import Path
from typing import Any

import pytest

from tests.compat.bench import Document, Load, Problems, component, runbook, step
from wct_entrypoints.api import (
    AnalyserConfig,
    AnalysisMetadata,
    ConnectorConfig,
    ExecutionStep,
    RunbookLoader,
    RunbookLoadError,
    RunbookSummary,
    RunbookValidationError,
    WaivernError,
)

SHOP = """\
name: Shop audit
description: Finds personal data in the shop
contact: Ann Field <ann@example.org>
connectors:
  - name: files
    type: filesystem_connector
    properties:
      path: ./shop
      exclude_patterns: ["*.png"]
  - name: customers
    type: sqlite_connector
    properties: {database_path: shop.db}
analysers:
  - name: personal
    type: personal_data_analyser
    properties:
      pattern_matching: {ruleset: personal_data, evidence_context_size: small}
    metadata:
      description: Every year
      purpose: art30
  - name: people
    type: data_subject_analyser
execution:
  - id: read
    name: Read the files
    description: ""
    connector: files
    analyser: personal
    input_schema: standard_input
    output_schema: personal_data_finding
    input_schema_version: "1.0.0"
    save_output: true
  - id: subjects
    name: Who is meant
    description: People in the database
    contact: Ben
    connector: customers
    analyser: people
    input_schema: standard_input
    output_schema: data_subject_finding
    context: {asked_by: [dpo]}
"""


def changed(**fields: Any) -> Document:
    """A runbook of one step, some of whose fields are changed."""
    return runbook(step("count", **fields))


def only(document: Document, load: Load) -> ExecutionStep:
    [step] = load(document).execution
    return step


def test_a_missing_file_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "missing.yaml"

    with pytest.raises(RunbookLoadError) as raised:
        RunbookLoader.load(path)

    assert str(raised.value).startswith(f"Cannot read file {path}: ")


def test_a_directory_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RunbookLoadError, match=f"^Cannot read file {tmp_path}: "):
        RunbookLoader.load(tmp_path)


def test_text_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "runbook.yaml"
    path.write_text("name: [unclosed", encoding="utf-8")

    with pytest.raises(RunbookLoadError) as raised:
        RunbookLoader.load(path)

    assert str(raised.value).startswith(f"Invalid YAML in {path}: ")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "runbook.yaml"
    path.write_bytes(b"name: M\xfcller")

    with pytest.raises(RunbookLoadError) as raised:
        RunbookLoader.load(path)

    assert str(raised.value).startswith(f"Failed to load runbook {path}: ")


def test_yaml_that_would_make_objects_is_refused(load: Load) -> None:
    with pytest.raises(RunbookLoadError, match="Invalid YAML"):
        load("name: !!python/object/apply:os.getcwd []")


def test_yaml_that_is_no_runbook_is_refused(problems: Problems) -> None:
    assert problems("name: Only a name") == [
        "  description: Field required",
        "  connectors: Field required",
        "  analysers: Field required",
        "  execution: Field required",
    ]


def test_load_and_validation_errors_are_errors_of_ours() -> None:
    assert issubclass(RunbookLoadError, WaivernError)
    assert issubclass(RunbookValidationError, WaivernError)


def test_a_runbook_is_loaded_field_by_field(load: Load) -> None:
    shop = load(SHOP)

    assert (shop.name, shop.description) == (
        "Shop audit",
        "Finds personal data in the shop",
    )
    assert shop.connectors[0] == ConnectorConfig(
        name="files",
        type="filesystem_connector",
        properties={"path": "./shop", "exclude_patterns": ["*.png"]},
    )
    assert shop.analysers[1] == AnalyserConfig(
        name="people", type="data_subject_analyser", properties={}, metadata=None
    )
    assert shop.execution[1] == ExecutionStep(
        id="subjects",
        name="Who is meant",
        description="People in the database",
        contact="Ben",
        connector="customers",
        analyser="people",
        input_schema="standard_input",
        output_schema="data_subject_finding",
        context={"asked_by": ["dpo"]},
    )


def test_a_property_that_names_a_variable_has_its_value(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = SHOP.replace("database_path: shop.db", 'database_path: "${SHOP_DB}"')
    monkeypatch.setenv("SHOP_DB", "/elsewhere")
    assert load(named).connectors[1].properties == {"database_path": "/elsewhere"}

    monkeypatch.delenv("SHOP_DB")
    with pytest.raises(RunbookValidationError, match="variable SHOP_DB is not set"):
        load(named)


def test_keys_that_nobody_knows_are_ignored(load: Load) -> None:
    document = runbook(step("count", save_outputs=True, speed=9), colour="red")

    assert not only(document, load).save_output


def test_remarks_on_an_analyser_keep_every_key(load: Load) -> None:
    remarks = load(SHOP).analysers[0].metadata

    assert isinstance(remarks, AnalysisMetadata)
    assert remarks.description == "Every year"
    assert remarks.purpose == "art30"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType]  # any key is an attribute


def test_a_runbook_may_name_a_contact(load: Load) -> None:
    assert load(SHOP).contact == "Ann Field <ann@example.org>"


def test_a_runbook_need_not_name_a_contact(load: Load) -> None:
    assert load(changed()).contact is None


@pytest.mark.parametrize("part", ["connectors", "analysers"])
def test_names_of_components_are_given_once(part: str, problems: Problems) -> None:
    document = runbook(step("count"))
    document[part] = [component(name) for name in ("b", "a", "c", "b", "a")]
    what = part.removesuffix("s")

    assert problems(document) == [
        f"  {part}: Value error, Duplicate {what} names found: ['a', 'b']"
    ]


def test_a_connector_may_be_called_like_an_analyser(load: Load) -> None:
    document = runbook(step("count", connector="same", analyser="same"))

    assert load(document).connectors[0].name == load(document).analysers[0].name


def test_a_runbook_is_summed_up_in_numbers(load: Load) -> None:
    summary = load(SHOP).get_summary()

    assert isinstance(summary, RunbookSummary)
    assert summary.name == "Shop audit"
    assert summary.description == "Finds personal data in the shop"
    assert (summary.connector_count, summary.analyser_count) == (2, 2)
    assert summary.execution_steps == 2
    assert set(summary.connector_types) == {"filesystem_connector", "sqlite_connector"}
    assert set(summary.analyser_types) == {
        "personal_data_analyser",
        "data_subject_analyser",
    }


def test_the_types_of_a_summary_are_named_once(load: Load) -> None:
    document = runbook(
        step("a", connector="one"),
        connectors=[component("one", type="post"), component("two", type="post")],
    )

    assert load(document).get_summary().connector_types == ["post"]


@pytest.mark.parametrize(
    "document",
    [
        runbook(step("a", input_from="a")),
        runbook(step("a", input_from="b"), step("b")),
        runbook(step("a"), step("b", input_from="a")),
        runbook(step("a", connector="x"), connectors=[component("x", type="unheard")]),
        runbook(step("a", input_schema="unheard", output_schema="of")),
    ],
    ids=["cycle", "later step", "not saved", "unknown type", "unknown schema"],
)
def test_what_only_a_run_can_know_is_not_asked_when_loading(
    document: Document, load: Load
) -> None:
    assert load(document).execution
