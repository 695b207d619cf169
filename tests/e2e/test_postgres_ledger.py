"""Commands on a ledger in PostgreSQL, as processes of their own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.letterbox_runbooks import count, read, write
from tests.e2e.processes import ROOT, Wct, wait_for
from tests.postgres import Server, open_transaction

RUNBOOK = ROOT / "samples" / "file_content_analysis.yaml"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory in which the sample runbook finds its shop."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    return tmp_path


@pytest.fixture
def command(
    home: Path, postgres_url: str
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """``wct`` with the database as its ledger."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        env = {"WCT_LEDGER": postgres_url, "XDG_DATA_HOME": str(home / "data")}
        return Wct(home)(*arguments, env=env)

    return run


Command = Callable[..., subprocess.CompletedProcess[str]]


def test_a_run_is_recorded_listed_shown_and_read(command: Command, home: Path) -> None:
    ran = command("run", RUNBOOK)
    assert ran.returncode == 0, ran.stderr
    assert not (home / ".wct").exists()
    (run,) = json.loads(command("runs", "--json").stdout)
    assert run["status"] == "completed"
    shown = json.loads(command("show", "latest", "--json").stdout)
    assert shown["run"] == run["run"]
    assert shown["ledger"].startswith("postgresql://")
    events = command("events", "latest", "--json").stdout.splitlines()
    assert len(events) == shown["events"]
    step = shown["steps"][0]["id"]
    kept = json.loads(command("artifacts", "latest", step).stdout)
    assert len(kept["content"]["findings"]) == step_items(shown)
    verified = command("verify")
    assert (verified.returncode, "Sound" in verified.stdout) == (0, True)
    assert list((home / "data" / "wct").iterdir()) != []


def step_items(shown: dict[str, list[dict[str, int]]]) -> int:
    return shown["steps"][0]["items"]


def test_hints_name_the_ledger_as_it_was_named_without_its_password(
    home: Path, postgres_server: Server
) -> None:
    name = postgres_server.new_database()
    place = f"127.0.0.1:{postgres_server.port}/{name}"
    url = f"postgresql://postgres:hidden@{place}"
    ran = Wct(home)("run", RUNBOOK, "--ledger", url, env={"XDG_DATA_HOME": str(home)})
    assert ran.returncode == 0, ran.stderr
    assert f"--ledger postgresql://postgres@{place}" in ran.stdout
    assert "hidden" not in ran.stdout + ran.stderr


def test_two_processes_at_once_share_a_ledger(
    home: Path, command: Command, postgres_url: str
) -> None:
    assert command("run", RUNBOOK).returncode == 0
    environment = Wct(home).environment(
        {"WCT_LEDGER": postgres_url, "XDG_DATA_HOME": str(home / "data")}
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "wct_entrypoints.cli", "run", str(RUNBOOK)],
            cwd=home,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for _ in range(2)
    ]
    for process in both:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    runs = json.loads(command("runs", "--json").stdout)
    assert [run["status"] for run in runs] == ["completed"] * 3
    assert command("verify").returncode == 0


def test_a_run_whose_events_are_not_settled_is_seen_at_once_and_signed_later(
    command: Command, postgres_server: Server
) -> None:
    with open_transaction(postgres_server):
        ran = command("run", RUNBOOK)
        assert ran.returncode == 0, ran.stderr
        assert "pending" in ran.stdout
        (run,) = json.loads(command("runs", "--json").stdout)
        assert run["status"] == "completed"
        assert "pending" in command("show", "latest").stdout
    assert command("verify").returncode == 0
    assert "pending" not in command("show", "latest").stdout


def test_an_erased_run_shows_nothing_any_more(command: Command) -> None:
    assert command("run", RUNBOOK).returncode == 0
    step = json.loads(command("show", "latest", "--json").stdout)["steps"][0]["id"]
    assert command("artifacts", "latest", step).returncode == 0
    erased = command("erase", "latest", "--reason", "art17", "--yes")
    assert erased.returncode == 0, erased.stderr
    assert command("artifacts", "latest", step).returncode == 1
    assert command("verify").returncode == 0


def test_a_database_without_a_ledger_has_no_runs_yet(command: Command) -> None:
    looked = command("runs")
    assert (looked.returncode, looked.stdout) == (0, "")
    assert looked.stderr.startswith("No runs yet")


def test_a_database_without_a_ledger_has_nothing_to_verify(command: Command) -> None:
    refused = command("verify")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "nothing is recorded there yet" in refused.stderr


_WITHOUT_DRIVER = """
import sys
sys.modules["psycopg"] = None
from wct_entrypoints.cli import main
main()
"""


def test_without_the_driver_one_line_says_what_to_install(home: Path) -> None:
    url = "postgresql://u:hidden@localhost/x"
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_DRIVER, "runs", "--ledger", url],
        cwd=home,
        env=Wct(home).environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "pip install 'wct-compliance[postgres]'" in done.stderr
    assert "hidden" not in done.stderr


def test_nothing_of_postgresql_is_loaded_for_a_file(home: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-X", "importtime", "-m", "wct_entrypoints.cli"),
            *("run", str(RUNBOOK)),
        ],
        cwd=home,
        env=Wct(home).environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert "apsw" in done.stderr
    assert "psycopg" not in done.stderr
    assert "ledgers.postgres" not in done.stderr


def test_a_run_whose_server_goes_away_stops_with_one_line(
    wct_with_plugin: Wct,
    tmp_path: Path,
    postgres_server: Server,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    runbook = write(
        tmp_path / "lingers.yaml",
        count("quick"),
        read("slow", "linger", save_output=True),
        count("late", input_from="slow"),
    )
    process = wct_with_plugin.start("run", runbook, "--ledger", postgres_url)
    wait_for(process, "[1/3] quick completed")
    postgres_server.stop()
    try:
        (tmp_path / "go").touch()
        stdout, stderr = process.communicate(timeout=60)
    finally:
        postgres_server.start()
    assert process.returncode == 1
    assert stdout == ""
    last = stderr.splitlines()[-1]
    assert last.startswith("Error: ledger 'postgresql://")
    assert "no server is listening there" in last
    assert "Traceback" not in stderr


def test_a_server_that_restarts_under_a_run_does_not_stop_it(
    wct_with_plugin: Wct,
    tmp_path: Path,
    postgres_server: Server,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    slow = read("slow", "linger", save_output=True)
    runbook = write(tmp_path / "lingers.yaml", count("quick"), slow)
    process = wct_with_plugin.start("run", runbook, "--ledger", postgres_url)
    wait_for(process, "[1/2] quick completed")
    postgres_server.restart()
    (tmp_path / "go").touch()
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    verified = wct_with_plugin("verify", "--ledger", postgres_url)
    assert verified.returncode == 0, verified.stdout
