"""What a ruleset file may say, and the texts that refuse the rest."""

from typing import Any

import pytest
from pydantic import ValidationError

from wct_domain.errors import RulesetError
from wct_domain.rulesets.data_subjects import DataSubjectRule
from wct_domain.rulesets.documents import RulesetTypeError, parse_ruleset
from wct_domain.rulesets.personal_data import PersonalDataRule
from wct_domain.rulesets.processing_purposes import ProcessingPurposeRule
from wct_domain.rulesets.rules import BaseRule

LAW = [{"regulation": "GDPR", "relevance": "Article 4(1)"}]


def rule(**more: Any) -> dict[str, Any]:
    return {
        "name": "R",
        "description": "",
        "patterns": ["word"],
        "risk_level": "low",
        "compliance": LAW,
        **more,
    }


def document(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": "mine",
        "version": "1.0.0",
        "description": "",
        "rules": [*rules],
        **more,
    }


def personal(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    lists = {"data_type_categories": ["a", "b"], "special_category_types": ["b"]}
    return document(*rules, **{**lists, **more})


def purposes(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    lists = {"purpose_categories": ["a", "b"], "sensitive_categories": ["b"]}
    return document(*rules, **{**lists, **more})


def subjects(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    lists = {"subject_categories": ["a"], "applicable_contexts": ["x", "y"]}
    return document(*rules, **{**lists, **more})


def subject_rule(**more: Any) -> dict[str, Any]:
    said = {
        "subject_category": "a",
        "indicator_type": "primary",
        "confidence_weight": 40,
        "applicable_contexts": ["x"],
    }
    return rule(**{"compliance": [], **said, **more})


def refusal(content: object, rule_type: type[BaseRule]) -> str:
    with pytest.raises(RulesetError) as caught:
        parse_ruleset(content, rule_type)
    return str(caught.value)


def test_a_ruleset_has_its_rules_in_the_order_of_the_file() -> None:
    data = parse_ruleset(
        personal(rule(name="Z", data_type="a"), rule(name="A", data_type="b")),
        PersonalDataRule,
    )
    assert [each.name for each in data.rules] == ["Z", "A"]
    assert data.rules[0].special_category is False
    assert data.rules[0].values == ()


def test_a_rule_type_of_a_plugin_needs_no_category_lists() -> None:
    class SecretRule(BaseRule):
        severity: int

    data = parse_ruleset(document(rule(severity=3)), SecretRule)
    assert data.rules[0].severity == 3


def test_rules_are_frozen() -> None:
    data = parse_ruleset(personal(rule(data_type="a")), PersonalDataRule)
    field = "name"  # not written out: type checkers refuse it as well
    with pytest.raises(ValidationError, match="Instance is frozen"):
        setattr(data.rules[0], field, "other")


def test_two_rules_of_one_name_are_refused() -> None:
    found = refusal(
        personal(rule(data_type="a"), rule(data_type="b")), PersonalDataRule
    )
    assert "Duplicate rule names found: ['R']" in found


def test_a_blank_pattern_is_refused() -> None:
    found = refusal(personal(rule(data_type="a", patterns=[" "])), PersonalDataRule)
    assert "All patterns must be non-empty strings" in found


@pytest.mark.parametrize(
    ("content", "rule_type", "text"),
    [
        (
            personal(rule(data_type="zz")),
            PersonalDataRule,
            "Rule 'R' has invalid data_type 'zz'. Valid: ['a', 'b']",
        ),
        (
            personal(rule(data_type="a"), special_category_types=["z"]),
            PersonalDataRule,
            "Special category types must be subset of data_type_categories. Invalid: [",
        ),
        (
            purposes(rule(purpose_category="zz")),
            ProcessingPurposeRule,
            "Rule 'R' has invalid purpose_category 'zz'. Valid: ['a', 'b']",
        ),
        (
            purposes(rule(purpose_category="a"), sensitive_categories=["z"]),
            ProcessingPurposeRule,
            "Sensitive categories must be subset of purpose_categories. Invalid: ['z']",
        ),
        (
            subjects(subject_rule(subject_category="zz")),
            DataSubjectRule,
            "Rule 'R' has invalid subject_category 'zz'. Valid: ['a']",
        ),
        (
            subjects(subject_rule(applicable_contexts=["x", "zz"])),
            DataSubjectRule,
            "Rule 'R' has invalid applicable_contexts ['zz']. Valid: ['x', 'y']",
        ),
    ],
)
def test_a_category_must_be_in_the_file_s_own_list(
    content: dict[str, Any], rule_type: type[BaseRule], text: str
) -> None:
    assert text in refusal(content, rule_type)


@pytest.mark.parametrize(
    ("content", "rule_type"),
    [
        (personal(rule(data_type="a", compliance=[])), PersonalDataRule),
        (purposes(rule(purpose_category="a", compliance=[])), ProcessingPurposeRule),
    ],
)
def test_a_rule_whose_findings_quote_a_law_names_one(
    content: dict[str, Any], rule_type: type[BaseRule]
) -> None:
    assert "Rule 'R' has no compliance entry" in refusal(content, rule_type)


@pytest.mark.parametrize("weight", [0, 51])
def test_a_weight_is_between_1_and_50(weight: int) -> None:
    found = refusal(subjects(subject_rule(confidence_weight=weight)), DataSubjectRule)
    assert found.startswith("rules -> 0 -> confidence_weight: ")


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "1.0.0-rc", ""])
def test_a_version_is_three_numbers(version: str) -> None:
    found = refusal(personal(rule(data_type="a"), version=version), PersonalDataRule)
    assert found.startswith("version: ")


def test_a_misspelt_key_is_refused() -> None:
    found = refusal(personal(rule(data_type="a", pattern=["x"])), PersonalDataRule)
    assert "rules -> 0 -> pattern: Extra inputs are not permitted" in found


def test_a_ruleset_of_other_rules_is_refused_by_name() -> None:
    content = purposes(
        rule(purpose_category="a"), rule_type="ProcessingPurposeRule", name="mine"
    )
    with pytest.raises(
        TypeError,
        match="Ruleset 'mine' returns ProcessingPurposeRule, "
        "but PersonalDataRule was expected",
    ) as caught:
        parse_ruleset(content, PersonalDataRule)
    assert isinstance(caught.value, RulesetTypeError)


@pytest.mark.parametrize("content", [None, [], "text", {}])
def test_what_is_no_ruleset_is_refused(content: object) -> None:
    assert refusal(content, PersonalDataRule)
