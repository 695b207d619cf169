"""``wct runs --with``: the runs that found something of a risk."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli
from tests.one_note import write_one_note

HEALTH = "diagnosis: diabetes. blood type: A. medical history: none\n"
MAIL = "write to someone@example.org\n"


@pytest.fixture
def scanned(cli: Cli) -> None:
    """Three runs: of health data, of an address, of nothing."""
    for text in (HEALTH, MAIL, "nothing to see\n"):
        runbook = write_one_note(Path())
        Path("note.txt").write_text(text)
        assert cli("run", runbook, "--quiet").exit_code == 0


def listed(cli: Cli, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(cli("runs", "--json", *options).stdout)
    return found


@pytest.mark.usefixtures("scanned")
def test_runs_are_chosen_by_what_they_found(cli: Cli) -> None:
    nothing, mail, health = listed(cli)
    assert nothing["found"] == {}
    assert mail["found"] == {"medium": 1}
    assert health["found"]["special_category"] == health["found"]["high"] > 0
    assert listed(cli, "--with", "high") == [health]
    assert listed(cli, "--with", "special-category") == [health]
    assert listed(cli, "--with", "low") == [mail, health]


@pytest.mark.usefixtures("scanned")
def test_rows_made_anew_say_the_same(cli: Cli) -> None:
    before = listed(cli, "--with", "medium")
    assert len(before) == 2
    assert cli("rebuild").exit_code == 0
    assert listed(cli, "--with", "medium") == before
    checks = json.loads(cli("doctor", "--json").stdout)["checks"]
    (line,) = (each for each in checks if each["check"] == "findings")
    assert (line["level"], line["text"]) == ("ok", "up to date")


@pytest.mark.usefixtures("scanned")
def test_people_see_how_much_was_found(cli: Cli) -> None:
    head, row = cli("runs", "--with", "high").stdout.splitlines()
    assert head.split()[-1] == "FOUND"
    assert row.endswith(" special")
    assert "FOUND" not in cli("runs").stdout


def test_where_nothing_was_found_one_line_says_so(cli: Cli) -> None:
    assert cli("run", write_one_note(Path()), "--quiet").exit_code == 0
    result = cli("runs", "--with", "high")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "No run has findings of high.\n"
