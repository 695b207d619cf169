"""``wct events --follow`` on a ledger in PostgreSQL."""

import json
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import COMMAND, Wct, end
from wct_domain.events import Event, PluginNoted, RunCompleted
from wct_domain.ports.ledger import Ledger, NewEvent
from wct_entrypoints.bootstrap.identity import new_id
from wct_entrypoints.bootstrap.ledgers import open_ledger

DONE = RunCompleted(succeeded=1, failed=0, skipped=0)


@pytest.fixture
def ledger(postgres_url: str, tmp_path: Path) -> Iterator[Ledger]:
    environ = {"XDG_DATA_HOME": str(tmp_path)}
    with closing(open_ledger(postgres_url, create=True, environ=environ)) as opened:
        yield opened


def note(number: int) -> Event:
    return PluginNoted(plugin="test", name=str(number), data={})


def record(ledger: Ledger, stream: str, *events: Event) -> None:
    ledger.append(stream, [NewEvent(new_id(), each) for each in events], expected=None)


def follow(url: str, directory: Path, *arguments: str) -> "subprocess.Popen[str]":
    wct = Wct(directory)
    return subprocess.Popen(
        [*COMMAND, "events", "--follow", "--json", "--ledger", url, *arguments],
        cwd=directory,
        env=wct.environment({"XDG_DATA_HOME": str(directory)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def next_document(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None
    document: dict[str, Any] = json.loads(process.stdout.readline())
    return document


def test_a_run_is_followed_to_its_end(
    ledger: Ledger, postgres_url: str, tmp_path: Path
) -> None:
    run = new_id()
    record(ledger, run, note(0))
    with ledger.locks.hold(run):
        process = follow(postgres_url, tmp_path, run)
        for number in range(5):
            assert next_document(process)["data"]["name"] == str(number)
            record(ledger, run, note(number + 1))
        record(ledger, run, DONE)
        stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, stderr) == (0, "")
    assert json.loads(stdout.splitlines()[-1])["type"] == "run.completed/1"


def test_all_runs_are_followed_and_a_cursor_goes_on_where_a_reader_stood(
    ledger: Ledger, postgres_url: str, tmp_path: Path
) -> None:
    record(ledger, "a", note(1))
    process = follow(postgres_url, tmp_path, "--all")
    cursor = next_document(process)["cursor"]
    assert end(process, signal.SIGINT).status == 130
    record(ledger, "b", note(2))
    record(ledger, "a", DONE)

    process = follow(postgres_url, tmp_path, "--all", "--after", cursor)
    assert [next_document(process)["run"] for _ in range(2)] == ["b", "a"]
    end(process, signal.SIGINT)
    process = follow(postgres_url, tmp_path, "a", "--after", cursor)
    stdout, _ = process.communicate(timeout=10)
    assert [json.loads(line)["position"] for line in stdout.splitlines()] == [2]


def test_waiting_takes_next_to_no_time_of_the_processor(
    ledger: Ledger, postgres_url: str, tmp_path: Path
) -> None:
    run = new_id()
    record(ledger, run, note(1))

    def used(seconds: float) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = follow(postgres_url, tmp_path, run)
        next_document(process)
        time.sleep(seconds)
        end(process, signal.SIGINT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    with ledger.locks.hold(run):
        idle = min(used(3.2) - used(0.2) for _ in range(2))
    assert idle / 3 <= 0.04  # half of it, unless the machine is busy
