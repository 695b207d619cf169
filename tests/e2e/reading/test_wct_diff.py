"""``wct diff``: two runs side by side."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.letters import LETTERS
from tests.e2e.processes import Cli
from tests.e2e.reading.ledgers import Records

SECRET = "anna.secret@shop.example"


@pytest.fixture(autouse=True)
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "one.txt").write_text("my email is bob.old@shop.example\n")
    return folder


def executed(cli: Cli, runbook: str = LETTERS) -> str:
    Path("runbook.yaml").write_text(runbook)
    result = cli("run", "runbook.yaml", "--quiet", "--exit-zero")
    assert result.exit_code == 0, result.stderr
    runs: list[dict[str, Any]] = json.loads(cli("runs", "--json").stdout)
    return str(runs[0]["run"])


def compared(cli: Cli, one: str, other: str) -> dict[str, Any]:
    result = cli("diff", one, other, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_a_run_that_was_repeated_is_the_same(cli: Cli) -> None:
    one, other = executed(cli), executed(cli)
    document = compared(cli, one, other)
    assert (document["run_a"], document["run_b"]) == (one, other)
    for part in ("runbook", "versions", "appeared", "vanished", "changed"):
        assert document[part] == []
    assert document["equal_results"] == 1
    assert [each["same"] for each in document["sources"]] == [True]
    assert [each["same"] for each in document["steps"]] == [True]
    assert document["not_compared"] == []


def test_what_appeared_is_shown_masked(cli: Cli, letters: Path) -> None:
    one = executed(cli)
    (letters / "two.txt").write_text(f"my email is {SECRET}\n")
    other = executed(cli)
    document = compared(cli, one, other)
    assert document["vanished"] == document["changed"] == []
    sources = {f["finding"]["metadata"]["source"] for f in document["appeared"]}
    assert sources == {"letters/two.txt"}
    assert document["same_findings"] >= 1
    assert document["sources"][0]["same"] is False
    text = cli("diff", one, other).stdout
    assert SECRET not in text + json.dumps(document)
    assert "letters as standard_input/1.0.0: changed, 1 → 2 items" in text
    assert "  + Basic Profile Information" in text


def test_what_vanished_is_what_appeared_from_the_other_side(
    cli: Cli, letters: Path
) -> None:
    one = executed(cli)
    (letters / "one.txt").write_text("nothing to see\n")
    other = executed(cli)
    assert (
        compared(cli, one, other)["vanished"] == (compared(cli, other, one)["appeared"])
    )


def test_a_changed_parameter_is_named(cli: Cli) -> None:
    one = executed(cli)
    other = executed(cli, LETTERS.replace("{path: letters}", "{path: ./letters}"))
    assert compared(cli, one, other)["runbook"] == [
        {
            "place": "connectors -> letters -> properties -> path",
            "before": "letters",
            "after": "./letters",
        }
    ]


def test_a_secret_that_changed_is_not_shown(cli: Cli) -> None:
    with_secret = LETTERS.replace(
        "{path: letters}", "{path: letters, password: swordfish}"
    )
    one = executed(cli, with_secret)
    other = executed(cli, with_secret.replace("swordfish", "marlin"))
    (difference,) = compared(cli, one, other)["runbook"]
    assert (difference["before"], difference["after"]) == ("a secret", "a secret")


class TestGate:
    def test_new_findings_end_with_4(self, cli: Cli, letters: Path) -> None:
        one = executed(cli)
        (letters / "two.txt").write_text(f"my email is {SECRET}\n")
        other = executed(cli)
        result = cli("diff", one, other, "--fail-on-new")
        assert result.exit_code == 4
        assert result.stderr.startswith("--fail-on-new: ")
        assert cli("diff", other, one, "--fail-on-new").exit_code == 0

    def test_what_cannot_be_compared_does_not_pass(
        self, cli: Cli, letters: Path
    ) -> None:
        one = executed(cli)
        (letters / "two.txt").write_text(f"my email is {SECRET}\n")
        other = executed(cli)
        assert cli("erase", one, "--yes", "--reason", "art17").exit_code == 0
        result = cli("diff", one, other, "--fail-on-new")
        assert result.exit_code == 4
        assert "\nNot compared\n" in result.stdout

    def test_equal_results_need_not_be_there(self, cli: Cli) -> None:
        one, other = executed(cli), executed(cli)
        assert cli("erase", one, "--yes", "--reason", "art17").exit_code == 0
        result = cli("diff", one, other, "--fail-on-new")
        assert result.exit_code == 0
        assert "1 result equal as a whole" in result.stdout
        assert "not known: see below" in result.stdout


def test_runs_with_failures_are_compared_step_by_step(
    cli: Cli, records: Records
) -> None:
    one, other = records.completed(), records.with_failures()
    steps = {each["id"]: each for each in compared(cli, one, other)["steps"]}
    assert steps["kept"] == (
        {"id": "kept", "before": "succeeded", "after": "succeeded", "same": True}
    )
    assert steps["broken"] == (
        {"id": "broken", "before": None, "after": "failed", "same": None}
    )


def test_a_run_of_another_ledger_is_compared_by_what_it_says(
    cli: Cli, letters: Path
) -> None:
    here = executed(cli)
    result = cli("run", "runbook.yaml", "-q", "--ledger", "other.db")
    assert result.exit_code == 0
    there = json.loads(cli("runs", "--json", "--ledger", "other.db").stdout)[0]["run"]
    exported = cli("export", there, "--ledger", "other.db", "--output", "run.wct")
    assert exported.exit_code == 0, exported.stderr
    assert cli("import", "run.wct").exit_code == 0
    document = compared(cli, here, there)
    assert any("two ledgers" in each for each in document["not_compared"])
    assert document["sources"][0]["same"] is None


def of_many_steps(number: int) -> str:
    """A runbook that looks that often, and once into another folder."""
    head, _, step = LETTERS.partition("  - id: scan\n")
    steps = "".join(f"  - id: scan{each}\n{step}" for each in range(number))
    others = "  - {name: others, type: filesystem_connector, properties: {path: .x}}\n"
    head = head.replace("analysers:\n", f"{others}analysers:\n")
    return f"{head}{steps}  - id: other\n" + step.replace(
        "connector: letters", "connector: others"
    )


@pytest.mark.parametrize(("number", "folded"), [(5, False), (6, True)])
def test_of_many_steps_those_that_came_to_the_same_are_counted(
    cli: Cli, tmp_path: Path, number: int, folded: bool
) -> None:
    (tmp_path / ".x").mkdir()
    (tmp_path / ".x" / "one.txt").write_text("my email is kim@shop.example\n")
    one = executed(cli, of_many_steps(number))
    (tmp_path / ".x" / "two.txt").write_text(f"my email is {SECRET}\n")
    text = cli("diff", one, executed(cli, of_many_steps(number))).stdout
    assert "  other: succeeded, another result, 1 → 2 items\n" in text
    assert ("  scan0: succeeded, the same result\n" in text) is not folded
    assert (f"  {number} other steps: the same results\n" in text) is folded
