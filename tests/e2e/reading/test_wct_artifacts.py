"""``wct artifacts``: what steps produced, masked unless somebody asks for all of it."""

import getpass
import json
from typing import Any

import pytest

from tests.e2e.letterbox_runbooks import LETTERS, write
from tests.e2e.letterbox_runbooks import read as read_letters
from tests.e2e.processes import Cli, Wct
from tests.e2e.reading.ledgers import SECRET, Records
from tests.unit.core.toys import runbook, step
from wct_domain.message import Message

READ = step("texts", analyser=None, output_schema="texts", save_output=True)


def message(cli: Cli, step_id: str, *options: str) -> dict[str, Any]:
    result = cli("artifacts", "latest", step_id, *options)
    assert result.exit_code == 0
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def events(cli: Cli) -> list[dict[str, Any]]:
    text = cli("events", "latest", "--json").stdout
    return [json.loads(line) for line in text.splitlines()]


def test_the_list_tells_artifacts_from_other_results(
    cli: Cli, records: Records
) -> None:
    records.with_failures()
    head, *lines = cli("artifacts", "latest").stdout.splitlines()
    assert head.split() == ["STEP", "SCHEMA", "ITEMS", "RECORDED", "SAVED", "SIZE"]
    rows = sorted((line.split() for line in lines), reverse=True)
    assert [row[:2] for row in rows] == [
        ["unsaved", "counts/1.0.0"],
        ["kept", "counts/1.0.0"],
    ]
    assert [row[5:] for row in rows] == [["no", "-"], ["yes", "11", "B"]]


def test_the_list_as_json(cli: Cli, records: Records) -> None:
    records.completed()
    listed = json.loads(cli("artifacts", "latest", "--json").stdout)
    times = [entry.pop("recorded_at") for entry in listed]
    assert all(time.endswith("+00:00") for time in times)
    assert sorted(listed, key=lambda entry: str(entry["step"])) == [
        {
            "step": "kept",
            "schema": "counts/1.0.0",
            "items": 1,
            "size": 11,
            "saved": True,
            "gone": None,
        },
        {
            "step": "unsaved",
            "schema": "counts/1.0.0",
            "items": 1,
            "size": None,
            "saved": False,
            "gone": None,
        },
    ]


def test_a_run_without_results_has_none(cli: Cli, records: Records) -> None:
    run = records.running()
    result = cli("artifacts", "latest")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"No step of run {run} has a result.\n"
    assert cli("artifacts", "latest", "--json").stdout == "[]\n"


@pytest.mark.parametrize(("name", "saved"), [("kept", True), ("unsaved", False)])
def test_a_message_is_rebuilt(
    cli: Cli, records: Records, name: str, saved: bool
) -> None:
    run = records.completed()
    assert message(cli, name) == {
        "run": run,
        "step": name,
        "saved": saved,
        "id": "counted",
        "schema": {"name": "counts", "version": "1.0.0"},
        "content": {"count": 2},
        "context": None,
        "schema_validated": False,
    }
    assert message(cli, name, "--json") == message(cli, name)


def test_personal_data_is_masked(cli: Cli, records: Records) -> None:
    records.completed(**runbook(READ))
    shown = message(cli, "texts")
    assert SECRET not in json.dumps(shown)
    # Nobody has the schema of these texts, so nothing of them is shown.
    assert shown["content"]["data"] == ["… (25 characters)", "… (3 characters)"]
    assert shown["context"] == {"remark": "b***@s***.example"}
    assert shown["schema_validated"] is True


def test_the_schema_of_a_plugin_says_what_is_masked(wct_with_plugin: Wct) -> None:
    place = wct_with_plugin.directory / "letters.yaml"
    write(place, read_letters("box", save_output=True))
    assert wct_with_plugin("run", place, "--quiet").returncode == 0
    masked = wct_with_plugin("artifacts", "latest", "box")
    full = wct_with_plugin("artifacts", "latest", "box", "--evidence", "full")
    assert (masked.returncode, full.returncode) == (0, 0)
    assert not any(letter in masked.stdout for letter in LETTERS)
    texts = json.dumps(json.loads(full.stdout), ensure_ascii=False)
    assert all(letter in texts for letter in LETTERS)


class TestRawEvidence:
    def test_it_is_shown_to_whoever_asks_for_it(
        self, cli: Cli, records: Records
    ) -> None:
        records.completed(**runbook(READ))
        shown = message(cli, "texts", "--evidence", "full")
        assert shown["content"]["data"] == [f"write to {SECRET}", "two"]
        assert shown["context"] == {"remark": SECRET}

    def test_that_it_was_shown_is_recorded(self, cli: Cli, records: Records) -> None:
        records.completed(**runbook(READ))
        before = events(cli)
        message(cli, "texts", "--evidence", "full")
        message(cli, "texts", "--evidence", "full")
        *others, first, second = events(cli)
        assert others == before
        assert first["type"] == second["type"] == "evidence.revealed/1"
        assert first["data"] == second["data"]  # the same user is recognised
        assert (first["data"]["command"], first["data"]["step"]) == (
            "artifacts",
            "texts",
        )

    def test_who_saw_it_is_a_pseudonym(self, cli: Cli, records: Records) -> None:
        records.completed()
        message(cli, "kept", "--evidence", "full")
        by = events(cli)[-1]["data"]["by"]
        assert len(bytes.fromhex(by)) == 16
        assert getpass.getuser() not in json.dumps(events(cli)[-1])

    def test_it_changes_neither_status_nor_duration(
        self, cli: Cli, records: Records
    ) -> None:
        records.completed()
        before = cli("runs", "--json").stdout
        message(cli, "kept", "--evidence", "full")
        assert cli("runs", "--json").stdout == before

    def test_nothing_is_recorded_if_there_is_nothing_to_show(
        self, cli: Cli, records: Records
    ) -> None:
        records.completed()
        before = events(cli)
        assert cli("artifacts", "latest", "nope", "--evidence", "full").exit_code == 1
        records.lose_blobs()
        assert cli("artifacts", "latest", "kept", "--evidence", "full").exit_code == 1
        assert events(cli) == before

    def test_nothing_is_shown_if_it_cannot_be_recorded(
        self, cli: Cli, records: Records
    ) -> None:
        records.completed(**runbook(READ))
        records.path.with_name("ledger.db.keys").unlink()
        result = cli("artifacts", "latest", "texts", "--evidence", "full")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "its key store" in result.stderr
        assert result.stderr.count("\n") == 1

    def test_a_run_that_goes_on_is_left_alone(self, cli: Cli, records: Records) -> None:
        run = records.running(Message("m", {"text": SECRET}))
        before = events(cli)
        with records.at_work_on(run):
            result = cli("artifacts", "latest", "early", "--evidence", "full")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith(f"Error: run {run} is going on: ")
        assert events(cli) == before
        assert message(cli, "early")["content"] != {"text": SECRET}

    def test_the_list_shows_none(self, cli: Cli, records: Records) -> None:
        records.completed()
        result = cli("artifacts", "latest", "--evidence", "full")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "'full' needs a STEP" in result.stderr


def refusal(cli: Cli, *arguments: str) -> str:
    """The one line with which ``wct artifacts`` says that there is nothing."""
    result = cli("artifacts", *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    return line


def test_a_step_that_failed_or_was_skipped_is_told_as_such(
    cli: Cli, records: Records
) -> None:
    run = records.with_failures()
    there = "; there are results of: kept, unsaved"

    assert refusal(cli, "latest", "broken") == (
        f"Error: step 'broken' of run {run} has no result: it failed, and "
        f"'wct show {run}' says why{there}"
    )
    assert refusal(cli, "latest", "after") == (
        f"Error: step 'after' of run {run} has no result: it was skipped, because "
        f"step 'broken' failed{there}"
    )


def test_a_step_that_does_not_exist_is_told_with_those_that_do(
    cli: Cli, records: Records
) -> None:
    run = records.with_failures()
    there = "it has: kept, unsaved, broken, after"

    assert refusal(cli, "latest", "nosuch") == (
        f"Error: run {run} has no step 'nosuch'; {there}"
    )
    assert refusal(cli, "latest", "keep") == (
        f"Error: run {run} has no step 'keep'; did you mean 'kept'? {there}"
    )
    assert refusal(cli, "latest", "nosuch", "--evidence", "full").endswith(there)


def test_steps_that_an_interruption_cut_off_are_told_as_such(
    cli: Cli, records: Records
) -> None:
    run = records.interrupted()

    assert refusal(cli, run, "hangs").startswith(
        f"Error: step 'hangs' of run {run} has no result: it had begun, and not ended "
        "when the run ended (interrupted); "
    )
    assert "it had not begun when the run ended" in refusal(cli, run, "never")


def test_of_a_run_without_results_none_are_named(cli: Cli, records: Records) -> None:
    run = records.running()

    assert refusal(cli, run, "kept").endswith(
        "it had not begun so far; no other step has one"
    )


def test_a_blob_that_is_gone_is_one_clear_line(cli: Cli, records: Records) -> None:
    run = records.completed()
    records.lose_blobs()
    result = cli("artifacts", "latest", "kept")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        f"Error: what step 'kept' of run {run} produced cannot be rebuilt: "
        "ledger '.wct/ledger.db' has no blob "
    )
    assert result.stderr.count("\n") == 1
    assert "kept" in cli("artifacts", "latest").stdout  # the list needs no blob


def test_what_somebody_saved_beside_the_steps_is_listed_with_its_own_schema(
    cli: Cli, records: Records
) -> None:
    records.running(Message("m", {"text": SECRET}))
    (entry,) = json.loads(cli("artifacts", "latest", "--json").stdout)
    assert (entry["step"], entry["schema"], entry["saved"]) == ("early", None, True)
