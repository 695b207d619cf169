"""What the reference says of source code is so."""

import re
from pathlib import Path

import pytest
import yaml

from wct_adapters.analysers.code import literals, parsing
from wct_adapters.analysers.code.grammars import GRAMMARS, LANGUAGES
from wct_adapters.analysers.source_code_config import SourceCodeAnalyserConfig
from wct_domain.analysis.code import manifests

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "analysers.md").read_text(encoding="utf-8")


def cells(heading: str) -> dict[str, list[str]]:
    """Return a table's rows by their first cell, without signs of code."""
    _, _, rest = PAGE.partition(heading)
    table = rest.strip().split("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table]
    return {row[0].strip("`"): row[1:] for row in rows if row[0].startswith("`")}


def test_every_property_is_told_with_its_default() -> None:
    rows = cells("and says so, where it is missing, when it is made.")
    fields = SourceCodeAnalyserConfig.model_fields
    assert rows.keys() == fields.keys()
    assert rows["max_file_size"][0] == str(fields["max_file_size"].default)
    assert rows["language"][0] == "by each file's name"
    assert fields["language"].default is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_told_with_the_names_of_its_files(language: str) -> None:
    rows = cells("left out, and listed |\n")
    told = re.findall(r"`(\.\w+)`", rows[language][0])
    suffixes = [
        suffix
        for grammar in GRAMMARS
        if grammar.language == language
        for suffix in grammar.suffixes
    ]
    assert told == suffixes


@pytest.mark.parametrize(
    "name",
    re.findall(r"`([\w*.]+)`", PAGE.partition("### Manifests")[2].split("names of")[0]),
)
def test_every_manifest_that_is_named_is_read(name: str) -> None:
    path = name.replace("*", "-x") if name[0] != "." else f"a{name}"
    text = "{}" if name.endswith(".json") else ""
    assert manifests.manifest(path, text) is not None


def test_limits_are_as_they_are_told() -> None:
    assert f"after {parsing.PATIENCE:g} seconds of processor time" in PAGE
    assert f"longer than {literals.LONGEST} characters" in PAGE


def test_the_steps_of_the_example_are_those_of_the_sample() -> None:
    (example,) = [
        each
        for each in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
        if each.startswith("execution:")
    ]
    steps = yaml.safe_load(example)["execution"]
    sample = yaml.safe_load((ROOT / "samples" / "web_shop.yaml").read_text())
    named = ("input_schema", "output_schema", "save_output", "analyser")
    assert [[step.get(each) for each in named] for step in steps] == [
        [step.get(each) for each in named] for step in sample["execution"]
    ]
