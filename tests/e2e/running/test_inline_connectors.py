"""``connector: {type: artifact, …}``: recorded as if it said ``input_from``."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli
from tests.e2e.running.runbooks import scan, write
from wct_entrypoints.api import Executor, RunbookLoader

READ = {
    "id": "read",
    "name": "Read",
    "description": "",
    "connector": "note",
    "input_schema": "standard_input",
    "output_schema": "standard_input",
    "save_output": True,
}
INLINE = {"type": "artifact", "properties": {"step_id": "read"}}
NOTE = {"type": "filesystem_connector", "properties": {"path": "note.txt"}}


def recorded(cli: Cli) -> list[dict[str, Any]]:
    """What the last run is about, and what it refers to, less time and chance."""
    done = cli("events", "latest", "--json")
    facts: list[dict[str, Any]] = []
    for line in done.stdout.splitlines():
        event = json.loads(line)
        data = event["data"]
        for varying in ("duration", "at", "seed", "document", "scope"):
            data.pop(varying, None)
        if "result" in data:
            data["result"] = data["result"]["content"]
        facts.append({"type": event["type"], **data})
    return facts


def test_what_is_recorded_does_not_tell_the_forms_apart(cli: Cli) -> None:
    write(READ, scan("look", input_from="read"), to="old.yaml")
    write(
        {**READ, "connector": {**NOTE, "name": "note"}},
        scan("look", connector=INLINE),
        to="new.yaml",
        connectors=[],
    )
    facts: list[list[dict[str, Any]]] = []
    for path in ("old.yaml", "new.yaml"):
        assert cli("run", path, "--quiet").exit_code == 0
        facts.append(recorded(cli))
    assert facts[0] == facts[1]
    assert facts[0][0]["steps"][1] == {
        "id": "look",
        "input_from": "read",
        "analyser": "personal_data",
    }


def test_a_run_resumes_with_the_other_form_of_its_runbook(cli: Cli) -> None:
    path = write(READ, scan("look", input_from="read"))
    Path("note.txt").unlink()
    assert cli("run", str(path), "--quiet").exit_code == 3
    write(READ, scan("look", connector=INLINE))
    assert cli("resume", "latest", "--quiet").exit_code == 0


def test_validation_tells_the_line_of_the_inline_connector(cli: Cli) -> None:
    path = write(READ, scan("look", connector=INLINE))
    lines = path.read_text().splitlines()
    path.write_text(path.read_text().replace("step_id: read", "step_id: reed"))

    done = cli("validate-runbook", str(path))

    line = next(n for n, each in enumerate(lines, 1) if "step_id: read" in each)
    assert done.exit_code == 1
    assert f"{path}:{line}: error: execution -> 1 -> connector" in done.stdout
    assert "did you mean 'read'?" in done.stdout


def test_a_variable_that_is_not_set_is_told_where_the_connector_is(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOTE_PATH", raising=False)
    inline = {"type": "filesystem_connector", "properties": {"path": "${NOTE_PATH}"}}
    path = write({**READ, "connector": inline}, connectors=[])

    refused = cli("run", str(path))
    assert refused.exit_code == 1
    place = "execution -> 0 -> connector -> properties -> path"
    assert f"{place}: environment variable NOTE_PATH is not set" in refused.stderr

    monkeypatch.setenv("NOTE_PATH", "note.txt")
    assert cli("run", str(path), "--quiet").exit_code == 0


def test_the_python_interface_takes_it_too(cli: Cli) -> None:
    path = write(READ, scan("look", connector=INLINE))

    assert RunbookLoader.load(path).execution[1].input_from == "read"
    results = Executor.create_with_built_ins().execute_runbook(path)

    assert [each.success for each in results] == [True, True]
