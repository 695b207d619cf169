"""A plugin package, installed by pip, brings components that runbooks can use."""

import json
from pathlib import Path

from tests.e2e.letterbox_runbooks import LETTERS, count, read, write
from tests.e2e.processes import Wct


def test_an_own_connector_and_an_own_analyser_run(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(
        tmp_path / "letters.yaml",
        read("box", save_output=True),
        count("words", input_from="box"),
    )

    done = wct_with_plugin("run", runbook, "--json", "--quiet")

    assert done.returncode == 0
    results = json.loads(done.stdout)["results"]
    assert [each["step_id"] for each in results] == ["box", "words"]
    assert results[1]["output_schema"] == "letter_count_finding"
    assert [each["words"] for each in results[1]["data"]["findings"]] == [4, 3]


def test_the_schema_of_a_plugin_says_what_is_masked(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(tmp_path / "letters.yaml", count("words"))

    masked = wct_with_plugin("run", runbook, "--json", "--quiet")
    full = wct_with_plugin("run", runbook, "--json", "--quiet", "--evidence", "full")

    assert not any(letter in masked.stdout for letter in LETTERS)
    assert all(letter in full.stdout for letter in LETTERS)


def test_a_plugin_is_named_as_the_origin_of_what_it_brings(
    wct_with_plugin: Wct,
) -> None:
    connectors = json.loads(wct_with_plugin("ls-connectors", "--json").stdout)
    analysers = json.loads(wct_with_plugin("ls-analysers", "--json").stdout)
    rulesets = json.loads(wct_with_plugin("ls-rulesets", "--json").stdout)

    origins = {each["name"]: each["origin"] for each in connectors + analysers}
    assert origins["letterbox"] == origins["letter_counter"] == "letterbox 2.1.0"
    assert origins["filesystem_connector"].startswith("wct ")
    assert {
        "name": "letterbox",
        "description": "Hands out the letters of the runbook.",
        "origin": "letterbox 2.1.0",
        "output_schemas": ["letters/1.0.0"],
    } in connectors
    stationery = next(each for each in rulesets if each["name"] == "stationery")
    assert stationery["origin"] == "letterbox 2.1.0"
    assert (stationery["rules"], stationery["patterns"]) == (1, 1)


def test_a_ruleset_of_a_plugin_can_be_used_by_a_built_in_analyser(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("an envelope")
    runbook = write(
        tmp_path / "letters.yaml",
        {
            **count("scan", connector="files", analyser="stationery"),
            "input_schema": "standard_input",
            "output_schema": "personal_data_finding",
        },
        connectors=[
            {
                "name": "files",
                "type": "filesystem_connector",
                "properties": {"path": "note.txt"},
            }
        ],
        analysers=[
            {
                "name": "stationery",
                "type": "personal_data_analyser",
                "properties": {"pattern_matching": {"ruleset": "stationery"}},
            }
        ],
    )

    done = wct_with_plugin("run", runbook, "--json", "--quiet")

    (result,) = json.loads(done.stdout)["results"]
    assert [each["type"] for each in result["data"]["findings"]] == ["Envelope"]


def test_a_broken_plugin_is_one_warning_that_names_it(wct_with_plugin: Wct) -> None:
    done = wct_with_plugin("ls-connectors")

    assert done.returncode == 0
    (warning,) = done.stderr.splitlines()
    assert "plugin.failed: Failed to load connector missing" in warning
    assert warning.endswith('plugin="letterbox 2.1.0"')
    assert "letterbox" in done.stdout


def test_properties_of_a_plugin_are_validated_by_its_model(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    box = {"name": "letters", "type": "letterbox", "properties": {"leters": ["x"]}}
    runbook = write(tmp_path / "letters.yaml", count("words"), connectors=[box])

    done = wct_with_plugin("validate-runbook", runbook)

    assert done.returncode == 1
    assert "properties -> letters: Field required" in done.stdout
    assert "properties -> leters: Extra inputs are not permitted" in done.stdout
    assert "did you mean 'letters'?" in done.stdout


def test_properties_of_a_plugin_are_in_the_schema_for_editors(
    wct_with_plugin: Wct,
) -> None:
    schema = json.loads(wct_with_plugin("generate-schema").stdout)

    described = schema["$defs"]["connector.letterbox.properties"]["properties"]
    assert described["letters"]["description"] == "One text for each letter."
