"""Our rulesets: names and categories are a contract, patterns follow house rules."""

import re
from collections import Counter

import pytest

from wct_adapters.matching.portable import PortableMatcherCompiler
from wct_adapters.rulesets.loader import YamlRulesets
from wct_domain.analysis.evidence import Text
from wct_domain.analysis.rulebook import Rulebook
from wct_domain.analysis.words import spellings
from wct_domain.rulesets.data_subjects import DataSubjectRule
from wct_domain.rulesets.personal_data import PersonalDataRule
from wct_domain.rulesets.processing_purposes import ProcessingPurposeRule
from wct_domain.rulesets.rules import BaseRule

RULESETS = YamlRulesets()
PERSONAL_DATA = RULESETS.load("personal_data", PersonalDataRule).get_rules()
PURPOSES = RULESETS.load("processing_purposes", ProcessingPurposeRule).get_rules()
SUBJECTS = RULESETS.load("data_subjects", DataSubjectRule).get_rules()
ALL: dict[str, tuple[BaseRule, ...]] = {
    "personal_data": PERSONAL_DATA,
    "processing_purposes": PURPOSES,
    "data_subjects": SUBJECTS,
}

NO, SPECIAL = False, True
DATA_TYPES = [
    ("Basic Profile Information", "basic_profile", NO, "medium"),
    ("Account and Subscription Data", "account_data", NO, "medium"),
    ("Payment and Billing Information", "payment_data", NO, "medium"),
    ("Financial Identifiers and Data", "financial_data", NO, "high"),
    ("User Behavioral and Interaction Data", "behavioral_event_data", NO, "medium"),
    (
        "Technical Device and Network Data",
        "technical_device_and_network_data",
        NO,
        "medium",
    ),
    ("Inferred Profile Data", "inferred_profile_data", NO, "high"),
    (
        "User-Declared Preferences and Interests",
        "user_enriched_profile_data",
        NO,
        "medium",
    ),
    ("General Location Information", "location_data", NO, "medium"),
    ("User-Generated Content", "user_generated_content", NO, "medium"),
    ("Precise Location Data (Article 9)", "accurate_location", SPECIAL, "high"),
    ("Health and Medical Data (Article 9)", "health_data", SPECIAL, "high"),
    ("Political Opinions Data (Article 9)", "political_data", SPECIAL, "high"),
    (
        "Racial or Ethnic Origin Data (Article 9)",
        "racial_ethnic_data",
        SPECIAL,
        "high",
    ),
    (
        "Religious or Philosophical Beliefs (Article 9)",
        "religious_philosophical_data",
        SPECIAL,
        "high",
    ),
    ("Genetic Information (Article 9)", "genetic_data", SPECIAL, "high"),
    ("Biometric Identifiers (Article 9)", "biometric_data", SPECIAL, "high"),
    ("Sexual Orientation Data (Article 9)", "sexual_orientation_data", SPECIAL, "high"),
    ("Date of Birth and Age Information", "date_of_birth", NO, "medium"),
]
AI, OWN, ADS = "ai_and_ml", "operational", "marketing_and_advertising"
PURPOSE_CATEGORIES = [
    ("Artificial Intelligence Model Training", AI, "high"),
    ("Artificial Intelligence Bias Testing", AI, "high"),
    ("Artificial Intelligence Model Refinement", AI, "medium"),
    ("Artificial Intelligence Performance Testing", AI, "medium"),
    ("Artificial Intelligence Security Testing", AI, "low"),
    ("Artificial Intelligence Compliance Management", AI, "low"),
    ("General Product and Service Delivery", OWN, "low"),
    ("Customer Service and Support", OWN, "low"),
    ("Customization of Products and Services", OWN, "low"),
    ("User Identity and Login Management", OWN, "medium"),
    ("Payment, Billing, and Invoicing", OWN, "medium"),
    ("Behavioral Data Analysis for Product Improvement", "analytics", "high"),
    ("Dynamic Personalization of Products and Services", ADS, "high"),
    ("Consumer Marketing Within Owned Products", ADS, "medium"),
    ("Targeted Marketing via Third-Party Platforms", ADS, "high"),
    ("Third-Party Marketing via Owned Products", ADS, "high"),
    ("Security, Fraud Prevention, and Abuse Detection", "security", "low"),
]
SUBJECT_CATEGORIES = [
    *("employee", "former_employee", "job_applicant", "contractor", "director"),
    *("customer", "prospect", "former_customer", "visitor", "subscriber"),
    *("supplier", "advisor", "partner", "patient", "provider", "student"),
    *("guardian", "account_holder", "beneficiary"),
]
VALUES = {
    "Basic Profile Information": ("email", "phone"),
    "Payment and Billing Information": ("payment_card",),
    "Financial Identifiers and Data": ("iban",),
    "Technical Device and Network Data": ("ipv4", "ipv6"),
}
# Alone they mean something else most of the time.
NOISE = {
    *("state", "ui", "condition", "treatment", "origin", "sequence", "face", "race"),
    *("age", "address", "name", "title", "id", "ip", "location", "message", "comment"),
    *("symptom", "fingerprint", "denomination", "faith", "model", "training", "test"),
    *("customize", "checkout", "lead", "candidate", "resume", "vendor", "director"),
    *("consumer", "partner", "provider", "guardian", "account", "user", "data", "key"),
}


def test_personal_data_rules_are_those_of_the_contract() -> None:
    assert [
        (rule.name, rule.data_type, rule.special_category, rule.risk_level)
        for rule in PERSONAL_DATA
    ] == DATA_TYPES


def test_values_count_for_the_rules_that_they_belong_to() -> None:
    found = {rule.name: rule.values for rule in PERSONAL_DATA if rule.values}
    assert found == VALUES
    assert not any(rule.values for rule in (*PURPOSES, *SUBJECTS))


def test_purpose_rules_are_those_of_the_contract() -> None:
    assert [
        (rule.name, rule.purpose_category, rule.risk_level) for rule in PURPOSES
    ] == PURPOSE_CATEGORIES


def test_every_category_of_data_subjects_has_a_primary_rule() -> None:
    assert len(SUBJECTS) == 25
    assert list(dict.fromkeys(rule.subject_category for rule in SUBJECTS)) == (
        SUBJECT_CATEGORIES
    )
    primary = [rule for rule in SUBJECTS if rule.indicator_type == "primary"]
    assert [rule.subject_category for rule in primary] == SUBJECT_CATEGORIES


def test_weights_follow_the_kind_of_indicator() -> None:
    bounds = {"primary": (35, 45), "secondary": (20, 30), "contextual": (5, 15)}
    for rule in SUBJECTS:
        low, high = bounds[rule.indicator_type]
        assert low <= rule.confidence_weight <= high
        assert rule.name == f"{rule.subject_category}_{rule.indicator_type}_indicators"


@pytest.mark.parametrize("name", ALL)
def test_patterns_are_written_in_lower_case_with_single_blanks(name: str) -> None:
    form = re.compile(r"[a-z0-9]+(?:[ /-][a-z0-9]+)*")
    odd = [p for rule in ALL[name] for p in rule.patterns if not form.fullmatch(p)]
    assert odd == []


@pytest.mark.parametrize("name", ALL)
def test_no_two_patterns_of_a_ruleset_find_the_same_word(name: str) -> None:
    patterns = [p for rule in ALL[name] for p in rule.patterns]
    found = Counter(each.folded for p in patterns for each in set(spellings(p)))
    assert len(set(patterns)) == len(patterns)
    assert [spelling for spelling, count in found.items() if count > 1] == []


@pytest.mark.parametrize("name", ALL)
def test_no_pattern_is_a_lone_word_that_drowns_people_in_noise(name: str) -> None:
    assert NOISE.isdisjoint(p for rule in ALL[name] for p in rule.patterns)


@pytest.mark.parametrize(
    "rule", [*PERSONAL_DATA, *PURPOSES], ids=lambda rule: str(rule.name)
)
def test_every_rule_names_the_article_that_makes_it_matter(rule: BaseRule) -> None:
    assert rule.compliance[0].regulation == "GDPR"
    for entry in rule.compliance:
        assert entry.regulation in {"GDPR", "EU_AI_ACT", "ePrivacy", "CCPA"}
        assert re.search(r"Article|Civil Code|Annex", entry.relevance)


def test_precise_location_is_not_passed_off_as_article_9_data() -> None:
    (rule,) = [each for each in PERSONAL_DATA if each.data_type == "accurate_location"]
    assert "not itself a special category" in rule.compliance[0].relevance


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("emailAddress", {"Basic Profile Information"}),
        ("EMAIL_ADDRESS", {"Basic Profile Information"}),
        ("date_of_birth", {"Date of Birth and Age Information"}),
        ("creditCardNumber", {"Payment and Billing Information"}),
        ("patient diagnosis: asthma", {"Health and Medical Data (Article 9)"}),
        ("ethnicity", {"Racial or Ethnic Origin Data (Article 9)"}),
        ("ask bob@example.com", {"Basic Profile Information"}),
        ("DE89 3704 0044 0532 0130 00", {"Financial Identifiers and Data"}),
        ("from 198.51.100.23", {"Technical Device and Network Data"}),
        ("The United States of mind; Suite 4", set[str]()),
        ("a race condition in the sequence of states", set[str]()),
        ("let's face it: the treatment of origin headers", set[str]()),
        ("git checkout && npm run ui:build", set[str]()),
    ],
)
def test_what_the_personal_data_rules_find(text: str, expected: set[str]) -> None:
    book = Rulebook(PERSONAL_DATA, PortableMatcherCompiler())
    assert {match.rule.name for match in book.matches(Text(text))} == expected
