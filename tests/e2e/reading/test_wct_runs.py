"""``wct runs``: the list of recorded runs."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli
from tests.e2e.reading.ledgers import Records


def listed(cli: Cli, *options: str | Path) -> list[dict[str, Any]]:
    result = cli("runs", "--json", *options)
    assert (result.exit_code, result.stderr) == (0, "")
    documents: list[dict[str, Any]] = json.loads(result.stdout)
    return documents


def test_runs_are_listed_newest_first(cli: Cli, records: Records) -> None:
    first, second = records.completed(), records.with_failures()
    lines = cli("runs").stdout.splitlines()
    assert lines[0].split() == ["RUN", "RUNBOOK", "STATUS", "STARTED", "TOOK", "STEPS"]
    assert [each["run"] for each in listed(cli)] == [second, first]
    assert [second.startswith(lines[1].split()[0])] == [True]
    assert "completed with failures" in lines[1]
    assert lines[1].endswith("2/1/1")
    assert lines[2].split()[1:3] == ["counting", "completed"]
    assert lines[2].endswith("2/0/0")


def test_a_run_as_json(cli: Cli, records: Records) -> None:
    run = records.with_failures()
    (document,) = listed(cli)
    duration = document.pop("duration")
    started = datetime.fromisoformat(document.pop("started_at"))
    assert document == {
        "run": run,
        "runbook": "counting",
        "status": "completed with failures",
        "steps": 4,
        "succeeded": 2,
        "failed": 1,
        "skipped": 1,
        "erased_at": None,
        "pruned_at": None,
        "imported_at": None,
        "found": {},
    }
    assert 0 < duration < 60
    assert started.utcoffset() == timedelta(0)


def test_a_run_that_is_open_has_no_duration(cli: Cli, records: Records) -> None:
    run = records.running()
    with records.at_work_on(run):
        (document,) = listed(cli)
    assert (document["status"], document["duration"]) == ("running", None)
    assert (document["steps"], document["succeeded"]) == (1, 0)
    (document,) = listed(cli)
    assert (document["status"], document["duration"]) == ("abandoned", None)


def test_steps_of_an_interrupted_run_are_counted_as_far_as_they_went(
    cli: Cli, records: Records
) -> None:
    records.interrupted()
    (document,) = listed(cli)
    assert document["status"] == "interrupted"
    assert (document["steps"], document["succeeded"]) == (3, 1)
    assert (document["failed"], document["skipped"]) == (0, 0)


def test_the_short_name_of_a_run_is_understood_and_of_no_other_run(
    cli: Cli, records: Records
) -> None:
    for _ in range(3):
        records.completed()
    ids = [each["run"] for each in listed(cli)]
    names = [line.split()[0] for line in cli("runs").stdout.splitlines()[1:]]
    for name, run in zip(names, ids, strict=True):
        assert json.loads(cli("show", name, "--json").stdout)["run"] == run


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["completed"], ["completed"]),
        (["running"], ["running"]),
        (["abandoned"], ["abandoned"]),
        (["failed", "interrupted"], ["failed", "interrupted"]),
        (["completed-with-failures"], ["completed with failures"]),
        (["Completed with failures"], ["completed with failures"]),
    ],
)
def test_runs_can_be_chosen_by_status(
    cli: Cli, records: Records, wanted: list[str], found: list[str]
) -> None:
    records.completed()
    records.with_failures()
    records.interrupted()
    records.failed()
    records.running()
    run = records.running()
    options = [word for status in wanted for word in ("--status", status)]
    with records.at_work_on(run):
        assert [each["status"] for each in listed(cli, *options)] == found


def test_a_status_that_is_none_is_wrong_usage_and_names_those_that_are(
    cli: Cli, records: Records
) -> None:
    records.completed()
    result = cli("runs", "--status", "done")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'done' is none of: running, abandoned, completed, completed-with-" in (
        result.stderr
    )


def test_a_limit_keeps_the_newest_of_those_chosen(cli: Cli, records: Records) -> None:
    records.completed()
    wanted = records.completed()
    records.with_failures()
    (document,) = listed(cli, "--status", "completed", "--limit", "1")
    assert document["run"] == wanted


def test_where_no_run_has_the_status_it_says_so(cli: Cli, records: Records) -> None:
    records.completed()
    result = cli("runs", "--status", "failed", "--status", "running")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "No run is failed or running.\n"
    assert listed(cli, "--status", "failed") == []


def test_where_nothing_was_ever_recorded_the_list_is_empty(
    cli: Cli, tmp_path: Path
) -> None:
    result = cli("runs")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "No runs yet: 'wct run RUNBOOK' records one.\n"
    assert listed(cli) == []
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_is_named_has_to_exist(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_option = cli("runs", "--ledger", "other.db", "--json")
    monkeypatch.setenv("WCT_LEDGER", "other.db")
    by_environment = cli("runs", "--json")
    for result in (by_option, by_environment):
        assert (result.exit_code, result.stdout) == (1, "")
        assert "Error: ledger 'other.db' does not exist" in result.stderr
        assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_ledger_may_be_named(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.db"
    run = Records(other).completed()
    assert [each["run"] for each in listed(cli, "--ledger", other)] == [run]
    monkeypatch.setenv("WCT_LEDGER", str(other))
    assert [each["run"] for each in listed(cli)] == [run]


def test_format_json_is_another_way_to_ask_for_json(cli: Cli, records: Records) -> None:
    records.completed()
    assert cli("runs", "--format", "json").stdout == cli("runs", "--json").stdout


@pytest.mark.parametrize("command", ["runs", "show", "events", "artifacts"])
def test_a_ledger_that_is_none_is_one_clear_line(
    cli: Cli, tmp_path: Path, command: str
) -> None:
    (tmp_path / "text.db").write_text("this is a text of some length\n" * 50)
    run = [] if command == "runs" else ["latest"]
    result = cli(command, *run, "--ledger", "text.db")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: ledger 'text.db' is not a SQLite database; "
        "name another file with --ledger or WCT_LEDGER\n"
    )


def test_names_cannot_write_to_the_terminal(cli: Cli, records: Records) -> None:
    records.completed(name="shop\x1b[2J\u202e\x9b31m")
    for arguments in (["runs"], ["show", "latest"], ["events", "latest"]):
        plain, as_json = cli(*arguments), cli(*arguments, "--json")
        for sign in "\x1b\u202e\x9b":
            assert sign not in plain.stdout
            assert sign not in as_json.stdout
        assert "shop\\x1b[2J\\u202e\\x9b31m" in plain.stdout
    assert listed(cli)[0]["runbook"] == "shop\x1b[2J\u202e\x9b31m"
