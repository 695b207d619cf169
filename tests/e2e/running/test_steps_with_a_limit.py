"""Steps with a ``timeout`` run in a process of their own, and are really stopped."""

import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.letterbox_runbooks import count, read, write
from tests.e2e.processes import Wct, end, wait_for
from tests.waiting import until

SHORT = 1.5  # seconds; a process is up after a third of that
LONGER = 4.0  # for one that has to do something first
SECRET = "swordfish-4711"


def failures(wct: Wct) -> list[dict[str, Any]]:
    """What is recorded of the failures of the last run."""
    done = wct("events", "latest", "--type", "step.failed", "--json")
    return [json.loads(line)["data"] for line in done.stdout.splitlines()]


def is_there(process: int) -> bool:
    """Whether a process lives; one that nobody has buried yet does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


@pytest.mark.parametrize(
    ("deed", "limit"), [("sleep", SHORT), ("match", SHORT), ("breed", LONGER)]
)
def test_a_step_is_stopped_when_its_time_is_over(
    wct_with_plugin: Wct, tmp_path: Path, deed: str, limit: float
) -> None:
    runbook = write(
        tmp_path / "slow.yaml",
        read("stuck", deed, timeout=limit, save_output=True),
        count("quick"),
        count("late", input_from="stuck"),
    )
    begun = time.monotonic()
    done = wct_with_plugin("run", runbook, "--quiet")
    assert time.monotonic() - begun < 30  # the deed takes a minute, or for ever
    assert done.returncode == 3, done.stderr
    (failed,) = failures(wct_with_plugin)
    assert failed["code"] == "timeout"
    assert failed["error"] == "StepTimeoutError"
    shown = wct_with_plugin("show", "latest").stdout
    assert f"timed out after {limit:g} s" in shown
    assert "skipped" in shown
    if deed == "breed":
        for process in map(int, (tmp_path / "bred").read_text().split()):
            assert not is_there(process)


def test_a_step_out_of_time_is_tried_again_if_its_runbook_says_so(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    retry = {"attempts": 2, "backoff": 0, "on": ["timeout"]}
    runbook = write(
        tmp_path / "slow.yaml", read("stuck", "sleep", timeout=0.8, retry=retry)
    )
    assert wct_with_plugin("run", runbook, "--quiet").returncode == 3
    tries = failures(wct_with_plugin)
    assert [(each["code"], each.get("retry_in")) for each in tries] == [
        ("timeout", 0),
        ("timeout", None),
    ]


@pytest.mark.parametrize(
    ("deed", "how"),
    [
        ("vanish", "its process exited with status 5 before the step had ended"),
        ("crash", "its process was ended by SIGSEGV before the step had ended"),
    ],
)
def test_a_process_that_dies_is_a_failed_step_and_the_run_goes_on(
    wct_with_plugin: Wct, tmp_path: Path, deed: str, how: str
) -> None:
    runbook = write(
        tmp_path / "dies.yaml", read("stuck", deed, timeout="1m"), count("other")
    )
    done = wct_with_plugin("run", runbook, "--json", "--quiet")
    assert done.returncode == 3, done.stderr
    results = json.loads(done.stdout)["results"]
    assert [each["success"] for each in results] == [False, True]
    assert how in results[0]["error_message"]
    assert failures(wct_with_plugin)[0]["code"] == "process.died"


def test_a_process_gets_neither_ledger_nor_keys_and_secrets_by_pipe_only(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(tmp_path / "spied.yaml", read("spied", "spy", timeout=60))
    document = runbook.read_text().replace(
        "deed: spy", f"deed: spy\n    password: {SECRET}"
    )
    runbook.write_text(document)
    environment = {
        "WCT_LEDGER": str(tmp_path / "own.db"),
        "WCT_KEYS": str(tmp_path / "own.keys"),
    }
    done = wct_with_plugin("run", runbook, "--json", env=environment)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["results"]) == 1  # what it printed is not here
    assert "a spy was here" in done.stderr
    spied = (tmp_path / "spied.json").read_text()
    assert SECRET not in spied
    assert "own.db" not in spied
    assert "own.keys" not in spied
    files = json.loads(spied)["files"]
    assert not [each for each in files if str(tmp_path) in each]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_wct_ends_its_processes_end_with_it(
    wct_with_plugin: Wct, tmp_path: Path, number: signal.Signals
) -> None:
    runbook = write(
        tmp_path / "hangs.yaml",
        read("quick", save_output=True),
        read("stuck", "breed", timeout="1h"),
    )
    process = wct_with_plugin.start("run", runbook)
    wait_for(process, "[1/2] quick completed")
    bred = tmp_path / "bred"
    assert until(lambda: bred.exists() and len(bred.read_text().split()) == 2)
    alive = [int(each) for each in bred.read_text().split()]
    try:
        assert all(map(is_there, alive))
        ended = end(process, number)
        assert ended.took < 10
        assert until(lambda: not any(map(is_there, alive)))
    finally:
        for each in alive:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
    if number is not signal.SIGKILL:
        assert "in flight: stuck" in ended.stderr


@pytest.mark.parametrize("limit", [{}, {"timeout": "1h"}], ids=["here", "apart"])
def test_what_was_in_flight_is_done_again_and_nothing_else(
    wct_with_plugin: Wct, tmp_path: Path, limit: dict[str, str]
) -> None:
    runbook = write(
        tmp_path / "hangs.yaml",
        read("quick", save_output=True),
        read("stuck", "linger", save_output=True, **limit),
        count("late", input_from="stuck"),
    )
    process = wct_with_plugin.start("run", runbook, "--max-workers", "1")
    wait_for(process, "[1/3] quick completed")
    time.sleep(0.1)
    assert end(process, signal.SIGINT).status == 130
    (tmp_path / "go").touch()
    done = wct_with_plugin("resume", "latest", "--quiet")
    assert done.returncode == 0, done.stderr
    events = wct_with_plugin("events", "latest", "--type", "step.started", "--json")
    started = [json.loads(each)["data"]["step"] for each in events.stdout.splitlines()]
    assert started == ["quick", "stuck", "stuck", "late"]


def test_a_limit_that_is_none_is_refused_with_its_place(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(tmp_path / "wrong.yaml", read("a"), read("b", timeout="soon"))
    done = wct_with_plugin("run", runbook)
    assert done.returncode == 1
    assert "execution -> 1 -> timeout" in done.stderr
    assert "'90s', '5m' or '2h'" in done.stderr
