"""Real processes write one ledger at once, and some are killed while they do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAULTS = ("lost", "torn", "broken", "damaged", "errors")


def report_of(harness: str, *arguments: str) -> dict[str, int]:
    """Run a harness in a process of its own: it forks, which needs a single thread."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-m", f"tests.crash.{harness}", *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    print(done.stdout)  # with the seed, for who has to repeat it
    report: dict[str, int] = json.loads(done.stdout)
    return report


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_what_a_killed_writer_was_told_is_recorded_is_there() -> None:
    report = report_of("kill_writers", "--seconds", "3")
    assert {fault: report[fault] for fault in FAULTS} == dict.fromkeys(FAULTS, 0)
    assert report["kills"] >= 10
    assert report["acknowledged"] > 100


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_eight_writers_lose_nothing_and_who_follows_them_misses_nothing() -> None:
    report = report_of("hammer", "--writers", "8", "--batches", "50")
    faults = (*FAULTS, "missed", "seen twice")
    assert {fault: report[fault] for fault in faults} == dict.fromkeys(faults, 0)
    assert report["recorded"] == report["stored"] >= 8 * 50
