"""Looking after a ledger in PostgreSQL, by processes of their own."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import ROOT, Wct
from tests.postgres import Server, open_transaction

RUNBOOK = ROOT / "samples" / "file_content_analysis.yaml"

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(tmp_path: Path, postgres_url: str) -> Command:
    """``wct`` with the database as its ledger, in which there are two runs."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        env = {"WCT_LEDGER": postgres_url, "XDG_DATA_HOME": str(tmp_path / "data")}
        return Wct(tmp_path)(*arguments, env=env)

    for _ in range(2):
        assert run("run", RUNBOOK, "--quiet").returncode == 0
    return run


def examined(command: Command) -> dict[str, dict[str, Any]]:
    done = command("doctor", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return {each["check"]: each for each in json.loads(done.stdout)["checks"]}


def test_the_doctor_names_the_server_and_finds_nothing_wrong(command: Command) -> None:
    found = examined(command)
    assert {each["level"] for each in found.values()} == {"ok"}
    assert found["server"]["text"].startswith("PostgreSQL 1")
    assert found["horizon"]["text"] == "every event has its place"
    assert found["contents"]["facts"]["runs"] == 2
    assert "/data/wct/" in found["store"]["text"]


def test_the_doctor_names_what_holds_readers_back(
    command: Command, postgres_server: Server
) -> None:
    with open_transaction(postgres_server):
        assert command("run", RUNBOOK, "--quiet").returncode == 0
        found = examined(command)
    facts = found["horizon"]["facts"]
    assert facts["waiting"] > 0
    assert facts["holders"][0]["pid"] is not None
    assert "held back by 'lingers' process" in found["horizon"]["text"]
    assert found["signed"]["level"] == "warning"


def test_old_runs_are_pruned_and_what_is_left_verifies(command: Command) -> None:
    done = command("ledger", "prune", "--keep", "1", "--yes", "--vacuum", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert (len(document["runs"]), document["blobs"]) == (1, 3)
    verdict = json.loads(command("verify", "--json").stdout)
    assert (verdict["flaws"], verdict["pruned_payloads"]) == ([], document["payloads"])
    pruned = [
        each["pruned_at"] for each in json.loads(command("runs", "--json").stdout)
    ]
    assert [each is None for each in pruned] == [True, False]


def test_its_backup_is_the_servers_to_make(command: Command, tmp_path: Path) -> None:
    done = command("ledger", "backup", tmp_path / "backup.db")
    assert done.returncode == 1
    assert "pg_dump" in done.stderr
    assert not (tmp_path / "backup.db").exists()
