"""``${NAME}`` in a runbook: what is in the environment stays out of the record."""

import json
from pathlib import Path

import pytest

from tests.e2e.processes import Cli
from tests.one_note import write_one_note

SECRET = "the-whereabouts-of-9421"


@pytest.fixture
def runbook(monkeypatch: pytest.MonkeyPatch) -> Path:
    path = write_one_note(Path())
    path.write_text(path.read_text().replace("note.txt", "'${WHERE_IT_IS}'"))
    monkeypatch.setenv("WHERE_IT_IS", "note.txt")
    return path


def test_a_step_gets_the_value(cli: Cli, runbook: Path) -> None:
    assert cli("run", runbook).exit_code == 0


def test_a_variable_that_is_not_set_is_named_before_the_run(
    cli: Cli, runbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WHERE_IT_IS")
    said = (
        "connectors -> 0 -> properties -> path: environment variable WHERE_IT_IS is "
        "not set; set it, or write ${WHERE_IT_IS:-DEFAULT}"
    )
    for command, prefix in (("run", ""), ("validate-runbook", "error: ")):
        result = cli(command, runbook)
        assert result.exit_code == 1
        assert f"runbook.yaml:3: {prefix}{said}\n" in result.stdout + result.stderr
        assert "does not exist" not in result.stdout
    assert "No runs yet" in cli("runs").stderr


@pytest.mark.parametrize("process", [False, True], ids=["here", "child"])
def test_a_value_stays_out_of_ledger_results_and_errors(
    cli: Cli,
    runbook: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    process: bool,
) -> None:
    monkeypatch.setenv("WHERE_IT_IS", SECRET)
    flow = "output_schema: personal_data_finding"
    text = runbook.read_text()
    runbook.write_text(text.replace(flow, f"{flow}, timeout: 60") if process else text)
    result = cli("run", runbook, "--verbose")
    assert result.exit_code == 3
    assert SECRET not in result.stdout + result.stderr
    assert "${WHERE_IT_IS}" in result.stdout + result.stderr
    shown = cli("show", "latest").stdout + cli("replay", "latest").stdout
    assert SECRET not in shown
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert len(files) > 4
    assert not [each for each in files if SECRET.encode() in each.read_bytes()]


def test_another_value_is_why_a_step_came_out_differently(
    cli: Cli, runbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("run", runbook).exit_code == 0
    Path("other.txt").write_text("write to jane@letters.example")
    monkeypatch.setenv("WHERE_IT_IS", "other.txt")
    assert cli("run", runbook).exit_code == 0
    causes = json.loads(cli("why", "latest", "scan", "--json").stdout)["causes"]
    assert any("path" in json.dumps(each) for each in causes)
    assert "other.txt" not in json.dumps(causes)


def test_a_failed_run_is_gone_on_with_when_the_variable_is_right(
    cli: Cli, runbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHERE_IT_IS", "nowhere.txt")
    assert cli("run", runbook).exit_code == 3
    monkeypatch.setenv("WHERE_IT_IS", "note.txt")
    assert cli("resume", "latest", "--accept-changes").exit_code == 0
