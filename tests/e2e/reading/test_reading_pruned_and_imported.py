"""Commands that tell of runs, where much of a run is gone, or it is a stranger's."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.letters import LETTERS
from tests.e2e.processes import Cli
from tests.e2e.reading.ledgers import Records


@pytest.fixture
def pruned(cli: Cli, records: Records) -> str:
    """A run that was pruned; another one, after it, was not."""
    run = records.with_failures()
    records.with_failures()
    result = cli("ledger", "prune", "--keep", "1", "--yes")
    assert result.exit_code == 0, result.stderr
    return run


@pytest.fixture
def imported(cli: Cli, tmp_path: Path) -> str:
    """A run that was recorded elsewhere, and taken in without its blobs' keys."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("my email is kim@example.org\n")
    Path("runbook.yaml").write_text(LETTERS)
    for ledger in ("other.db", ".wct/ledger.db"):
        assert cli("run", "runbook.yaml", "-q", "--ledger", ledger).exit_code == 0
    runs: list[dict[str, Any]] = json.loads(
        cli("runs", "--json", "--ledger", "other.db").stdout
    )
    run = str(runs[0]["run"])
    for command in (
        ("export", run, "--ledger", "other.db", "--output", "run.wct"),
        ("import", "run.wct"),
    ):
        result = cli(*command)
        assert result.exit_code == 0, result.stderr
    return run


class TestPruned:
    def test_replay_tells_what_is_left_and_says_so(self, cli: Cli, pruned: str) -> None:
        document = json.loads(cli("replay", pruned, "--json").stdout)
        assert any("content was pruned" in each for each in document["remarks"])
        assert any("produced was pruned" in each for each in document["remarks"])
        assert "its payload was pruned" in cli("replay", pruned).stdout

    def test_diff_names_what_it_cannot_compare(self, cli: Cli, pruned: str) -> None:
        document = json.loads(cli("diff", pruned, "latest", "--json").stdout)
        assert any("runbook of run" in each for each in document["not_compared"])
        assert all(each["same"] is None for each in document["steps"])
        assert any("pruned" in each for each in document["not_compared"])

    def test_a_gate_does_not_pass_on_it(self, cli: Cli, pruned: str) -> None:
        result = cli("diff", pruned, "latest", "--fail-on-new")
        assert result.exit_code == 4

    def test_why_says_that_nobody_knows(self, cli: Cli, pruned: str) -> None:
        answer = json.loads(cli("why", pruned, "kept", "--json").stdout)
        assert answer["status"] == "pruned"
        assert cli("why", pruned, "kept").exit_code == 0
        later = json.loads(cli("why", "latest", "kept", "--json").stdout)
        assert (later["compared_with"], later["same"]) == (pruned, None)
        assert {each["kind"] for each in later["causes"]} == {"unknown"}

    def test_its_steps_cannot_be_done_again(self, cli: Cli, pruned: str) -> None:
        result = cli("replay", pruned, "--verify", "--json")
        assert result.exit_code == 3
        verdicts = {each["verdict"] for each in json.loads(result.stdout)["steps"]}
        assert verdicts == {"not possible"}
        assert cli("debug", pruned, "kept").exit_code == 1


class TestImported:
    def test_replay_says_where_it_was_recorded(self, cli: Cli, imported: str) -> None:
        document = json.loads(cli("replay", imported, "--json").stdout)
        assert any(
            each.startswith("recorded in ledger") for each in document["remarks"]
        )

    def test_show_says_what_it_cannot_show_and_how_to_get_at_it(
        self, cli: Cli, imported: str
    ) -> None:
        shown = cli("show", imported)
        assert shown.exit_code == 0
        text = " ".join(shown.stdout.split())
        source = json.loads(cli("show", imported, "--json").stdout)["imported_from"]
        assert (
            "What was found, and every text, cannot be shown here: it is sealed with "
            f"keys of ledger {source}, where the run was recorded; export it there "
            "with --readable-by"
        ) in text
        assert "restore the key store" not in text
        assert "wct artifacts" not in text  # offered under Next
        assert "1 item" in text  # what events say is shown
        printed = cli("artifacts", imported, "scan")
        assert printed.exit_code == 1
        assert "--readable-by" in printed.stderr
        assert "restore the key store" not in printed.stderr

    def test_a_failure_of_it_is_shown_without_its_text(
        self, cli: Cli, records: Records, tmp_path: Path
    ) -> None:
        run = records.with_failures()
        assert cli("export", run, "--output", "run.wct").exit_code == 0
        other = ("--ledger", tmp_path / "other.db")
        assert cli("import", "run.wct", *other).exit_code == 0
        shown = cli("show", run, *other).stdout
        assert "(it is sealed, and cannot be opened here)" in shown
        assert "not known" not in shown
        assert json.loads(cli("show", run, *other, "--json").stdout)["closed"]

    def test_it_is_shown_in_full_with_keys_made_for_this_ledger(
        self, cli: Cli, records: Records, tmp_path: Path
    ) -> None:
        run = records.with_failures()
        other = ("--ledger", tmp_path / "other.db")
        assert cli("export", run, "--output", "run.wct").exit_code == 0
        assert cli("import", "run.wct", *other).exit_code == 0
        keys = json.loads(cli("ledger", "keys", "--reader", "--json", *other).stdout)
        readable = ("--output", "readable.wct", "--readable-by", keys["reader"])
        assert cli("export", run, *readable).exit_code == 0
        assert cli("import", "readable.wct", *other).exit_code == 0
        assert json.loads(cli("show", run, *other, "--json").stdout)["closed"] is None

    def test_diff_and_why_compare_what_they_can(self, cli: Cli, imported: str) -> None:
        runs: list[dict[str, Any]] = json.loads(cli("runs", "--json").stdout)
        (own,) = (each["run"] for each in runs if each["run"] != imported)
        document = json.loads(cli("diff", imported, own, "--json").stdout)
        assert "two ledgers" in document["not_compared"][0]
        assert document["versions"] == []
        assert cli("diff", imported, own, "--fail-on-new").exit_code == 4
        answer = json.loads(cli("why", own, "scan", "--json").stdout)
        assert answer["compared_with"] == imported
        assert {each["kind"] for each in answer["causes"]} == {"unknown"}

    def test_its_steps_are_not_said_to_be_the_same(
        self, cli: Cli, imported: str
    ) -> None:
        result = cli(
            "replay", imported, "--verify", "--runbook", "runbook.yaml", "--json"
        )
        assert result.exit_code == 3
        (step,) = json.loads(result.stdout)["steps"]
        assert step["verdict"] != "the same"
