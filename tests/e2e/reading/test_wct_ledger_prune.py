"""``wct ledger prune`` and ``compact``: old runs lose what they stored, and stay."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli, Wct
from tests.e2e.reading.ledgers import SECRET, Records
from tests.e2e.running.terminals import on_a_terminal
from wct_entrypoints.bootstrap.ledgers import open_ledger

PRUNE = ("ledger", "prune", "--yes")


def pruned(cli: Cli, *options: str) -> dict[str, Any]:
    result = cli(*PRUNE, "--json", *options)
    assert (result.exit_code, result.stderr) == (0, "")
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def payloads(records: Records) -> list[bytes]:
    with closing(sqlite3.connect(records.path)) as connection:
        rows = connection.execute("SELECT payload FROM events WHERE payload NOT NULL")
        return [payload for (payload,) in rows]


def age(records: Records, run: str, days: int) -> None:
    """Have a run be so much older, as nobody but time does it."""
    with closing(sqlite3.connect(records.path)) as connection, connection:
        connection.execute("DROP TRIGGER IF EXISTS events_stay_as_they_are")
        connection.execute(
            "UPDATE events SET recorded_at = recorded_at - ? WHERE stream = "
            "(SELECT id FROM streams WHERE name = ?)",
            (days * 86_400_000_000, run),
        )


def test_all_runs_but_the_newest_are_pruned(cli: Cli, records: Records) -> None:
    first, second, last = (records.with_failures() for _ in range(3))
    document = pruned(cli, "--keep", "1")
    assert [each["run"] for each in document["runs"]] == [first, second]
    (one, _) = document["runs"]
    assert (one["runbook"], one["blobs"]) == ("counting", 6)
    assert one["started_at"] < one["ended_at"]
    for what in ("payloads", "blobs", "size"):
        assert document[what] == sum(each[what] for each in document["runs"]) > 0
    del document["runs"]
    assert (document["dry_run"], document["given_back"]) == (False, None)
    assert (document["not_ended"], document["not_sealed"]) == (0, 0)
    since = {each["run"]: each["pruned_at"] for each in _runs(cli)}
    assert since[first] is not None
    assert since[second] is not None
    assert since[last] is None
    assert pruned(cli, "--keep", "1")["runs"] == []


def test_runs_that_are_old_enough_are_pruned(cli: Cli, records: Records) -> None:
    old, new = records.completed(), records.completed()
    age(records, old, 91)
    age(records, new, 89)
    document = pruned(cli, "--older-than", "90d")
    assert [each["run"] for each in document["runs"]] == [old]
    assert pruned(cli, "--older-than", "13w")["runs"] == []
    assert [each["run"] for each in pruned(cli, "--older-than", "48h")["runs"]] == [new]


def test_a_pruned_ledger_verifies_and_says_what_was_pruned(
    cli: Cli, records: Records
) -> None:
    for run in (records.with_failures(), records.failed(), records.interrupted()):
        cli("show", run, "--checkpoint")
    document = pruned(cli, "--keep", "0")
    assert len(document["runs"]) == 3
    verified = cli("verify", "--json")
    verdict = json.loads(verified.stdout)
    assert (verified.exit_code, verdict["flaws"]) == (0, [])
    assert verdict["pruned_payloads"] == document["payloads"]
    assert verdict["blobs"] == 0
    assert verdict["unsigned"] == 0


def test_what_every_command_says_of_a_pruned_run(cli: Cli, records: Records) -> None:
    run = records.with_failures()
    pruned(cli, "--keep", "0")
    assert "completed with failures, pruned" in cli("runs").stdout
    shown = cli("show", run)
    assert (shown.exit_code, shown.stderr) == (0, "")
    counts = "completed with failures: 2 succeeded, 1 failed, 1 skipped of 4 steps"
    assert counts in shown.stdout
    assert "What was found, and every text, was pruned on 20" in shown.stdout
    document = json.loads(cli("show", run, "--json").stdout)
    assert (document["succeeded"], document["failed"], document["skipped"]) == (2, 1, 1)
    assert {each["status"] for each in document["steps"]} == {"pruned"}
    lines = cli("events", run).stdout.splitlines()
    assert "run of 'counting' started, 4 steps" in lines[0]
    assert lines[1].endswith("its payload was pruned")
    assert lines[-1].endswith("6 blobs and payloads pruned, hashes kept")
    listed = cli("artifacts", run)
    assert (listed.exit_code, listed.stdout) == (0, "")
    assert f"What run {run} produced was pruned on 20" in listed.stderr
    printed = cli("artifacts", run, "kept")
    assert printed.exit_code == 1
    assert "what step 'kept' of run" in printed.stderr
    assert "produced was pruned on 20" in printed.stderr


def test_what_was_pruned_is_in_no_file(cli: Cli, records: Records) -> None:
    records.with_failures()
    before = [each for each in payloads(records) if b'"blob":"' in each]
    assert pruned(cli, "--keep", "0", "--vacuum")["given_back"] >= 0
    held = b"".join(
        path.read_bytes() for path in records.path.parent.iterdir() if path.is_file()
    )
    assert SECRET.encode() not in held
    # What the run began with stays; it names its runbook, which is gone.
    assert sum(each in held for each in before) == 1


def test_a_run_that_goes_on_is_never_pruned_and_one_that_was_killed_is(
    cli: Cli, records: Records
) -> None:
    run = records.running()
    age(records, run, 400)
    ledger = open_ledger(records.path, create=False)
    with ledger.locks.hold(run):
        document = pruned(cli, "--keep", "0")
        told = cli(*PRUNE, "--older-than", "1h").stdout
    ledger.close()
    assert (document["runs"], document["not_ended"]) == ([], 1)
    assert told == "Nothing to prune\nLeft alone: 1 run that has not ended\n"
    assert [each["run"] for each in pruned(cli, "--older-than", "1h")["runs"]] == [run]


def test_of_a_pruned_run_that_stopped_it_is_not_known_how_many_steps_ended(
    cli: Cli, records: Records
) -> None:
    run = records.interrupted()
    pruned(cli, "--keep", "0")
    (document,) = _runs(cli)
    assert (document["status"], document["succeeded"]) == ("interrupted", None)
    assert "status    interrupted by SIGTERM\n" in cli("show", run).stdout


def test_a_dry_run_says_what_would_go_and_changes_nothing(
    cli: Cli, records: Records
) -> None:
    run = records.with_failures()
    before = payloads(records)
    told = cli("ledger", "prune", "--keep", "0", "--dry-run")
    assert told.exit_code == 0
    assert "Would prune 1 run: 6 blobs and the payloads of " in told.stdout
    assert f"{run[:8]}  counting " in told.stdout
    document = pruned(cli, "--keep", "0", "--dry-run")
    assert (document["dry_run"], document["blobs"]) == (True, 6)
    assert payloads(records) == before


def test_nobody_who_can_be_asked_means_that_it_must_be_said(
    cli: Cli, records: Records
) -> None:
    records.completed()
    before = payloads(records)
    refused = cli("ledger", "prune", "--keep", "0")
    assert refused.exit_code == 2
    assert "--yes says that you mean it" in refused.stderr
    assert payloads(records) == before


@pytest.mark.parametrize(
    ("answer", "status", "left"), [(b"y\n", 0, 0), (b"n\n", 1, 1), (b"\n", 1, 1)]
)
def test_on_a_terminal_it_says_what_will_go_and_asks(
    wct: Wct, cli: Cli, records: Records, answer: bytes, status: int, left: int
) -> None:
    run = records.completed()
    seen = on_a_terminal(
        wct, "ledger", "prune", "--keep", "0", press=("for ever? [y/N]: ", answer)
    )
    assert seen.status == status
    assert f"{run[:8]}  counting " in seen.text
    assert "Prune 1 run: 4 blobs and the payloads of " in seen.text
    assert ("nothing was pruned" in seen.text) == (status == 1)
    assert sum(each["pruned_at"] is None for each in _runs(cli)) == left


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--older-than AGE"),
        (("--keep", "1", "--older-than", "1d"), "--older-than AGE"),
        (("--older-than", "90"), "'90' is no age"),
        (("--older-than", "3m"), "36h, 90d, 12w"),
        (("--keep", "-1"), "-1"),
    ],
)
def test_which_runs_has_to_be_said_in_one_way(
    cli: Cli, records: Records, options: tuple[str, ...], said: str
) -> None:
    records.completed()
    refused = cli(*PRUNE, *options)
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_a_ledger_is_compacted(cli: Cli, records: Records, tmp_path: Path) -> None:
    for _ in range(3):
        records.with_failures()
    pruned(cli, "--keep", "0")
    document = json.loads(cli("ledger", "compact", "--json").stdout)
    assert document["given_back"] > 0
    assert document["size"] == records.path.stat().st_size
    told = cli("ledger", "compact").stdout
    assert told.startswith(f"Ledger {document['ledger']}: 0 B given back, ")


def test_without_a_ledger_there_is_nothing_to_prune(cli: Cli, tmp_path: Path) -> None:
    for arguments in ([*PRUNE, "--keep", "1"], ["ledger", "compact"]):
        result = cli(*arguments)
        assert result.exit_code == 1
        assert "does not exist" in result.stderr
    assert list(tmp_path.iterdir()) == []


def _runs(cli: Cli) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = json.loads(cli("runs", "--json").stdout)
    return documents
