"""``wct why``, ``wct replay`` and ``wct diff`` of a run that was gone on with."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.e2e.letters import LETTERS
from wct_entrypoints.cli import main

Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    for name in ("WCT_LEDGER", "WCT_KEYS"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str | os.PathLike[str]) -> Result:
        given = [os.fspath(each) for each in arguments]
        return CliRunner().invoke(main, given, catch_exceptions=False)

    return run


@pytest.fixture(autouse=True)
def resumed(cli: Cli) -> None:
    """A run whose source was not there at first."""
    Path("runbook.yaml").write_text(LETTERS)
    assert cli("run", "runbook.yaml", "-q").exit_code == 3
    Path("letters").mkdir()
    Path("letters", "one.txt").write_text("my email is kim@example.org\n")
    result = cli("resume", "latest", "-q")
    assert result.exit_code == 0, result.stderr


def test_why_tells_what_became_of_each_attempt(cli: Cli) -> None:
    answer = json.loads(cli("why", "latest", "scan", "--json").stdout)
    first, second = answer["attempts"]
    assert first["ended"].startswith("failed (")
    assert second["again"].startswith("attempt 1 failed (")
    text = cli("why", "latest", "scan").stdout
    assert "because attempt 1 failed (" in text
    assert ": completed" in text


def test_why_of_the_next_run_compares_with_what_it_came_to(cli: Cli) -> None:
    assert cli("run", "runbook.yaml", "-q").exit_code == 0
    answer = json.loads(cli("why", "latest", "scan", "--json").stdout)
    assert (answer["causes"], answer["same"]) == ([], True)


def test_why_of_a_step_that_failed_before_says_so(cli: Cli) -> None:
    Path("letters").rename("gone")
    assert cli("run", "runbook.yaml", "-q").exit_code == 3
    Path("gone").rename("letters")
    assert cli("run", "runbook.yaml", "-q").exit_code == 0
    text = cli("why", "latest", "scan").stdout
    assert "where it failed (" in text
    assert "  input  what letters read: nothing → 1 item" in text


def test_replay_tells_both_attempts(cli: Cli) -> None:
    text = cli("replay", "latest").stdout
    assert "scan failed (" in text
    assert "scan completed in " in text
    assert cli("replay", "latest", "--verify").exit_code == 0


def test_diff_compares_what_it_came_to_in_the_end(cli: Cli) -> None:
    assert cli("run", "runbook.yaml", "-q").exit_code == 0
    runs = [each["run"] for each in json.loads(cli("runs", "--json").stdout)]
    document = json.loads(cli("diff", *runs, "--json").stdout)
    assert document["equal_results"] == 1
    assert document["runbook"] == document["versions"] == []
