"""``wct events --follow``: what other processes record, as they record it."""

import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli, Wct, end, wait_for
from tests.e2e.reading.ledgers import Records
from tests.one_note import write_one_note
from wct_domain.events import Event, PluginNoted, RunCompleted, SubscriberFailed
from wct_domain.ports.ledger import Ledger, NewEvent
from wct_entrypoints.bootstrap.identity import new_id
from wct_entrypoints.bootstrap.ledgers import open_ledger

DONE = RunCompleted(succeeded=1, failed=0, skipped=0)
LATENCY = 0.2  # seconds: one interval, and as much again for a busy machine


@pytest.fixture
def ledger(records: Records) -> Iterator[Ledger]:
    """The same file, as a process has it that is at work."""
    with closing(open_ledger(records.path, create=True)) as opened:
        yield opened


def note(number: int) -> Event:
    return PluginNoted(plugin="test", name=str(number), data={})


def record(ledger: Ledger, stream: str, *events: Event) -> None:
    ledger.append(stream, [NewEvent(new_id(), each) for each in events], expected=None)


def started(wct: Wct, *arguments: str) -> "subprocess.Popen[str]":
    return wct.start("events", *arguments, "--follow")


def next_document(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None
    document: dict[str, Any] = json.loads(process.stdout.readline())
    return document


def test_events_are_printed_as_they_are_recorded(wct: Wct, ledger: Ledger) -> None:
    run = new_id()
    record(ledger, run, note(0))
    with ledger.locks.hold(run):
        process = started(wct, run, "--json")
        assert next_document(process)["data"]["name"] == "0"
        late: list[float] = []
        for number in range(1, 11):
            begun = time.monotonic()
            record(ledger, run, note(number))
            assert next_document(process)["data"]["name"] == str(number)
            late.append(time.monotonic() - begun)
        record(ledger, run, DONE)
        stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, stderr) == (0, "")
    assert json.loads(stdout)["type"] == "run.completed/1"
    assert sorted(late)[5] <= LATENCY


def test_a_run_of_another_process_is_followed_to_its_end(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write_one_note(tmp_path)
    watching = started(wct_with_plugin, "latest", "--format", "cloudevents")
    wait_for(watching, "Waiting for ledger '.wct/ledger.db' to be made")

    assert wct_with_plugin("run", runbook, "--quiet").returncode == 0

    stdout, _ = watching.communicate(timeout=20)
    assert watching.returncode == 0
    lines = [json.loads(line) for line in stdout.splitlines()]
    assert lines[0]["type"] == "wct.run.started/1"
    assert lines[-1]["type"] == "wct.run.completed/1"
    assert [int(each["sequence"]) for each in lines] == list(range(1, len(lines) + 1))
    assert len({each["source"] for each in lines}) == 1


def test_a_run_that_has_not_begun_is_waited_for_by_its_whole_id(
    wct: Wct, ledger: Ledger
) -> None:
    record(ledger, "some-run", DONE)
    run = new_id()
    process = started(wct, run, "--json")
    wait_for(process, f"Waiting for run {run} to begin")
    record(ledger, run, note(1), DONE)
    stdout, _ = process.communicate(timeout=10)
    assert [json.loads(line)["position"] for line in stdout.splitlines()] == [1, 2]


def test_a_beginning_of_an_id_that_no_run_has_is_refused(
    cli: Cli, records: Records
) -> None:
    records.completed()
    result = cli("events", "ffff", "--follow")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "begins with 'ffff'" in result.stderr


def test_the_latest_run_is_waited_for_where_there_is_none(
    wct: Wct, ledger: Ledger
) -> None:
    record(ledger, "subscriber/s", note(0))
    process = started(wct, "latest", "--json")
    wait_for(process, "Waiting for a run to begin")
    run = new_id()
    record(ledger, run, DONE)
    stdout, _ = process.communicate(timeout=10)
    assert json.loads(stdout)["run"] == run


def test_a_run_that_has_ended_is_printed_at_once(cli: Cli, records: Records) -> None:
    for run in (records.completed(), records.interrupted()):
        followed = cli("events", run, "--follow")
        assert followed.stdout == cli("events", run).stdout
        assert (followed.exit_code, followed.stderr) == (0, "")


def test_a_run_whose_process_is_gone_is_not_waited_for(
    cli: Cli, ledger: Ledger
) -> None:
    run = new_id()
    record(ledger, run, note(1))
    result = cli("events", run, "--follow", "--json")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)
    assert result.stderr == (
        f"Run {run} has no end: the process that was at work on it is gone\n"
    )


def test_all_streams_are_followed_and_a_cursor_goes_on_where_a_reader_stood(
    wct: Wct, ledger: Ledger
) -> None:
    failure = SubscriberFailed(subscriber="s", run="a", position=1, error="E")
    record(ledger, "a", note(1), DONE)
    process = started(wct, "--all", "--json")
    assert [next_document(process)["run"] for _ in range(2)] == ["a", "a"]
    record(ledger, "subscriber/s", failure)
    last = next_document(process)
    assert last["run"] == "subscriber/s"
    assert end(process, signal.SIGINT).status == 130
    record(ledger, "b", note(2))
    record(ledger, "a", note(3))

    process = started(wct, "--all", "--json", "--after", last["cursor"])
    assert [next_document(process)["run"] for _ in range(2)] == ["b", "a"]
    process.kill()
    process.communicate()
    of_run = wct("events", "a", "--json", "--after", last["cursor"])
    assert json.loads(of_run.stdout)["data"]["name"] == "3"


def test_all_can_be_printed_without_following(cli: Cli, records: Records) -> None:
    first, second = records.completed(), records.with_failures()
    documents = cli("events", "--all", "--json").stdout.splitlines()
    runs = [json.loads(line)["run"] for line in documents]
    assert runs == [first] * 9 + [second] * 12
    lines = cli("events", "--all").stdout.splitlines()
    assert [first.startswith(line.split()[0]) for line in lines[:9]] == [True] * 9
    assert cli("events", lines[9].split()[0]).exit_code == 0
    failed = cli("events", "--all", "--type", "step.failed", "--json").stdout
    assert json.loads(failed)["run"] == second


@pytest.mark.parametrize("options", [("--json",), (), ("--format", "cloudevents")])
def test_a_reader_behind_a_cursor_of_its_run_misses_nothing_and_repeats_nothing(
    cli: Cli, records: Records, options: tuple[str, ...]
) -> None:
    run = records.with_failures()
    whole = cli("events", run, *options).stdout.splitlines()
    cursors = [
        json.loads(line)["cursor"]
        for line in cli("events", run, "--json").stdout.splitlines()
    ]
    for number, cursor in enumerate(cursors, 1):
        rest = cli("events", run, *options, "--after", cursor, "--follow").stdout
        assert rest.splitlines() == whole[number:]


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        ((), 2, "name a RUN"),
        (("latest", "--all"), 2, "no RUN"),
        (("--all", "--after", "3"), 2, "a position is one of a run"),
        (("latest", "--after", "soon"), 2, "neither a position nor a cursor"),
        (("--all", "--after", "00000000-1"), 1, "is no cursor of ledger"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    cli: Cli, records: Records, arguments: tuple[str, ...], status: int, why: str
) -> None:
    records.completed()
    result = cli("events", "--follow", *arguments)
    assert (result.exit_code, result.stdout) == (status, "")
    assert why in result.stderr


def test_ctrl_c_ends_it_without_a_word(wct: Wct, ledger: Ledger) -> None:
    record(ledger, "a", note(1))
    process = started(wct, "--all", "--json")
    next_document(process)
    ended = end(process, signal.SIGINT)
    assert (ended.status, ended.stdout, ended.stderr) == (130, "", "")
    assert ended.took < 2


def test_a_reader_who_leaves_is_noticed_before_the_next_event(
    wct: Wct, ledger: Ledger
) -> None:
    record(ledger, "a", note(1))
    process = started(wct, "--all", "--json")
    next_document(process)
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.wait(5) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


def test_waiting_takes_next_to_no_time_of_the_processor(
    wct: Wct, ledger: Ledger
) -> None:
    def cpu() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    def followed(seconds: float) -> float:
        before = cpu()
        process = started(wct, "--all", "--json")
        next_document(process)
        time.sleep(seconds)
        end(process, signal.SIGINT)
        return cpu() - before

    record(ledger, "a", *(note(number) for number in range(1000)))
    idle = min(followed(2.2) - followed(0.2) for _ in range(2))
    assert idle / 2 <= 0.02 * _slowness()


def _slowness() -> float:
    """How much more a machine that is shared by others may take: twice, at most."""
    return min(2.0, max(1.0, os.getloadavg()[0]))
