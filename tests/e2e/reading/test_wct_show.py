"""``wct show``: a run, rebuilt from the ledger."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli
from tests.e2e.reading.ledgers import SECRET, Records
from wct_domain import __version__


def shown(cli: Cli, run: str = "latest") -> dict[str, Any]:
    result = cli("show", run, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_a_completed_run(cli: Cli, records: Records) -> None:
    run = records.completed(contact="dpo@shop.example")
    lines = cli("show", run).stdout.splitlines()
    assert lines[0] == f"Run {run}"
    assert lines[1] == "  runbook   counting, contact dpo@shop.example"
    assert lines[2] == "  status    completed: 2 succeeded of 2 steps"
    assert lines[4].startswith(f"  versions  wct {__version__}, python ")
    assert lines[5] == "  ledger    .wct/ledger.db, 9 events"
    steps = lines.index("Steps")
    assert lines[steps + 1].split()[:2] == ["kept", "succeeded"]
    assert lines[steps + 1].endswith("1 item, saved, input was cut off")
    assert lines[steps + 2] == "      texts (texts/1.0.0) → count → counts/1.0.0"
    assert lines[steps + 3].endswith("1 item, input was cut off")
    assert lines[lines.index("Sources") + 1].startswith(
        "  texts as texts/1.0.0: 2 items"
    )
    assert lines[lines.index("Sources") + 1].endswith(
        ", 2 unreadable, cut off by a limit"
    )


def test_a_run_with_failures_says_why_and_what_to_do(
    cli: Cli, records: Records
) -> None:
    run = records.with_failures()
    result = cli("show", run)
    text = result.stdout
    assert result.exit_code == 0  # the question was answered
    assert "completed with failures: 2 succeeded, 1 failed, 1 skipped of 4" in text
    assert (
        "      analyser.processing: a count cannot be counted \\x1b[31m for "
        "b***@s***.example\n"
    ) in text
    assert "executor.upstream-failed: Step 'Step after' depends on 'broken'" in text
    assert "  wct resume " in text
    assert " --type step.failed\n" in text


def test_what_it_says_can_be_typed(cli: Cli, records: Records) -> None:
    records.completed()
    records.with_failures()
    text = cli("show", "latest", "--ledger", ".wct/ledger.db").stdout
    commands = [line.split() for line in text.splitlines() if line.startswith("  wct ")]
    for command in commands[1:]:  # the first is to run the runbook again
        assert command[-2:] == ["--ledger", ".wct/ledger.db"]
        assert cli(*command[1:]).exit_code == 0


def test_a_run_as_json(cli: Cli, records: Records) -> None:
    run = records.with_failures(contact="dpo@shop.example")
    document = shown(cli)
    assert {
        key: document[key]
        for key in ("run", "runbook", "contact", "status", "signal", "reason", "events")
    } == {
        "run": run,
        "runbook": "counting",
        "contact": "dpo@shop.example",
        "status": "completed with failures",
        "signal": None,
        "reason": None,
        "events": 12,
    }
    assert [document[key] for key in ("succeeded", "failed", "skipped")] == [2, 1, 1]
    assert document["started_at"] < document["ended_at"]
    assert document["duration"] > 0
    assert document["versions"]["wct"] == __version__
    assert document["components"][0] == {
        "kind": "connector",
        "name": "texts",
        "type": "texts_connector",
        "versions": {},
    }
    assert document["ledger"] == ".wct/ledger.db"


def test_the_steps_of_a_run_as_json(cli: Cli, records: Records) -> None:
    records.with_failures()
    kept, _, broken, after = shown(cli)["steps"]
    assert kept.pop("duration") > 0
    assert kept.pop("started_at") is not None
    assert kept == {
        "id": "kept",
        "status": "succeeded",
        "attempt": 1,
        "connector": "texts",
        "input_from": None,
        "analyser": "count",
        "items": 1,
        "input_schema": "texts/1.0.0",
        "output_schema": "counts/1.0.0",
        "saved": True,
        "truncated": True,
        "code": None,
        "reason": None,
        "because": None,
        "error": None,
    }
    assert (broken["status"], broken["code"]) == ("failed", "analyser.processing")
    assert broken["reason"].endswith("for b***@s***.example")
    assert (after["status"], after["because"], after["attempt"]) == (
        "skipped",
        "broken",
        None,
    )


def test_sources_and_artifacts_of_a_run_as_json(cli: Cli, records: Records) -> None:
    records.completed()
    document = shown(cli)
    (source,), (artifact,) = document["sources"], document["artifacts"]
    assert source.pop("step") in {"kept", "unsaved"}  # whichever asked first
    assert source.pop("size") > 0
    assert source == {
        "connector": "texts",
        "schema": "texts/1.0.0",
        "items": 2,
        "unreadable": 2,
        "truncated": True,
        "gaps": ["2 items could not be read", "a limit cut something off"],
    }
    assert artifact.pop("saved_at") is not None
    assert artifact == {
        "step": "kept",
        "schema": "counts/1.0.0",
        "items": 1,
        "size": 11,
    }


def test_a_run_that_was_killed_can_be_resumed(cli: Cli, records: Records) -> None:
    records.running()
    text = cli("show", "latest").stdout
    assert "  status    abandoned: none done of 1 step\n" in text
    assert "  kept  not started\n" in text
    assert "  wct resume " in text


def test_a_run_that_is_open(cli: Cli, records: Records) -> None:
    run = records.running()
    with records.at_work_on(run):
        text = cli("show", "latest").stdout
    assert "  status    running: none done of 1 step\n" in text
    assert "  kept  waiting\n" in text
    assert "how far it is" in text
    document = shown(cli)
    assert (document["ended_at"], document["duration"]) == (None, None)
    assert document["steps"][0]["status"] == "planned"


def test_an_interrupted_run(cli: Cli, records: Records) -> None:
    records.interrupted()
    text = cli("show", "latest").stdout
    assert "  status    interrupted by SIGTERM: 1 succeeded of 3 steps\n" in text
    assert "  hangs  not finished\n" in text
    assert "  never  not started\n" in text
    assert shown(cli)["signal"] == "SIGTERM"


def test_a_run_that_failed_as_a_whole(cli: Cli, records: Records) -> None:
    records.failed()
    text = cli("show", "latest").stdout
    assert "  status    failed: none done of 1 step\n" in text
    assert "  reason    the disk is full; free some space\n" in text
    assert shown(cli)["reason"] == "the disk is full; free some space"


def test_personal_data_in_error_texts_is_masked(cli: Cli, records: Records) -> None:
    records.with_failures()
    for options in ([], ["--json"]):
        assert SECRET not in cli("show", "latest", *options).stdout


def test_a_run_whose_blobs_are_gone_is_still_shown(cli: Cli, records: Records) -> None:
    records.with_failures(contact="dpo@shop.example")
    records.lose_blobs()
    result = cli("show", "latest")
    assert result.exit_code == 0
    assert "analyser.processing: (not known: ledger '.wct/ledger.db' has no blob" in (
        result.stdout
    )
    assert shown(cli)["contact"] is None


@pytest.mark.parametrize("command", ["show", "events", "artifacts"])
class TestWhichRunIsMeant:
    def test_the_latest(self, cli: Cli, records: Records, command: str) -> None:
        records.completed()
        run = records.completed()
        for wanted in ("latest", "LATEST"):
            latest, by_id = cli(command, wanted), cli(command, run)
            assert latest.exit_code == 0
            assert latest.stdout == by_id.stdout

    def test_any_unambiguous_beginning(
        self, cli: Cli, records: Records, command: str
    ) -> None:
        run = records.completed()
        expected = cli(command, run).stdout
        without_hyphens = run.replace("-", "")
        for wanted in (run[:1], run[:9], run.upper(), without_hyphens[:15]):
            assert cli(command, wanted).stdout == expected

    def test_several(self, cli: Cli, records: Records, command: str) -> None:
        runs = [records.completed() for _ in range(6)]
        result = cli(command, "0")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("Error: 6 runs begin with '0': ")
        assert result.stderr.endswith(
            " and 2 more; type more of the one that you mean\n"
        )
        named = result.stderr.partition("'0': ")[2].partition(" and ")[0].split(", ")
        newest = runs[::-1][:4]
        assert all(run.startswith(n) for run, n in zip(newest, named, strict=True))

    def test_none(self, cli: Cli, records: Records, command: str) -> None:
        records.completed()
        for wanted in ("ffff", "", "subscriber"):
            result = cli(command, wanted)
            assert (result.exit_code, result.stdout) == (1, "")
            assert result.stderr.startswith(
                f"Error: no run in ledger '.wct/ledger.db' begins with '{wanted}'; "
                "the newest there: 0"
            )
            assert result.stderr.count("\n") == 1

    def test_no_ledger(self, cli: Cli, tmp_path: Path, command: str) -> None:
        result = cli(command, "latest")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == (
            "Error: ledger '.wct/ledger.db' does not exist: nothing is recorded there "
            "yet; go where 'wct run' was run, or name another file with --ledger or "
            "WCT_LEDGER\n"
        )
        assert list(tmp_path.iterdir()) == []
