"""Rulesets from directories: found by name and version, refused with their place."""

from pathlib import Path

import pytest

from wct_adapters.rulesets.loader import YamlRulesets
from wct_domain.errors import (
    RulesetAlreadyRegisteredError,
    RulesetError,
    RulesetNotFoundError,
)
from wct_domain.rulesets.personal_data import PersonalDataRule
from wct_domain.rulesets.processing_purposes import ProcessingPurposeRule
from wct_domain.rulesets.rules import BaseRule

TEXT = """
name: {name}
version: {version}
description: Words of ours.
rules:
  - name: One
    description: ""
    patterns: [one, two]
    risk_level: low
  - name: Other
    description: ""
    patterns: [three]
    risk_level: high
"""


def plant(folder: Path, name: str, version: str, text: str = TEXT) -> Path:
    file = folder / name / version / f"{name}.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text.format(name=name, version=version), encoding="utf-8")
    return file


def test_a_ruleset_is_found_by_name_and_its_file_is_digested(tmp_path: Path) -> None:
    plant(tmp_path, "mine", "1.0.0")
    ruleset = YamlRulesets([tmp_path]).load("mine", BaseRule)

    assert (ruleset.name, ruleset.version) == ("mine", "1.0.0")
    assert [rule.name for rule in ruleset.get_rules()] == ["One", "Other"]
    assert ruleset.get_rules() is ruleset.get_rules()
    assert len(ruleset.digest) == 64


def test_without_a_version_the_newest_by_number_is_taken(tmp_path: Path) -> None:
    for version in ("1.9.0", "1.10.0", "1.2.11"):
        plant(tmp_path, "mine", version)
    rulesets = YamlRulesets([tmp_path])

    assert rulesets.load("mine", BaseRule).version == "1.10.0"
    assert rulesets.load("mine", BaseRule, "1.9.0").version == "1.9.0"


def test_the_list_tells_what_is_installed(tmp_path: Path) -> None:
    for version in ("1.10.0", "1.9.0"):
        plant(tmp_path, "mine", version)
    listed = [each for each in YamlRulesets([tmp_path]).list() if each.name == "mine"]

    assert [each.version for each in listed] == ["1.9.0", "1.10.0"]
    assert (listed[0].rules, listed[0].patterns) == (2, 3)
    assert listed[0].description == "Words of ours."
    assert listed[0].problem is None


def test_our_own_rulesets_are_always_there() -> None:
    names = [each.name for each in YamlRulesets().list()]
    assert names == [
        *("data_collection", "data_subjects", "personal_data"),
        *("processing_purposes", "service_integrations"),
    ]


def test_an_unknown_name_is_not_registered() -> None:
    with pytest.raises(RulesetNotFoundError) as caught:
        YamlRulesets().load("nonexistent", BaseRule)
    assert str(caught.value) == (
        "Ruleset nonexistent not registered: known are data_collection, "
        "data_subjects, personal_data, processing_purposes, service_integrations"
    )


@pytest.mark.parametrize("name", ["../data_subjects", "/etc/passwd", "", "a\0b"])
def test_a_name_is_looked_up_and_never_used_as_a_path(name: str) -> None:
    with pytest.raises(RulesetNotFoundError):
        YamlRulesets().load(name, BaseRule)


def test_an_unknown_version_is_not_registered() -> None:
    with pytest.raises(RulesetNotFoundError, match=r"in version 9\.0\.0: known are 1"):
        YamlRulesets().load("personal_data", PersonalDataRule, "9.0.0")


def test_a_ruleset_of_other_rules_is_a_type_error() -> None:
    with pytest.raises(TypeError) as caught:
        YamlRulesets().load("personal_data", ProcessingPurposeRule)
    assert str(caught.value) == (
        "Ruleset 'personal_data' returns PersonalDataRule, "
        "but ProcessingPurposeRule was expected"
    )


def test_a_name_belongs_to_the_first_directory_that_has_it(tmp_path: Path) -> None:
    plant(tmp_path, "a_new_one", "1.0.0")
    plant(tmp_path, "personal_data", "9.0.0")
    rulesets = YamlRulesets()

    with pytest.raises(RulesetAlreadyRegisteredError) as caught:
        rulesets.register(tmp_path)

    assert str(caught.value) == "Ruleset 'personal_data' is already registered"
    assert "a_new_one" not in [each.name for each in rulesets.list()]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "Invalid YAML in ruleset file {file}: line "),
        ("\x07", "Invalid YAML in ruleset file {file}: "),
        ("- a", "Ruleset file {file} is not valid: expected a mapping"),
        ("", "Ruleset file {file} is not valid: expected a mapping"),
        ("name: other\nversion: 1.0.0", "Ruleset file {file} says other 1.0.0: "),
        ("name: bad\nversion: 1.0.0", "Ruleset file {file} is not valid: "),
        ("name: !!python/object:os.system x", "Invalid YAML in ruleset file {file}: "),
    ],
)
def test_a_wrong_file_is_named_with_its_fault(
    tmp_path: Path, text: str, reason: str
) -> None:
    file = plant(tmp_path, "bad", "1.0.0")
    file.write_text(text)
    with pytest.raises(RulesetError) as caught:
        YamlRulesets([tmp_path]).load("bad", BaseRule)
    assert str(caught.value).startswith(reason.format(file=file))


def test_a_wrong_file_does_not_hide_the_others_from_the_list(tmp_path: Path) -> None:
    plant(tmp_path, "bad", "1.0.0").write_text("a: [")
    plant(tmp_path, "odd", "1.0.0").write_text("name: odd\nversion: 1.0.0\nrules: 7")
    plant(tmp_path, "good", "1.0.0")
    listed = {each.name: each for each in YamlRulesets([tmp_path]).list()}

    assert "Invalid YAML" in (listed["bad"].problem or "")
    assert listed["odd"].rules == 0
    assert listed["good"].problem is None


def test_what_is_not_a_ruleset_is_passed_over(tmp_path: Path) -> None:
    plant(tmp_path, "mine", "1.0.0")
    (tmp_path / "README").write_text("")
    (tmp_path / "mine" / "draft").mkdir()
    (tmp_path / "mine" / "2.0.0").mkdir()
    (tmp_path / "empty").mkdir()
    assert YamlRulesets([tmp_path]).load("mine", BaseRule).version == "1.0.0"


def test_a_directory_without_rulesets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match="holds no ruleset"):
        YamlRulesets([tmp_path])
    with pytest.raises(RulesetError, match="is not a directory of rulesets"):
        YamlRulesets([tmp_path / "none"])
