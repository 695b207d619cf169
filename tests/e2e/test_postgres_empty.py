"""Commands on a database that no run was recorded in: as where no file is yet."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.processes import ROOT, Wct, wait_for

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def env(tmp_path: Path, postgres_url: str) -> dict[str, str]:
    return {"WCT_LEDGER": postgres_url, "XDG_DATA_HOME": str(tmp_path / "data")}


@pytest.fixture
def command(wct: Wct, env: dict[str, str]) -> Command:
    return lambda *arguments: wct(*arguments, env=env)


def test_runs_lists_none_and_says_how_one_is_recorded(
    wct: Wct, command: Command
) -> None:
    listed, usual = command("runs"), wct("runs")
    assert (listed.returncode, listed.stdout) == (0, "")
    assert (
        listed.stderr
        == usual.stderr
        == ("No runs yet: 'wct run RUNBOOK' records one.\n")
    )
    assert json.loads(command("runs", "--json").stdout) == []


def test_doctor_finds_no_error(command: Command) -> None:
    looked = command("doctor", "--json")
    assert looked.returncode == 0, looked.stdout
    lines = json.loads(looked.stdout)["checks"]
    (place,) = [line for line in lines if line["check"] == "place"]
    assert place["level"] == "ok"
    assert "'wct run RUNBOOK' makes it" in place["text"]


def test_a_run_that_is_named_is_an_error_with_the_place(command: Command) -> None:
    shown = command("show", "latest")
    assert shown.returncode == 1
    assert "nothing is recorded there yet" in shown.stderr


def test_following_waits_for_the_first_run(
    wct: Wct, command: Command, env: dict[str, str]
) -> None:
    (wct.directory / "samples").symlink_to(ROOT / "samples")
    follower = wct.start("events", "latest", "--follow", "--ledger", env["WCT_LEDGER"])
    wait_for(follower, "Waiting for ledger 'postgresql://")
    ran = command("run", ROOT / "samples" / "file_content_analysis.yaml", "--quiet")
    assert ran.returncode == 0, ran.stderr
    stdout, _ = follower.communicate(timeout=30)
    assert follower.returncode == 0
    assert "run.completed/1" in stdout.splitlines()[-1]
