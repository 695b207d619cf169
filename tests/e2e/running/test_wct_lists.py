"""``wct ls-*`` and ``wct generate-schema``: what is installed."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from tests.e2e.processes import Cli
from tests.e2e.running.runbooks import document, scan
from wct_domain import __version__
from wct_entrypoints.api import RunbookSchemaGenerator


def test_connectors_are_listed_with_what_they_do(cli: Cli) -> None:
    done = cli("ls-connectors")

    lines = done.stdout.splitlines()
    assert lines[0] == f"filesystem_connector  (wct {__version__})"
    assert lines[1].startswith("    Reads ")
    assert lines[2] == "    produces standard_input/1.0.0"
    assert f"sqlite_connector  (wct {__version__})" in lines
    assert (done.exit_code, done.stderr) == (0, "")


def test_analysers_say_what_they_read_and_produce(cli: Cli) -> None:
    done = cli("ls-analysers", "--json")

    listed = json.loads(done.stdout)
    assert [each["name"] for each in listed] == [
        "data_export_analyser",
        "data_subject_analyser",
        "personal_data_analyser",
        "processing_purpose_analyser",
        "source_code_analyser",
    ]
    placeholder, *others = listed
    assert placeholder["input_schemas"] == placeholder["output_schemas"] == []
    for each in others:
        assert each.keys() == {
            *("name", "description", "origin", "input_schemas", "output_schemas")
        }
        assert each["input_schemas"][0] == "standard_input/1.0.0"
        assert each["description"]


def test_rulesets_are_listed_in_every_version(cli: Cli) -> None:
    listed = json.loads(cli("ls-rulesets", "--json").stdout)

    found = {each["name"]: each for each in listed}
    assert found.keys() >= {"personal_data", "data_subjects", "processing_purposes"}
    for each in listed:
        assert each["problem"] is None
        assert len(each["digest"]) == 64
        assert each["patterns"] >= each["rules"] > 0
    assert "personal_data 1.0.0  (wct " in cli("ls-rulesets").stdout


def test_the_schema_is_printed_and_accepts_what_a_run_accepts(cli: Cli) -> None:
    done = cli("generate-schema")

    schema = json.loads(done.stdout)
    assert jsonschema_rs.is_valid(schema, document(scan("a")))
    assert not jsonschema_rs.is_valid(schema, document(scan("a", input_from="a")))
    assert done.stderr == ""


def test_the_schema_is_written_to_a_file(cli: Cli) -> None:
    done = cli("generate-schema", "-o", "new/runbook.schema.json")

    path = Path("new/runbook.schema.json")
    assert json.loads(path.read_text()) == json.loads(cli("generate-schema").stdout)
    assert path.stat().st_mode & 0o777 == 0o644
    assert (done.stdout, done.stderr) == ("", "Wrote new/runbook.schema.json\n")


def test_a_schema_that_cannot_be_written_is_one_line(cli: Cli) -> None:
    Path("file").touch()

    done = cli("generate-schema", "-o", "file/schema.json")

    assert done.exit_code == 1
    assert done.stderr == (
        "Error: Failed to save runbook schema to file/schema.json: "
        "its directory is a file\n"
    )


def test_the_public_generator_writes_the_same_schema(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "schema.json"
    RunbookSchemaGenerator.save_schema(path)

    assert json.loads(path.read_text()) == RunbookSchemaGenerator.generate_schema()
    assert json.loads(path.read_text()) == json.loads(cli("generate-schema").stdout)
    assert not path.read_bytes().endswith(b"\n")


def test_the_schema_that_wct_brings_is_found_by_path_and_url() -> None:
    path = RunbookSchemaGenerator.get_schema_path()

    assert path.parts[-3:] == ("runbook", "1.0.0", "runbook.json")
    assert json.loads(path.read_text())["version"] == "1.0.0"
    assert RunbookSchemaGenerator.SCHEMA_VERSION == "1.0.0"
    assert RunbookSchemaGenerator.get_schema_url() == path.as_uri()


SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*.yaml"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_samples_satisfy_the_schema(path: Path) -> None:
    schema = RunbookSchemaGenerator.generate_schema()

    assert jsonschema_rs.is_valid(schema, yaml.safe_load(path.read_text()))


def test_the_document_on_events_is_printed(cli: Cli) -> None:
    done = cli("generate-schema", "--events")

    document = json.loads(done.stdout)
    assert (document["asyncapi"], document["info"]["version"]) == ("3.0.0", __version__)
    assert document["components"]["messages"]["step-completed-1"]["examples"]
    assert done.stderr == ""


def test_the_schema_of_one_event_is_printed_or_written(cli: Cli) -> None:
    done = cli("generate-schema", "--event", "step.completed/1")
    assert json.loads(done.stdout)["title"] == "step.completed/1"

    written = cli("generate-schema", "--event", "step.completed/1", "-o", "event.json")
    assert written.stderr == "Wrote event.json\n"
    assert json.loads(Path("event.json").read_text()) == json.loads(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--event", "step.completed"], "'step.completed/1' is one"),
        (["--event", "nothing/1"], "known are run.started/1, "),
        (["--event", "step.completed/1", "--events"], "two documents: keep one"),
    ],
)
def test_a_schema_of_no_event_is_a_usage_error(
    cli: Cli, arguments: list[str], text: str
) -> None:
    done = cli("generate-schema", *arguments)

    assert done.exit_code == 2
    assert text in done.stderr
    assert done.stdout == ""
