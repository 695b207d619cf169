"""The file of results, format 1.0.0."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.compat.bench import Bench, component, runbook, step
from tests.compat.toys import OddError, analysis, raising
from wct_entrypoints.api import (
    AnalysisMetadata,
    AnalysisResult,
    AnalysisResultsExporter,
    ExportError,
)


def result(**fields: Any) -> AnalysisResult:
    defaults: dict[str, Any] = {
        "analysis_name": "Count",
        "analysis_description": "All of it",
        "input_schema": "letters",
        "output_schema": "counts",
        "data": {"count": 2},
        "success": True,
    }
    return AnalysisResult(**{**defaults, **fields})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "deep" / "results.json"


def exported(path: Path, *results: AnalysisResult, **fields: Any) -> Any:
    AnalysisResultsExporter.save_to_json([*results], path, **fields)
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_result_needs_what_it_was_and_whether_it_succeeded() -> None:
    with pytest.raises(ValueError, match="5 validation errors"):
        AnalysisResult.model_validate({"analysis_name": "Count"})

    one = result()
    assert (one.metadata, one.contact, one.error_message) == (None, None, None)


def test_a_file_holds_metadata_and_results_in_this_shape(path: Path) -> None:
    before = datetime.now()  # noqa: DTZ005  # as the format has it

    document = exported(path, result(), result(success=False, error_message="ink"))

    stamp = datetime.fromisoformat(document["export_metadata"].pop("timestamp"))
    assert stamp.tzinfo is None
    assert before <= stamp <= datetime.now()  # noqa: DTZ005  # as above
    assert document == {
        "export_metadata": {
            "total_results": 2,
            "successful_results": 1,
            "failed_results": 1,
            "runbook_path": None,
            "runbook_contact": None,
            "export_format_version": "1.0.0",
        },
        "results": [
            {
                "analysis_name": "Count",
                "analysis_description": "All of it",
                "input_schema": "letters",
                "output_schema": "counts",
                "data": {"count": 2},
                "success": True,
            },
            {
                "analysis_name": "Count",
                "analysis_description": "All of it",
                "input_schema": "letters",
                "output_schema": "counts",
                "data": {"count": 2},
                "success": False,
                "error_message": "ink",
            },
        ],
    }


def test_the_keys_of_a_file_are_in_the_order_of_the_format(path: Path) -> None:
    whole = result(
        metadata=AnalysisMetadata(description="Yearly"), contact="Ann", step_id="a"
    )

    document = exported(path, whole)

    assert [*document] == ["export_metadata", "results"]
    assert [*document["export_metadata"]] == [
        "timestamp",
        "total_results",
        "successful_results",
        "failed_results",
        "runbook_path",
        "runbook_contact",
        "export_format_version",
    ]
    assert [*document["results"][0]] == [
        "analysis_name",
        "analysis_description",
        "input_schema",
        "output_schema",
        "data",
        "metadata",
        "success",
        "contact",
        "step_id",
    ]


def test_null_is_kept_in_data_and_dropped_from_remarks(path: Path) -> None:
    remarks = AnalysisMetadata.model_validate(
        {"description": None, "purpose": "audit", "owner": None}
    )

    [one] = exported(path, result(data={"count": None}, metadata=remarks))["results"]

    assert one["data"] == {"count": None}
    assert one["metadata"] == {"purpose": "audit"}


def test_an_empty_error_message_is_told_as_it_is(path: Path) -> None:
    [one] = exported(path, result(success=False, error_message=""))["results"]

    assert one["error_message"] == ""


def test_the_runbook_is_named_as_given_with_its_contact(
    path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = bench.file(runbook(step("count"), contact="Zoe <zoe@example.org>"))
    monkeypatch.chdir(file.parent)

    document = exported(path, runbook_path=Path(file.name))

    assert document["export_metadata"]["runbook_path"] == "runbook.yaml"
    assert document["export_metadata"]["runbook_contact"] == "Zoe <zoe@example.org>"


@pytest.mark.parametrize("text", [None, "name: [", "name: Incomplete"])
def test_a_runbook_that_cannot_be_read_has_no_contact(
    text: str | None, path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "runbook.yaml"
    if text is not None:
        file.write_text(text)

    metadata = exported(path, runbook_path=file)["export_metadata"]

    assert metadata["runbook_path"] == str(file)
    assert metadata["runbook_contact"] is None


def test_an_organisation_is_named_where_the_caller_knows_one(path: Path) -> None:
    shop = {"data_controller": {"name": "Shop Ltd"}}

    known = exported(path, organisation_config=shop)["export_metadata"]

    assert known["organisation"] == shop
    assert "organisation" not in exported(path)["export_metadata"]


def test_a_file_is_indented_by_two_and_ends_without_a_line_break(path: Path) -> None:
    exported(path, result(analysis_name="Zählung 📮"))

    text = path.read_text(encoding="utf-8")
    assert '\n    {\n      "analysis_name": "Zählung 📮",\n' in text
    assert text.endswith("\n}")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def test_times_become_text(path: Path) -> None:
    data = {"at": datetime(2026, 1, 5, 12, tzinfo=UTC), "on": date(2026, 1, 5)}

    [one] = exported(path, result(data=data))["results"]

    assert one["data"] == {"at": "2026-01-05T12:00:00+00:00", "on": "2026-01-05"}


def test_what_is_not_json_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    old = exported(path, result())

    with pytest.raises(TypeError):
        exported(path, result(data={"at": object()}))

    assert json.loads(path.read_text(encoding="utf-8")) == old
    assert [*path.parent.iterdir()] == [path]


def test_what_is_not_json_leaves_no_file_where_there_was_none(path: Path) -> None:
    with pytest.raises(TypeError):
        exported(path, result(data={"at": object()}))

    assert not path.exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "results.json"

    with pytest.raises(ExportError) as raised:
        exported(path, result())

    assert str(raised.value).startswith(f"Failed to save analysis results to {path}: ")


def test_results_of_a_run_are_written_with_step_and_versions(
    path: Path, bench: Bench
) -> None:
    bench.employ(analysis("broken", raising(OddError("out of ink"))))

    results = bench.run(
        step("a", contact="Ann"),
        step("b", analyser="broken"),
        analysers=[
            component("counter", metadata={"purpose": "x"}),
            component("broken"),
        ],
    )

    assert exported(path, *results)["results"] == [
        {
            "analysis_name": "Step a",
            "analysis_description": "What a does",
            "input_schema": "letters",
            "output_schema": "counts",
            "data": {"count": 2},
            "metadata": {"purpose": "x"},
            "success": True,
            "contact": "Ann",
            "step_id": "a",
            "input_schema_version": "1.0.0",
            "output_schema_version": "1.0.0",
        },
        {
            "analysis_name": "Step b",
            "analysis_description": "What b does",
            "input_schema": "letters",
            "output_schema": "counts",
            "data": {},
            "success": False,
            "error_message": "out of ink",
            "step_id": "b",
        },
    ]


def deep(levels: int) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for _ in range(levels):
        content = {"in": content}
    return content


@pytest.mark.parametrize(
    "data", [{"address": 2**127}, deep(400), {"at": [2**64, date(2026, 1, 5)]}]
)
def test_json_without_usual_bounds_is_written_as_it_is(
    data: dict[str, Any], path: Path
) -> None:
    [one] = exported(path, result(data=data))["results"]

    assert one["data"] == json.loads(json.dumps(data, default=date.isoformat))


def test_numbers_as_keys_become_text(path: Path) -> None:
    [one] = exported(path, result(data={"by_year": {2026: 7, 2027: None}}))["results"]

    assert one["data"] == {"by_year": {"2026": 7, "2027": None}}


def test_data_that_contains_itself_is_refused(path: Path) -> None:
    data: dict[str, Any] = {}
    data["self"] = data

    with pytest.raises(TypeError, match="not JSON"):
        exported(path, result(data=data))
