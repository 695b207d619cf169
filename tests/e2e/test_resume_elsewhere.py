"""Going on with a run in another directory than that in which it was started."""

import json
import os
from pathlib import Path

import pytest

from tests.e2e.letters import LETTERS
from tests.e2e.processes import Cli

LEDGER = "../work/.wct/ledger.db"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture(autouse=True)
def failed(
    cli: Cli, tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run in ``work`` whose source is there now, and other letters elsewhere."""
    for name in ("work", "else"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(work)
    Path("runbook.yaml").write_text(LETTERS)
    assert cli("run", "runbook.yaml", "-q").exit_code == 3
    for name in ("work", "else"):
        letters = tmp_path / name / "letters"
        letters.mkdir()
        (letters / f"{name}.txt").write_text("my email is kim@example.org\n")
    monkeypatch.chdir(tmp_path / "else")


def test_it_is_refused_naming_both_directories_and_the_way_there(
    cli: Cli, tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = cli("resume", "latest", "--ledger", LEDGER)
    assert refused.exit_code == 1
    (line,) = refused.stderr.splitlines()
    assert f"was started in '{work}'" in line
    assert f"this is '{tmp_path / 'else'}'" in line
    assert not Path("outputs").exists()
    command = line.partition("(")[2].partition(")")[0]
    cd, _, resume = command.partition(" && ")
    assert cd == f"cd {work}"
    monkeypatch.chdir(work)
    program, *arguments = resume.split()
    assert program == "wct"
    result = cli(*arguments)
    assert result.exit_code == 0, result.stderr


def test_the_way_there_names_a_ledger_that_is_not_found_there(
    cli: Cli, work: Path
) -> None:
    (work / ".wct").rename("ledgers")
    refused = cli("resume", "latest", "--ledger", "ledgers/ledger.db")
    assert f"--ledger {Path('ledgers/ledger.db').absolute()})" in refused.stderr


def test_nothing_is_recorded_of_what_was_refused(cli: Cli) -> None:
    before = cli("events", "latest", "--ledger", LEDGER).stdout
    cli("resume", "latest", "--ledger", LEDGER)
    assert cli("events", "latest", "--ledger", LEDGER).stdout == before


def test_here_takes_paths_from_the_directory_that_one_is_in(cli: Cli) -> None:
    result = cli("resume", "latest", "--ledger", LEDGER, "--here", "--json")
    assert result.exit_code == 0, result.stderr
    assert "letters/else.txt" in result.stdout
    # That is where it goes on the next time.
    again = cli("resume", "latest", "--ledger", LEDGER, "--from", "scan", "-q")
    assert again.exit_code == 0, again.stderr


def test_a_directory_that_is_gone_is_said_to_be(cli: Cli, work: Path) -> None:
    work.rename("moved")
    refused = cli("resume", "latest", "--ledger", "moved/.wct/ledger.db")
    assert refused.exit_code == 1
    assert f"'{work}'" in refused.stderr
    assert "that directory is gone" in refused.stderr


def test_another_name_of_the_same_directory_is_that_directory(
    cli: Cli, tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(work)
    monkeypatch.chdir(tmp_path / "link")
    assert cli("resume", "latest", "-q").exit_code == 0


@pytest.mark.parametrize("command", [("replay", "--verify"), ("debug", "scan")])
def test_steps_done_again_elsewhere_come_with_a_warning(
    cli: Cli, work: Path, command: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, other = command
    result = cli(name, "latest", other, "--ledger", LEDGER)
    assert f"was started in '{work}'" in result.stderr
    monkeypatch.chdir(work)
    assert "was started in" not in cli(name, "latest", other).stderr


def test_the_directory_is_sealed_and_in_no_event(cli: Cli, work: Path) -> None:
    text = cli("events", "latest", "--ledger", LEDGER, "--json").stdout
    assert str(work) not in text
    assert json.loads(text.splitlines()[0])["type"] == "run.started/1"
    assert os.fsencode(work) not in (work / ".wct/ledger.db").read_bytes()
