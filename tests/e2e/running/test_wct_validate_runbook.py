"""``wct validate-runbook`` says everything at once, and runs nothing."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli
from tests.e2e.running.runbooks import scan, write

INPUT = "standard_input"
FINDING = re.compile(r"^wrong\.yaml:(\d+): (\w+): ([^:]+): ")
WRONG = """\
name: Wrong
description: in many ways
conector: x
connectors:
  - name: note
    type: filesystem
    properties: {path: note.txt}
analysers:
  - name: personal_data
    type: personal_data_analyser
    properties:
      pattern_matching: {ruleset: personal_data, maximum_evidence_count: 999}
execution:
  - id: a
    name: A
    name: Again
    description: ""
    connector: note
    analyser: personal_data
    input_schema: standard_input
    output_schema: personal_data_finding
    output_schema_version: 1.0
  - id: b
    name: B
    description: ""
    input_from: a
    analyser: nobody
    input_schema: standard_input
    output_schema: personal_data_finding
"""


def test_all_findings_are_listed_in_the_order_of_the_file(cli: Cli) -> None:
    Path("wrong.yaml").write_text(WRONG)

    done = cli("validate-runbook", "wrong.yaml")

    *lines, verdict = done.stdout.splitlines()
    assert [FINDING.findall(line) for line in lines] == [
        [found]
        for found in (
            ("3", "warning", "conector"),
            ("6", "error", "connectors -> 0 -> type"),
            (
                "12",
                "error",
                (
                    "analysers -> 0 -> properties -> pattern_matching -> "
                    "maximum_evidence_count"
                ),
            ),
            ("16", "error", "execution -> 0 -> name"),
            ("22", "error", "execution -> 0 -> output_schema_version"),
            ("26", "error", "execution -> 1 -> input_from"),
            ("27", "error", "execution -> 1 -> analyser"),
        )
    ]
    assert verdict == "wrong.yaml is not valid: 6 errors, 1 warning"
    assert (done.exit_code, done.stderr) == (1, "")


def test_a_valid_runbook_is_summed_up_with_its_execution_order(cli: Cli) -> None:
    runbook = write(
        scan("second", input_from="first", analyser=None, output_schema=INPUT),
        scan("first", analyser=None, output_schema=INPUT, save_output=True),
        scan("third"),
    )

    done = cli("validate-runbook", runbook)

    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "notes.yaml is valid",
        "",
        "Notes: 1 connector, 1 analyser, 3 steps",
    ]
    assert [line.split() for line in lines[4:]] == [
        ["1", "first", "note", "-", INPUT],
        ["2", "third", "note", "personal_data", "personal_data_finding"],
        ["3", "second", "step", "first", "-", INPUT],
    ]


@pytest.mark.parametrize(("options", "status"), [([], 0), (["--strict"], 1)])
def test_warnings_are_errors_only_if_one_is_strict(
    cli: Cli, options: list[str], status: int
) -> None:
    runbook = write(scan("a", colour="red"))

    done = cli("validate-runbook", runbook, *options)

    assert done.exit_code == status
    assert "warning: execution -> 0 -> colour: unknown key" in done.stdout


def test_json_is_one_object_with_every_finding(cli: Cli) -> None:
    Path("wrong.yaml").write_text(WRONG)

    done = cli("validate-runbook", "wrong.yaml", "--json")

    report: dict[str, Any] = json.loads(done.stdout)
    findings = report.pop("findings")
    assert report == {
        "runbook": "wrong.yaml",
        "valid": False,
        "errors": 6,
        "warnings": 1,
        "name": None,
        "order": [],
    }
    assert findings[0] == {
        "level": "warning",
        "line": 3,
        "field": "conector",
        "location": ["conector"],
        "message": "unknown key, which is ignored",
        "way_out": "did you mean 'connectors'?",
        "stops_run": False,
    }
    assert len(findings) == 7
    assert done.exit_code == 1


def test_json_of_a_valid_runbook_has_the_order(cli: Cli) -> None:
    report = json.loads(cli("validate-runbook", write(), "--json").stdout)

    assert (report["valid"], report["name"], report["order"]) == (
        True,
        "Notes",
        ["look"],
    )


def test_json_says_too_that_a_file_is_no_yaml(cli: Cli) -> None:
    Path("bad.yaml").write_text("name: x\nsteps: [\n")

    done = cli("validate-runbook", "bad.yaml", "--json")

    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["message"].startswith("Invalid YAML in bad.yaml: line 3, column 1: ")
    assert finding["line"] == 3
    assert (done.exit_code, done.stderr) == (1, "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"name: x\nb\xe4d: y\n", "line 2 is not UTF-8 text"),
        (b"name: x\nbell: \x07\n", "line 2: "),
        (b"name: x\na: " + b"[" * 600, "line 2: it is nested too deeply"),
    ],
)
def test_json_has_the_line_of_whatever_is_no_yaml(
    cli: Cli, text: bytes, says: str
) -> None:
    Path("bad.yaml").write_bytes(text)

    done = cli("validate-runbook", "bad.yaml", "--json")

    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["line"] == 2
    assert says in finding["message"]


def test_a_database_that_is_not_there_is_told_before_the_run(cli: Cli) -> None:
    shop = {
        "name": "note",
        "type": "sqlite_connector",
        "properties": {"database_path": "shop.db"},
    }

    done = cli("validate-runbook", write(connectors=[shop]))

    assert done.exit_code == 1
    assert (
        "error: connectors -> 0 -> properties -> database_path: "
        "SQLite database file not found: shop.db\n"
    ) in done.stdout


def test_components_are_asked_whether_they_can_be_made(cli: Cli) -> None:
    analyser = {
        "name": "personal_data",
        "type": "personal_data_analyser",
        "properties": {"pattern_matching": {"ruleset": "no_such_ruleset"}},
    }

    done = cli("validate-runbook", write(analysers=[analyser]))

    assert done.exit_code == 1
    assert "Cause: Ruleset no_such_ruleset not registered" in done.stdout


def test_nothing_is_recorded_or_written(cli: Cli) -> None:
    cli("validate-runbook", write())

    assert sorted(each.name for each in Path().iterdir()) == ["note.txt", "notes.yaml"]
