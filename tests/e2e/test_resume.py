"""``wct resume``: a run that was stopped or killed is gone on with."""

import json
import signal
import time
from pathlib import Path
from typing import Any

from tests.e2e.letterbox_runbooks import count, read, write
from tests.e2e.processes import Wct, end, wait_for


def killed(wct: Wct, directory: Path, *others: dict[str, Any]) -> Path:
    """Begin a run whose second step hangs, and kill its process."""
    runbook = write(
        directory / "hangs.yaml",
        read("quick", save_output=True),
        read("stuck", "sleep", save_output=True),
        count("late", input_from="stuck"),
        *others,
    )
    process = wct.start("run", runbook, "--max-workers", "1")
    wait_for(process, "[1/3] quick completed")
    time.sleep(0.1)
    process.kill()
    process.communicate()
    return runbook


def mend(runbook: Path) -> None:
    """Let the step that hangs read letters, as another would."""
    text = runbook.read_text()
    runbook.write_text(text.replace("connector: does-sleep", "connector: letters"))


def starts(wct: Wct) -> list[str]:
    done = wct("events", "latest", "--type", "step.started", "--json")
    return [json.loads(line)["data"]["step"] for line in done.stdout.splitlines()]


def test_a_killed_run_is_abandoned_and_resumable_at_once(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = killed(wct_with_plugin, tmp_path)
    (run,) = json.loads(wct_with_plugin("runs", "--json").stdout)
    assert run["status"] == "abandoned"
    mend(runbook)

    refused = wct_with_plugin("resume", "latest")
    assert refused.returncode == 1
    said = refused.stderr.splitlines()
    assert "-- connector: does-sleep" in said
    assert "+- connector: letters" in said
    assert "--accept-changes" in said[-1]

    done = wct_with_plugin("resume", "latest", "--accept-changes", "--json")
    assert done.returncode == 0, done.stderr
    assert [each["step_id"] for each in json.loads(done.stdout)["results"]] == [
        "quick",
        "stuck",
        "late",
    ]
    assert starts(wct_with_plugin).count("quick") == 1
    (run,) = json.loads(wct_with_plugin("runs", "--json").stdout)
    assert run["status"] == "completed"


def test_of_two_that_resume_at_once_one_wins(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    killed(wct_with_plugin, tmp_path)
    first = wct_with_plugin.start("resume", "latest")
    while len(starts(wct_with_plugin)) < 3:  # the step that hangs, once more
        assert first.poll() is None
    second = wct_with_plugin("resume", "latest")
    assert second.returncode == 1
    assert "is going on (process" in second.stderr
    (run,) = json.loads(wct_with_plugin("runs", "--json").stdout)
    assert run["status"] == "running"
    ended = end(first, signal.SIGINT)
    assert ended.status == 130
    assert "wct resume" in ended.stderr


def test_a_runbook_that_moved_is_named(wct_with_plugin: Wct, tmp_path: Path) -> None:
    runbook = killed(wct_with_plugin, tmp_path)
    moved = runbook.rename(tmp_path / "moved.yaml")
    refused = wct_with_plugin("resume", "latest")
    assert refused.returncode == 1
    assert "hangs.yaml', which is not there" in refused.stderr
    assert "--runbook PATH" in refused.stderr
    mend(moved)
    done = wct_with_plugin(
        "resume", "latest", "--runbook", moved, "--accept-changes", "--quiet"
    )
    assert done.returncode == 0, done.stderr


def test_a_complete_run_begins_again_where_somebody_says(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(
        tmp_path / "whole.yaml",
        read("first", save_output=True),
        count("second", input_from="first"),
    )
    assert wct_with_plugin("run", runbook).returncode == 0
    refused = wct_with_plugin("resume", "latest")
    assert refused.returncode == 1
    assert "--from STEP" in refused.stderr
    done = wct_with_plugin("resume", "latest", "--from", "second")
    assert done.returncode == 0, done.stderr
    assert "[1/1] second completed" in done.stderr
    assert starts(wct_with_plugin) == ["first", "second", "second"]


def test_what_it_took_is_the_time_at_work(wct_with_plugin: Wct, tmp_path: Path) -> None:
    mend(killed(wct_with_plugin, tmp_path))
    time.sleep(1.5)
    done = wct_with_plugin("resume", "latest", "--accept-changes", "--quiet")
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(wct_with_plugin("runs", "--json").stdout)
    shown = json.loads(wct_with_plugin("show", "latest", "--json").stdout)
    assert 0 < run["duration"] < 1.5
    assert shown["duration"] == run["duration"]
    assert "at work, 2 attempts" in wct_with_plugin("show", "latest").stdout
