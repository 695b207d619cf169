"""What is told, compared and done again of runs that a plugin took part in."""

import json
from pathlib import Path

import pytest
import yaml

from tests.e2e.letterbox_runbooks import LETTERS, count, read, write
from tests.e2e.processes import Wct


@pytest.fixture
def runs(wct_with_plugin: Wct, tmp_path: Path) -> None:
    """Two runs, of which the second has a letter less."""
    steps = (read("box", save_output=True), count("words", input_from="box"))
    runbook = write(tmp_path / "letters.yaml", *steps)
    assert wct_with_plugin("run", runbook, "--quiet").returncode == 0
    document = yaml.safe_load(runbook.read_text(encoding="utf-8"))
    document["connectors"][0]["properties"]["letters"] = LETTERS[:1]
    runbook.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert wct_with_plugin("run", runbook, "--quiet").returncode == 0


@pytest.mark.usefixtures("runs")
def test_with_the_plugin_its_steps_come_out_the_same(wct_with_plugin: Wct) -> None:
    done = wct_with_plugin("replay", "latest", "--verify")
    assert done.returncode == 0
    assert done.stdout.endswith("\n2 steps: 2 the same\n")


@pytest.mark.usefixtures("runs")
def test_without_it_they_are_named_and_the_story_is_told_all_the_same(
    wct: Wct,
) -> None:
    done = wct("replay", "latest", "--verify", "--json")
    assert done.returncode == 3
    why = {each["step"]: each["why"] for each in json.loads(done.stdout)["steps"]}
    assert why == {
        "box": "no connector of type 'letterbox' is installed",
        "words": "no analyser of type 'letter_counter' is installed",
    }
    story = wct("replay", "latest")
    assert story.returncode == 0
    assert "words completed in " in story.stdout


@pytest.mark.usefixtures("runs")
def test_findings_of_a_plugin_are_compared_and_masked(wct_with_plugin: Wct) -> None:
    listed = json.loads(wct_with_plugin("runs", "--json").stdout)
    first = listed[-1]["run"]
    done = wct_with_plugin("diff", first, "latest", "--json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert (len(document["vanished"]), document["appeared"]) == (1, [])
    shown = json.dumps(document["vanished"])
    assert not any(letter in shown for letter in LETTERS)


@pytest.mark.usefixtures("runs")
def test_nothing_of_a_plugins_schema_is_shown_without_it(wct: Wct) -> None:
    first = json.loads(wct("runs", "--json").stdout)[-1]["run"]
    done = wct("diff", first, "latest")
    assert done.returncode == 0
    # The runbook has the letters, too, as a property: that is the user's own.
    findings = done.stdout.partition("\nFindings\n")[2]
    assert "\n  - a finding" in findings
    assert not any(letter in findings for letter in LETTERS)
    assert "letter_count_finding" in done.stderr


@pytest.mark.usefixtures("runs")
def test_why_follows_the_letters(wct_with_plugin: Wct) -> None:
    done = wct_with_plugin("why", "latest", "words", "--json")
    (cause,) = json.loads(done.stdout)["causes"]
    assert cause["what"] == "the result of step box"
    kinds = [each["kind"] for each in cause["because"]]
    assert sorted(kinds) == ["input", "parameter"]
