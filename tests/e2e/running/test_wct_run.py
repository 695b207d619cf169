"""What ``wct run`` prints, writes and records."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli
from tests.e2e.running.runbooks import CARD, EMAIL, scan, write


def results_files() -> list[Path]:
    return sorted(Path("outputs").glob("*.json"))


def recorded(cli: Cli, kind: str) -> list[dict[str, Any]]:
    done = cli("events", "latest", "--type", kind, "--json")
    return [json.loads(line)["data"] for line in done.stdout.splitlines()]


def test_a_run_shows_a_table_and_where_everything_is(cli: Cli) -> None:
    done = cli("run", write())

    (file,) = results_files()
    name = json.loads(cli("runs", "--json").stdout)[0]["run"][:13]
    lines = done.stdout.splitlines()
    assert done.exit_code == 0
    assert lines[0].split() == [
        *("STEP", "WHAT", "STATUS", "FINDINGS", "HIGH", "RISK", "TOOK")
    ]
    assert re.fullmatch(r"look +Scan look +✓ +\d+ +\d+ +\d+ (ms|µs|s)", lines[1])
    assert f"Results  {file}" in lines
    assert "         evidence is masked" in lines
    assert f"Run      {name} in .wct/ledger.db" in lines
    assert f"Next     wct show {name}" in lines
    assert f"         wct artifacts {name} look" in lines


def test_what_is_next_is_the_step_that_found_the_most(cli: Cli) -> None:
    reads = scan("read", analyser=None, output_schema="standard_input")

    done = cli("run", write(reads, scan("one"), scan("two", connector="note")))

    assert re.findall(r"wct artifacts \S+ (\S+)", done.stdout) == ["one"]


def test_what_is_next_is_why_a_step_failed_and_to_go_on(cli: Cli) -> None:
    done = cli("run", write(scan("one"), scan("two", connector="gone")))

    commands = re.findall(r"^(?:Next)? +(wct .*)$", done.stdout, re.MULTILINE)
    run = commands[0].split()[2]
    assert commands == [
        f"wct show {run}",
        f"wct artifacts {run} one",
        f"wct why {run} two",
        f"wct resume {run}",
    ]
    assert "  wct why " in cli("show", "latest").stdout
    assert cli(*commands[2].split()[1:]).exit_code == 0
    assert cli(*commands[3].split()[1:]).exit_code == 3


def test_where_nothing_was_found_there_is_no_step_to_look_at(cli: Cli) -> None:
    reads = scan("read", analyser=None, output_schema="standard_input")

    done = cli("run", write(reads))

    assert "Next     wct show " in done.stdout
    assert "wct artifacts" not in done.stdout


def test_progress_goes_to_stderr_one_line_a_step(cli: Cli) -> None:
    done = cli("run", write(scan("one"), scan("two", input_from="one")))

    first, second = done.stderr.splitlines()[-2:]
    assert re.fullmatch(r"\[1/2\] one completed in .+, \d findings", first)
    assert second.startswith("[2/2] two failed in ")


def test_quiet_says_nothing_on_stderr_and_still_shows_results(cli: Cli) -> None:
    done = cli("run", write(scan("a"), scan("b", input_from="a")), "--quiet")

    assert done.stderr == ""
    assert done.stdout.startswith("STEP")


def test_failed_steps_are_named_with_their_reason_and_the_status_is_3(
    cli: Cli,
) -> None:
    runbook = write(
        scan("good"),
        scan("bad", connector="gone", save_output=True),
        scan("after", input_from="bad"),
    )

    done = cli("run", runbook)

    assert done.exit_code == 3
    assert re.search(r"^bad +Scan bad +✗ failed", done.stdout, re.MULTILINE)
    assert re.search(r"^after +Scan after +skipped", done.stdout, re.MULTILINE)
    assert "bad failed: Connector 'filesystem_connector' cannot be created" in (
        done.stdout
    )
    assert "after skipped: Step 'Scan after' depends on 'bad' which failed:" in (
        done.stdout
    )
    assert "3 steps in " in done.stdout
    assert ": 1 succeeded, 1 failed, 1 skipped; " in done.stdout


def test_exit_zero_turns_failed_steps_into_0(cli: Cli) -> None:
    assert (
        cli("run", write(scan("bad", connector="gone")), "--exit-zero").exit_code == 0
    )


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--fail-on", "high"], 4),
        (["--fail-on", "medium"], 4),
        (["--fail-on", "low"], 4),
        (["--fail-on", "high", "--exit-zero"], 4),
        ([], 3),
    ],
)
def test_a_gate_goes_before_failed_steps(
    cli: Cli, options: list[str], status: int
) -> None:
    runbook = write(scan("found"), scan("bad", connector="gone"))

    assert cli("run", runbook, *options).exit_code == status


def test_a_gate_says_what_it_found(cli: Cli) -> None:
    done = cli("run", write(), "--fail-on", "high", "--quiet")

    assert re.fullmatch(r"--fail-on high: \d findings? of high risk\n", done.stderr)


def test_a_gate_lets_pass_what_is_below_it(cli: Cli) -> None:
    runbook = write()
    Path("note.txt").write_text("nothing to see")

    assert cli("run", runbook, "--fail-on", "low").exit_code == 0


def test_json_is_the_very_document_and_nothing_else(cli: Cli) -> None:
    done = cli("run", write(), "--json")

    (file,) = results_files()
    document = json.loads(done.stdout)
    assert document == json.loads(file.read_text())
    metadata = document["export_metadata"]
    assert metadata.keys() == {
        *("timestamp", "total_results", "successful_results", "failed_results"),
        *("runbook_path", "runbook_contact", "export_format_version", "run_id"),
        "checkpoint",
    }
    note = metadata["checkpoint"]["note"]
    assert note == cli("show", "latest", "--checkpoint").stdout
    assert note.splitlines()[1] == str(metadata["checkpoint"]["size"])
    assert metadata["runbook_path"] == "notes.yaml"
    assert metadata["runbook_contact"] == "dpo@example.org"
    (result,) = document["results"]
    assert (result["step_id"], result["success"]) == ("look", True)
    assert result["output_schema_version"] == "1.0.0"


def test_format_json_is_another_way_to_say_it(cli: Cli) -> None:
    assert json.loads(cli("run", write(), "--format", "json").stdout)["results"]


def test_two_runs_within_a_second_leave_two_files(cli: Cli) -> None:
    runbook = write()
    cli("run", runbook)
    cli("run", runbook)

    files = results_files()
    assert len(files) == 2
    for file in files:
        run = json.loads(file.read_text())["export_metadata"]["run_id"]
        assert re.fullmatch(r"\d{14}_" + run[:18] + "_analysis_results.json", file.name)


def test_the_results_file_can_be_chosen(cli: Cli, tmp_path: Path) -> None:
    runbook = write()
    cli("run", runbook, "--output-dir", "here/deep", "-o", "r.json")
    cli("run", runbook, "--output-dir", "there")
    cli("run", runbook, "--output-dir", "ignored", "-o", tmp_path / "abs.json")

    assert Path("here/deep/r.json").is_file()
    assert len(list(Path("there").iterdir())) == 1
    assert Path("abs.json").is_file()
    assert not Path("ignored").exists()
    assert Path("abs.json").stat().st_mode & 0o777 == 0o600


def test_evidence_is_masked_in_everything_that_is_written_or_printed(
    cli: Cli,
) -> None:
    done = cli("run", write(), "-v", "--json")

    (file,) = results_files()
    for text in (done.stdout, done.stderr, file.read_text()):
        assert EMAIL not in text
        assert CARD not in text
    assert "1111" in done.stdout  # the last digits of the card


def test_full_evidence_is_written_and_that_is_recorded(cli: Cli) -> None:
    done = cli("run", write(), "--evidence", "full", "--json")

    assert EMAIL in done.stdout
    (revealed,) = recorded(cli, "evidence.revealed")
    assert revealed["command"] == "run"
    assert re.fullmatch("[0-9a-f]{32}", revealed["by"])
    assert recorded(cli, "run.completed")


def test_the_log_tells_of_events_without_personal_data(cli: Cli) -> None:
    done = cli("run", write(), "--log-level", "debug")

    lines = done.stderr.splitlines()
    levels = {line.split()[1] for line in lines}
    assert levels == {"info", "debug"}
    assert all(" run=" in line for line in lines)
    events = [line for line in lines if " organisation.unknown:" not in line]
    assert all(" position=" in line for line in events)
    assert any("step.completed" in line for line in lines)
    assert EMAIL not in done.stderr


@pytest.mark.parametrize("level", ["info", "INFO", "Info"])
def test_log_levels_are_understood_in_any_case(cli: Cli, level: str) -> None:
    done = cli("run", write(), "--log-level", level)

    assert {line.split()[1] for line in done.stderr.splitlines()} == {"info"}


def test_verbose_shows_where_a_step_failed(cli: Cli) -> None:
    done = cli("run", write(scan("bad", connector="gone")), "-v")

    assert "Traceback of step bad (executor):" in done.stderr
    assert 'run_step.py", line ' in done.stderr


def test_what_validation_knows_is_said_before_the_run(cli: Cli) -> None:
    runbook = write(scan("a", save_outputs=True), scan("b", connector="gone"))

    first, second, *_ = cli("run", runbook).stderr.splitlines()

    assert re.fullmatch(
        r"notes\.yaml:\d+: warning: connectors -> 1 -> properties -> path: "
        "Path does not exist: gone.txt",
        first,
    )
    assert re.fullmatch(
        r"notes\.yaml:\d+: warning: execution -> 0 -> save_outputs: unknown key, "
        r"which is ignored; did you mean 'save_output'\?",
        second,
    )


def test_what_wct_wrote_is_never_scanned(cli: Cli) -> None:
    here = {"name": "all", "type": "filesystem_connector", "properties": {"path": "."}}
    runbook = write(scan("all", connector="all"), connectors=[here])
    options = ("--ledger", "own.db", "--output-dir", ".", "--evidence", "full")

    counts = [
        cli("run", runbook, *options, "--json", "--quiet").stdout for _ in range(3)
    ]

    found = [len(json.loads(each)["results"][0]["data"]["findings"]) for each in counts]
    assert found[0] == found[1] == found[2] > 0
    assert len(list(Path().glob("*_analysis_results.json"))) == 3


def test_another_ledger_is_named_in_what_to_try_next(cli: Cli) -> None:
    done = cli("run", write(), "--ledger", "my ledger.db")

    assert re.search(
        r"^Next     wct show \S+ --ledger 'my ledger.db'$", done.stdout, re.MULTILINE
    )


def test_names_with_markup_and_control_characters_change_nothing(cli: Cli) -> None:
    odd = "[/red] \x1b[31m\u202eevil \x85 日本"
    runbook = write({**scan("odd", connector="gone"), "name": odd}, name=odd)

    done = cli("run", runbook)

    assert "[/red] \\x1b[31m\\u202eevil \\x85 日本" in done.stdout
    assert done.exit_code == 3


def test_a_path_that_is_no_text_is_no_obstacle(cli: Cli) -> None:
    write()
    odd = "caf\udce9.yaml"  # as Python names a file that is not UTF-8
    Path("notes.yaml").rename(odd)

    done = cli("run", odd, "--json")

    assert done.exit_code == 0
    path = json.loads(done.stdout)["export_metadata"]["runbook_path"]
    assert path == "caf\\xe9.yaml"


def test_a_database_that_the_environment_names_instead_is_told_and_recorded(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLITE_DATABASE_PATH", "gone.db")
    shop = {
        "name": "note",
        "type": "sqlite_connector",
        "properties": {"database_path": "shop.db"},
    }

    done = cli("run", write(connectors=[shop]))

    assert (
        "database_path: the environment variable SQLITE_DATABASE_PATH wins over what "
        "is written"
    ) in done.stderr
    (noted,) = recorded(cli, "plugin.noted")
    assert noted == {
        "plugin": "sqlite_connector",
        "name": "environment.won",
        "data": {"property": "database_path", "variable": "SQLITE_DATABASE_PATH"},
    }
