"""A run ends as it would, whatever becomes of those who are told of it."""

import json
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.processes import Wct, end
from tests.one_note import write_one_note
from tests.waiting import until

RUN = ("run", "runbook.yaml", "--json")
STAYS = """\
import os, time
from pathlib import Path
Path("pid.txt").write_text(str(os.getpid()))
time.sleep(300)
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    write_one_note(tmp_path)
    (tmp_path / "stays").write_text(f"#!{sys.executable}\n{STAYS}")
    (tmp_path / "stays").chmod(0o755)
    return tmp_path


def configure(here: Path, program: str) -> None:
    (here / "wct.yaml").write_text(
        f"subscribers:\n  - {{name: s, exec: [{program}], from_start: true}}\n"
    )


@pytest.mark.parametrize("change", ["INSERT", "UPDATE"])
def test_where_no_cursor_can_be_written_the_run_says_so_and_succeeds(
    wct: Wct, here: Path, change: str
) -> None:
    assert wct(*RUN).returncode == 0
    with closing(sqlite3.connect(here / ".wct/ledger.db")) as database:
        database.execute(
            f"CREATE TRIGGER full BEFORE {change} ON subscribers "
            "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    configure(here, "cat")
    run = wct(*RUN)
    assert run.returncode == 0
    assert json.loads(run.stdout)["export_metadata"]["total_results"] == 1
    assert "subscriber.not_told subscriber=s" in run.stderr
    assert "disk full" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("kept", [True, False], ids=["in wct.yaml", "live"])
def test_a_program_does_not_outlive_a_run_whose_drain_is_cut_short(
    wct: Wct, here: Path, kept: bool
) -> None:
    told = () if kept else ("--exec", "./stays")
    if kept:
        configure(here, "./stays")
    with wct.start(*RUN, "--drain", "60", *told) as process:
        assert until((here / "pid.txt").exists)
        assert until(lambda: bool((here / "pid.txt").read_text()))
        assert until(lambda: is_over(wct))
        ended = end(process, signal.SIGINT)
    assert ended.status == 130
    assert "its results were not written" in ended.stderr
    assert "wct show" in ended.stderr
    assert "wct resume" not in ended.stderr  # nothing is left to do
    pid = int((here / "pid.txt").read_text())
    assert until(lambda: not is_alive(pid))


def is_over(wct: Wct) -> bool:
    listed = json.loads(wct("runs", "--json").stdout)
    return [each["status"] for each in listed] == ["completed"]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that has ended, and nobody has asked about, is no process any more.
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
