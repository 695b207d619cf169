"""``wct replay --verify`` on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.letters import LETTERS
from tests.e2e.processes import Cli

SECRET = "anna.secret@shop.example"


@pytest.fixture(autouse=True)
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "one.txt").write_text(f"my email is {SECRET}\n")
    return folder


@pytest.fixture
def run(cli: Cli, letters: Path) -> str:
    Path("runbook.yaml").write_text(LETTERS)
    assert cli("run", "runbook.yaml", "--quiet").exit_code == 0
    runs: list[dict[str, Any]] = json.loads(cli("runs", "--json").stdout)
    return str(runs[0]["run"])


def test_a_run_that_comes_out_the_same_passes(cli: Cli, run: str) -> None:
    result = cli("replay", run, "--verify")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("\n1 step: 1 the same\n")


def test_a_divergence_ends_with_4_and_is_shown_masked(
    cli: Cli, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "wct_adapters.analysers.personal_data.PersonalDataAnalyser._analyse",
        _finds_nothing(),
    )
    result = cli("replay", run, "--verify")
    assert result.exit_code == 4
    assert "First divergence: scan" in result.stdout
    assert "  - Basic Profile Information" in result.stdout
    assert SECRET not in result.stdout
    document = json.loads(cli("replay", run, "--verify", "--json").stdout)
    assert document["first_divergence"] == "scan"
    assert document["steps"][0]["findings"]["vanished"]
    assert SECRET not in json.dumps(document)


def _finds_nothing() -> Any:
    from wct_adapters.analysers.personal_data import PersonalDataAnalyser

    whole = PersonalDataAnalyser._analyse  # to be wrapped  # pyright: ignore[reportPrivateUsage]

    def nothing(self: Any, message: Any) -> Any:
        result = whole(self, message)
        result.content["findings"] = []
        return result

    return nothing


def test_an_input_that_changed_ends_with_3(cli: Cli, run: str, letters: Path) -> None:
    (letters / "two.txt").write_text("nothing\n")
    result = cli("replay", run, "--verify")
    assert result.exit_code == 3
    assert "input changed" in result.stdout


def test_an_input_that_is_gone_ends_with_3(cli: Cli, run: str, letters: Path) -> None:
    letters.rename("elsewhere")
    result = cli("replay", run, "--verify")
    assert result.exit_code == 3
    assert "input not available" in result.stdout


def test_an_erased_run_needs_its_runbook_and_is_compared_by_digest(
    cli: Cli, run: str
) -> None:
    assert cli("erase", run, "--yes", "--reason", "art17").exit_code == 0
    without = cli("replay", run, "--verify")
    assert without.exit_code == 3
    assert "not possible" in without.stdout
    assert "the run was erased" in without.stdout
    assert cli("replay", run, "--verify", "--runbook", "runbook.yaml").exit_code == 0


def test_it_changes_nothing(cli: Cli, run: str) -> None:
    ledger = Path(".wct", "ledger.db")
    before = ledger.read_bytes()
    assert cli("replay", run, "--verify").exit_code == 0
    assert ledger.read_bytes() == before


@pytest.mark.parametrize(
    "options",
    [
        ("--verify", "--until", "1"),
        ("--runbook", "runbook.yaml"),
    ],
    ids=" ".join,
)
def test_options_that_make_no_sense_together_are_refused(
    cli: Cli, run: str, options: tuple[str, ...]
) -> None:
    assert cli("replay", run, *options).exit_code == 2


def test_a_run_that_kept_its_inputs_needs_no_source(cli: Cli, letters: Path) -> None:
    Path("runbook.yaml").write_text(LETTERS)
    assert cli("run", "runbook.yaml", "--record-inputs", "--quiet").exit_code == 0
    (letters / "one.txt").unlink()
    result = cli("replay", "latest", "--verify")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "its source is not available now" in result.stdout
    (step,) = json.loads(cli("replay", "latest", "--verify", "--json").stdout)["steps"]
    assert step["verdict"] == "the same"
    assert step["source"].endswith("it was given what is recorded of it")
    assert SECRET not in cli("events", "latest", "--json").stdout
    told = cli("debug", "latest", "scan")
    assert "It was given what is recorded of its source." in told.stdout
    assert cli("resume", "latest", "--from", "scan", "--quiet").exit_code == 3
