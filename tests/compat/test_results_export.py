"""The file of results, format 1.0.0."""

from datetime import datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.compat.bench import Bench, component, runbook, step
from tests.compat.exports import exported, result
from tests.compat.toys import OddError, analysis, raising
from wct_entrypoints.api import (
    AnalysisMetadata,
    AnalysisResult,
    OrganisationLoader,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "deep" / "results.json"


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


CONTROLLER = """\
data_controller: {name: Example Shop, address: 1 Street, contact_email: dpo@example.org}
"""


def test_an_organisation_file_in_the_directory_is_found(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("organisation.yaml").write_text(CONTROLLER)
    known = exported(path)["export_metadata"]["organisation"]
    assert known["data_controller"]["name"] == "Example Shop"
    loaded = OrganisationLoader.load(Path("organisation.yaml"))
    assert loaded is not None
    assert known == loaded.to_export_metadata()


def test_an_organisation_file_that_cannot_be_used_is_logged_and_left_out(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("organisation.yaml").write_text("data_controller: {name: only}\n")
    with capture_logs() as lines:
        assert OrganisationLoader.load() is None
        assert "organisation" not in exported(path)["export_metadata"]
    assert {each["event"] for each in lines} == {
        "organisation.unusable",
        "organisation.unknown",
    }


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
