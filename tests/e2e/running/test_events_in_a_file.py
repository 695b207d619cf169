"""``wct run --events FILE``: the events of a run, as it records them."""

import json
import os
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.e2e.processes import COMMAND, Wct
from tests.one_note import ONE_NOTE, write_one_note


@pytest.fixture(autouse=True)
def _a_runbook(tmp_path: Path) -> None:
    write_one_note(tmp_path)


def run(wct: Wct, *options: str) -> "subprocess.CompletedProcess[str]":
    return wct("run", "runbook.yaml", "--quiet", *options)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_file_has_what_the_ledger_has(wct: Wct, tmp_path: Path) -> None:
    done = run(wct, "--events", "events.jsonl")

    assert (done.returncode, done.stderr) == (0, "")
    written = lines((tmp_path / "events.jsonl").read_text())
    printed = lines(wct("events", "latest", "--format", "cloudevents").stdout)
    for each in printed:
        del each["cursor"]
    assert written == printed
    assert written[-1]["type"] == "wct.run.completed/1"


def test_each_line_is_what_the_schemas_of_events_say(wct: Wct, tmp_path: Path) -> None:
    run(wct, "--events", "events.jsonl")

    for event in lines((tmp_path / "events.jsonl").read_text()):
        wire = event["type"].removeprefix("wct.")
        schema = json.loads(wct("generate-schema", "--event", wire).stdout)
        jsonschema_rs.validate(schema, event, validate_formats=True)


def test_a_run_writes_it_anew_and_is_never_late_for_its_end(
    wct: Wct, tmp_path: Path
) -> None:
    for _ in range(2):
        assert run(wct, "--events", "events.jsonl", "--drain", "0").returncode == 0
        written = lines((tmp_path / "events.jsonl").read_text())
        assert [each["type"] for each in written].count("wct.run.started/1") == 1
        assert written[-1]["type"] == "wct.run.completed/1"


def test_the_file_is_not_scanned(wct: Wct, tmp_path: Path) -> None:
    (tmp_path / "runbook.yaml").write_text(ONE_NOTE.replace("note.txt", "."))
    scanned: list[object] = []
    for _ in range(2):
        done = run(wct, "--events", "events.jsonl", "--json")
        scanned.append(json.loads(done.stdout)["results"][0]["data"]["summary"])
    assert scanned[0] == scanned[1]


def test_stdout_is_not_for_events(wct: Wct, tmp_path: Path) -> None:
    done = run(wct, "--events", "-")
    assert (done.returncode, done.stdout) == (2, "")
    assert "stdout is for results" in done.stderr
    assert not (tmp_path / ".wct").exists()


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (".", "Is a directory"),
        ("nowhere/events.jsonl", "No such file or directory"),
        ("pipe", "it is a pipe that nobody reads from"),
        ("runbook.yaml", "this run needs the file for something else"),
        ("link.yaml", "this run needs the file for something else"),
        (".wct/ledger.db", "this run needs the file for something else"),
        (".wct/ledger.db.keys", "this run needs the file for something else"),
        ("outputs/results.json", "this run needs the file for something else"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_the_run(
    wct: Wct, tmp_path: Path, file: str, why: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.link(tmp_path / "runbook.yaml", tmp_path / "link.yaml")

    done = run(wct, "--output", "results.json", "--events", file)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Error: Failed to write events to {file}: {why}; "
        "choose another file with --events\n"
    )
    assert wct("runs").stdout == ""
    assert (tmp_path / "runbook.yaml").read_text() == ONE_NOTE


def test_a_pipe_can_be_read_while_the_run_goes_on(wct: Wct, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    done = wct.start("run", "runbook.yaml", "--quiet", "--events", "pipe")
    done.communicate(timeout=30)
    reader.join(10)
    assert done.returncode == 0
    assert lines(read[0])[-1]["type"] == "wct.run.completed/1"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_costs_the_file_and_not_the_run(wct: Wct) -> None:
    done = wct("run", "runbook.yaml", "--events", "/dev/full")
    assert done.returncode == 0
    assert "subscriber.failed subscriber=wct.events error=OSError" in done.stderr


def test_a_reader_of_a_pipe_who_sleeps_holds_up_nobody(
    wct: Wct, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    filler = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    with suppress(BlockingIOError):
        while True:
            os.write(filler, b"x" * 4096)
    with suppress(BlockingIOError):
        while True:  # to its last byte
            os.write(filler, b"x")
    done = subprocess.run(
        [*COMMAND, "run", "runbook.yaml", "--events", "pipe", "--drain", "0"],
        cwd=wct.directory,
        env=wct.environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=20,
        check=False,
    )
    os.close(reader)
    os.close(filler)
    assert done.returncode == 0
    assert "subscriber.left_behind subscriber=wct.events" in done.stderr
