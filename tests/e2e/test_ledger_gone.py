"""A ledger file that goes away under a run: the run stops, and claims nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.letterbox_runbooks import count, read, write
from tests.e2e.processes import Wct, wait_for


def removed(ledger: Path) -> None:
    ledger.unlink()


def removed_with_its_directory(ledger: Path) -> None:
    shutil.rmtree(ledger.parent)


def moved(ledger: Path) -> None:
    ledger.rename(ledger.with_name("elsewhere.db"))


@pytest.mark.parametrize("goes", [removed, removed_with_its_directory, moved])
def test_a_run_whose_ledger_goes_away_stops_with_one_line(
    wct_with_plugin: Wct, tmp_path: Path, goes: Callable[[Path], None]
) -> None:
    runbook = write(
        tmp_path / "lingers.yaml",
        count("quick"),
        read("slow", "linger", save_output=True),
        count("late", input_from="slow"),
    )
    process = wct_with_plugin.start("run", runbook, "--output", "results.json")
    wait_for(process, "[1/3] quick completed")

    goes(tmp_path / ".wct" / "ledger.db")
    (tmp_path / "go").touch()
    stdout, stderr = process.communicate(timeout=30)

    assert process.returncode == 1
    assert stdout == ""
    last = stderr.splitlines()[-1]
    assert last.startswith("Error: ")
    assert "was deleted or replaced while it was open" in last
    assert "completed" not in stderr
    assert "Traceback" not in stderr
    assert not list(tmp_path.rglob("results.json"))
