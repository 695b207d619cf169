"""``wct why``: why a step came out as it did."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.letters import LETTERS
from tests.e2e.processes import Cli
from tests.e2e.reading.ledgers import SECRET, Records
from wct_domain.rulesets.rules import BaseRule, rule_digest


def why(cli: Cli, step: str) -> dict[str, Any]:
    result = cli("why", "latest", step, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def execute(cli: Cli, runbook: str = LETTERS) -> None:
    Path("runbook.yaml").write_text(runbook)
    Path("letters").mkdir(exist_ok=True)
    Path("letters", "one.txt").write_text("my email is bob.old@shop.example\n")
    assert cli("run", "runbook.yaml", "--quiet", "--exit-zero").exit_code == 0


def test_a_first_run_has_nothing_to_be_compared_with(cli: Cli) -> None:
    execute(cli)
    answer = why(cli, "scan")
    assert (answer["compared_with"], answer["causes"]) == (None, [])
    assert "no earlier run" in cli("why", "latest", "scan").stdout


def test_the_parameter_that_was_changed_is_named(cli: Cli) -> None:
    execute(cli)
    execute(cli, LETTERS.replace("count: 3", "count: 1"))
    answer = why(cli, "scan")
    assert answer["causes"] == [
        {
            "kind": "parameter",
            "what": "analyser scan -> pattern_matching -> maximum_evidence_count",
            "before": 3,
            "after": 1,
            "because": [],
        }
    ]
    text = cli("why", "latest", "scan").stdout
    assert text.startswith("scan ran, and succeeded\n")
    assert "maximum_evidence_count: 3 → 1" in text


def test_several_causes_stand_in_columns(cli: Cli) -> None:
    execute(cli)
    Path("letters", "two.txt").write_text("hello\n")
    execute(cli, LETTERS.replace("count: 3", "count: 1"))
    lines = cli("why", "latest", "scan").stdout.splitlines()
    assert "  input      what letters read: 1 item → 2 items" in lines
    assert any(line.startswith("  parameter  analyser scan -> ") for line in lines)


def test_nothing_differs_of_a_run_that_was_repeated(cli: Cli) -> None:
    execute(cli)
    execute(cli, LETTERS.replace("looks for", "searches for"))
    assert (why(cli, "scan")["causes"], why(cli, "scan")["same"]) == ([], True)
    assert cli("why", "latest", "scan").stdout.endswith(
        "  nothing differs that it depends on\nIt came to the same.\n"
    )


def test_the_rule_that_was_changed_is_named(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(cli)

    def other(rule: BaseRule) -> str:
        changed = rule.name == "Basic Profile Information"
        return "changed" if changed else rule_digest(rule)

    monkeypatch.setattr("wct_adapters.analysers.ruleset_analyser.rule_digest", other)
    execute(cli)
    (cause,) = why(cli, "scan")["causes"]
    assert (cause["kind"], cause["what"]) == (
        "rule",
        "analyser scan -> ruleset personal_data -> Basic Profile Information",
    )


def test_a_failure_says_what_it_was_and_nothing_personal(
    cli: Cli, records: Records
) -> None:
    records.with_failures()
    text = cli("why", "latest", "broken").stdout
    assert text.startswith("broken ran, and failed\n")
    assert "a count cannot be counted" in text
    assert SECRET not in text
    assert "\x1b" not in text


def test_a_skipped_step_names_the_step_that_failed(cli: Cli, records: Records) -> None:
    records.with_failures()
    answer = why(cli, "after")
    assert (answer["status"], answer["because"]) == ("skipped", "broken")
    assert cli("why", "latest", "after").stdout.startswith(
        "after was skipped, because step 'broken' failed\n"
    )


def test_a_secret_that_was_changed_is_not_shown(cli: Cli) -> None:
    runbook = LETTERS.replace("{path: letters}", "{path: letters, api_key: swordfish}")
    execute(cli, runbook)
    execute(cli, runbook.replace("swordfish", "marlin"))
    result = cli("why", "latest", "scan")
    assert "api_key: a secret → a secret" in result.stdout


def test_of_an_erased_run_what_cannot_be_compared_is_said(
    cli: Cli, records: Records
) -> None:
    run = records.completed()
    records.completed()
    assert cli("erase", run, "--yes", "--reason", "art17").exit_code == 0
    answer = why(cli, "kept")
    assert [each["kind"] for each in answer["causes"]] == ["unknown"]
    assert answer["same"] is True


def test_a_step_that_is_none_is_named_with_those_there_are(
    cli: Cli, records: Records
) -> None:
    records.completed()
    result = cli("why", "latest", "kep")
    assert result.exit_code == 1
    assert "has no step 'kep'" in result.stderr
    assert "kept" in result.stderr
