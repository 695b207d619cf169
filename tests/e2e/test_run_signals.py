"""Ctrl-C, SIGTERM and SIGHUP end a run within a second, and leave a record of it."""

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.letterbox_runbooks import count, read, write
from tests.e2e.processes import Ended, Wct, end, wait_for

ENOUGH = 5.0
"""Seconds: a hang lasts a minute, and a loaded machine may take its time."""


def interrupted(
    wct: Wct, directory: Path, deed: str, *signals: signal.Signals
) -> Ended:
    """Run a step that counts and one that hangs, and send signals when it hangs."""
    runbook = write(
        directory / "hangs.yaml",
        count("quick"),
        read("stuck", deed),
        count("late", input_from="stuck"),
    )
    process = wct.start("run", runbook)
    wait_for(process, "[1/3] quick completed")
    time.sleep(0.1)
    return end(process, *signals)


def events(wct: Wct, kind: str) -> list[dict[str, object]]:
    done = wct("events", "latest", "--type", kind, "--json")
    return [json.loads(line)["data"] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("deed", ["sleep", "spin", "pool", "match"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_a_signal_ends_a_run_whatever_its_step_is_doing(
    wct_with_plugin: Wct,
    tmp_path: Path,
    deed: str,
    kind: signal.Signals,
    status: int,
) -> None:
    ended = interrupted(wct_with_plugin, tmp_path, deed, kind)

    assert ended.status == status
    assert ended.took < ENOUGH
    assert events(wct_with_plugin, "run.interrupted") == [
        {"signal": kind.name, "in_flight": ["stuck"]}
    ]


def test_an_interrupted_run_says_what_was_at_work_and_how_to_go_on(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    ended = interrupted(wct_with_plugin, tmp_path, "sleep", signal.SIGINT)

    said = ended.stderr.splitlines()
    name = said[0].split()[1]
    assert said == [
        f"Run {name} was interrupted (SIGINT); in flight: stuck",
        f"What was done is recorded: wct show {name}",
        f"To go on with what is missing: wct resume {name}",
    ]
    assert ended.stdout == ""
    assert not (tmp_path / "outputs").exists()
    shown = json.loads(wct_with_plugin("show", name, "--json").stdout)
    assert shown["status"] == "interrupted"
    assert [step["status"] for step in shown["steps"]] == [
        "succeeded",
        "running",
        "planned",
    ]


def test_nothing_is_recorded_of_the_run_after_its_end(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    interrupted(wct_with_plugin, tmp_path, "sleep", signal.SIGINT)

    done = wct_with_plugin("events", "latest", "--json")
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["type"] == "run.interrupted/1"


def test_of_many_steps_at_once_exactly_those_in_flight_are_named(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    steps = [count(f"s{number}", save_output=True) for number in range(1500)]
    runbook = write(tmp_path / "many.yaml", *steps)
    process = wct_with_plugin.start("run", runbook, "--max-workers", "8")
    wait_for(process, "[40/1500]")

    assert end(process, signal.SIGINT).status == 130

    done = wct_with_plugin("events", "latest", "--json")
    history = [json.loads(line) for line in done.stdout.splitlines()]
    started = of_kind(history, "step.started/1")
    ended = of_kind(history, "step.completed/1")
    assert history[-1]["type"] == "run.interrupted/1"
    assert set(history[-1]["data"]["in_flight"]) == started - ended


def of_kind(history: list[dict[str, Any]], kind: str) -> set[str]:
    return {each["data"]["step"] for each in history if each["type"] == kind}


def test_a_second_signal_ends_the_process_at_once(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    ended = interrupted(wct_with_plugin, tmp_path, "spin", signal.SIGINT, signal.SIGINT)

    assert ended.status == 130
    assert ended.took < ENOUGH


def test_ctrl_c_before_the_run_begins_records_nothing(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = tmp_path / "never.yaml"
    subprocess.run(["mkfifo", str(runbook)], check=True)  # opening it waits
    process = wct_with_plugin.start("run", runbook)
    time.sleep(1.5)

    ended = end(process, signal.SIGINT)

    assert ended.status == 130
    assert "Interrupted" in ended.stderr
    assert not (tmp_path / ".wct").exists()
