"""Real processes write one ledger at once, and some are killed while they do."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.crash.examining import FAULTS, examine
from tests.crash.kill_writers import OF_THE_READER
from tests.crash.writers import keep_appending
from tests.ledger_checks import stored_events

ROOT = Path(__file__).parents[2]


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
    assert done.stdout, done.stderr
    print(done.stdout)  # with the seed, for who has to repeat it
    report: dict[str, int] = json.loads(done.stdout)
    return report


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_what_a_killed_writer_was_told_is_recorded_is_there() -> None:
    report = report_of("kill_writers", "--seconds", "4")
    faults = (*FAULTS, *OF_THE_READER)
    assert {fault: report[fault] for fault in faults} == dict.fromkeys(faults, 0)
    assert report["kills"] >= 10
    assert report["acknowledged"] > 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    ("planted", "found"), [("forgetful", "seen twice"), ("hasty", "missed")]
)
def test_a_reader_that_keeps_its_cursor_wrongly_is_noticed(
    planted: str, found: str
) -> None:
    report = report_of("kill_writers", "--kills", "60", "--planted", planted)
    assert report[found] > 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_eight_writers_lose_nothing_and_who_follows_them_misses_nothing() -> None:
    report = report_of("hammer", "--writers", "8", "--batches", "50")
    faults = (*FAULTS, "missed", "seen twice")
    assert {fault: report[fault] for fault in faults} == dict.fromkeys(faults, 0)
    assert report["recorded"] == report["stored"] >= 8 * 50


def test_what_is_lost_torn_or_broken_is_noticed(tmp_path: Path) -> None:
    told: list[str] = []
    path = tmp_path / "ledger.db"
    keep_appending(path, "0", 7, 20, lambda lines: told.extend(lines.splitlines()))
    assert not any(examine(path, told).faults().values())
    assert examine(path, [*told, "run/0 1000 nobody"]).lost == 1
    batches = Counter(event.payload for event in stored_events(path))
    payload = next(payload for payload, count in batches.items() if count > 1)
    connection: Any = apsw.Connection(str(path))
    connection.execute("DROP TRIGGER events_stay")
    sql = "DELETE FROM events WHERE event_id = (SELECT max(event_id) FROM events "
    connection.execute(f"{sql} WHERE payload = ?)", (payload,))
    connection.close()
    found = examine(path, told)
    assert (found.lost, found.torn) == (1, 1)
    assert found.broken > 0
    assert found.unverified > 0
