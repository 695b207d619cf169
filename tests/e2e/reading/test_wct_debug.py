"""``wct debug``: one step done again."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.letters import LETTERS
from tests.e2e.processes import Cli, Wct
from tests.e2e.reading.ledgers import Records
from tests.e2e.terminals import on_a_terminal

SECRET = "anna.secret@shop.example"


@pytest.fixture
def run(cli: Cli, tmp_path: Path) -> str:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text(f"my email is {SECRET}\n")
    Path("runbook.yaml").write_text(LETTERS)
    assert cli("run", "runbook.yaml", "--quiet").exit_code == 0
    runs: list[dict[str, Any]] = json.loads(cli("runs", "--json").stdout)
    return str(runs[0]["run"])


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Any, message: Any) -> Any:
        text = message.content["data"][0]["content"]
        raise ZeroDivisionError(text)

    monkeypatch.setattr(
        "wct_adapters.analysers.personal_data.PersonalDataAnalyser._analyse", fail
    )


def test_a_step_that_succeeds_says_so(cli: Cli, run: str) -> None:
    result = cli("debug", run, "scan")
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = result.stdout.splitlines()
    assert first.startswith("scan completed in ")
    assert second == "That is what is recorded of it, too."


def test_the_traceback_of_the_real_exception_is_shown_masked(
    cli: Cli, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(monkeypatch)
    result = cli("debug", run, "scan")
    assert result.exit_code == 3
    assert result.stderr.startswith("Traceback (most recent call last):\n")
    assert "raise ZeroDivisionError(text)" in result.stderr
    assert SECRET not in result.stderr
    assert "Recorded is something else: completed" in result.stdout


def test_it_records_nothing(cli: Cli, run: str) -> None:
    ledger = Path(".wct", "ledger.db")
    before = ledger.read_bytes()
    assert cli("debug", run, "scan").exit_code == 0
    assert ledger.read_bytes() == before


def test_a_source_that_changed_is_named(cli: Cli, run: str) -> None:
    Path("letters", "two.txt").write_text("nothing")
    assert "Its source has changed since" in cli("debug", run, "scan").stdout


def test_a_source_that_is_gone_is_named(cli: Cli, run: str) -> None:
    Path("letters").rename("elsewhere")
    result = cli("debug", run, "scan")
    assert result.exit_code == 3
    assert "its source is not available now" in result.stdout


def test_a_component_that_is_not_installed_is_named(cli: Cli, records: Records) -> None:
    records.completed()
    result = cli("debug", "latest", "kept")
    assert result.exit_code == 1
    assert "no analyser of type 'counting_analyser' is installed" in result.stderr


def test_a_step_that_is_none_is_named(cli: Cli, run: str) -> None:
    result = cli("debug", run, "sca")
    assert result.exit_code == 1
    assert "has no step 'sca'" in result.stderr


def test_the_debugger_needs_a_terminal(cli: Cli, run: str) -> None:
    result = cli("debug", run, "scan", "--pdb")
    assert result.exit_code == 2
    assert "needs a terminal" in result.stderr


def test_the_debugger_stands_where_the_step_failed(
    wct: Wct, cli: Cli, run: str
) -> None:
    Path("letters").rename("elsewhere")
    command = ("debug", run, "scan", "--pdb")
    wide = {"COLUMNS": "200", "TERM": "dumb"}
    seen = on_a_terminal(wct, *command, keys="p 6 * 7\nq\n", env=wide)
    assert seen.status == 3
    assert "(Pdb)" in seen.text
    assert "42" in seen.text


def beside(cli: Cli, run: str) -> list[dict[str, Any]]:
    """Events that belong to a run and are not in its own stream."""
    own = {each["id"] for each in events(cli, run)}
    found = (each for each in events(cli, "--all") if each["id"] not in own)
    return [each for each in found if each["correlation_id"] == run]


def events(cli: Cli, which: str) -> list[dict[str, Any]]:
    lines = cli("events", which, "--json").stdout.splitlines()
    return [json.loads(line) for line in lines]


def test_it_is_recorded_beside_the_run_if_somebody_says_so(cli: Cli, run: str) -> None:
    before = cli("events", run, "--json").stdout
    result = cli("debug", run, "scan", "--record")
    assert result.exit_code == 0
    assert f"Recorded as artifacts/{run}/" in result.stdout
    assert cli("events", run, "--json").stdout == before
    note, *rest = beside(cli, run)
    assert [each["type"] for each in rest] == [
        "step.started/1",
        "source.read/1",
        "step.completed/1",
    ]
    assert note["data"]["name"] == "step.debugged"
    assert note["data"]["data"]["verdict"] == "the same"
    started = next(each for each in events(cli, run) if "seed" in each["data"])
    assert note["causation_id"] == started["id"]
    assert cli("verify", run).exit_code == 0
    (again,) = json.loads(cli("runs", "--json").stdout)
    assert again["run"] == run


def test_what_is_recorded_of_it_is_sealed_and_erased_with_the_run(
    cli: Cli, run: str
) -> None:
    from wct_entrypoints.bootstrap.ledgers import open_ledger

    assert cli("debug", run, "scan", "--record").exit_code == 0
    blob = beside(cli, run)[-1]["data"]["result"]["blob"]
    ledger = open_ledger(Path(".wct", "ledger.db"), create=False, read_only=True)
    assert ledger.blob(blob)[:1] == b"\3"
    ledger.close()
    assert cli("erase", run, "--reason", "other", "--yes").exit_code == 0
    ledger = open_ledger(Path(".wct", "ledger.db"), create=False, read_only=True)
    assert blob not in set(ledger.blob_digests())
    ledger.close()


def test_of_a_run_that_was_pruned_it_says_so(cli: Cli, run: str) -> None:
    assert cli("ledger", "prune", "--older-than", "0d", "--yes").exit_code == 0
    result = cli("debug", run, "scan")
    why = "step 'scan' cannot be done again: what it read was pruned"
    assert (result.exit_code, result.stderr) == (1, f"Error: {why}\n")


def test_a_failure_is_recorded_as_such(
    cli: Cli, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(monkeypatch)
    result = cli("debug", run, "scan", "--record", "--json")
    assert (result.exit_code, result.stderr) == (3, "")
    document = json.loads(result.stdout)
    assert document["verdict"] == "diverged"
    assert document["error"]["error"] == "ZeroDivisionError"
    assert "raise ZeroDivisionError(text)" in document["error"]["traceback"]
    assert SECRET not in result.stdout
    assert [each["type"] for each in document["events"]][-1] == "step.failed/1"
    assert beside(cli, run)[-1]["type"] == "step.failed/1"
    assert document["recorded_as"].startswith(f"artifacts/{run}/")


def test_json_says_what_came_of_it(cli: Cli, run: str) -> None:
    document = json.loads(cli("debug", run, "scan", "--json").stdout)
    assert (document["verdict"], document["error"]) == ("the same", None)
    assert document["recorded_as"] is None
    assert beside(cli, run) == []
